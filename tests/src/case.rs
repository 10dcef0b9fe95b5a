//! A folder with a cluster, the settings of one kube-proxy, and perhaps recordings of the real one.

use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::k8s::{self, Cluster};
use datapath_core::net::Family;
use datapath_core::proxy::Config;
use datapath_core::source::Severity;

use crate::settings::Settings;

pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    /// `cluster.yaml`.
    pub text: String,
    pub cluster: Cluster,
    pub config: Config,
}

impl Case {
    /// # Errors
    /// Says which file cannot be read, and why.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let cluster = text(&folder.join("cluster.yaml"))?;
        let parsed = k8s::parse(&cluster);
        let mut errors = parsed.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        if let Some(error) = errors.next() {
            return Err(format!("{name}/cluster.yaml:{error}"));
        }
        let settings: Settings = serde_json::from_str(&text(&folder.join("config.json"))?)
            .map_err(|error| format!("{name}/config.json: {error}"))?;
        let config = settings.into_config().map_err(|error| format!("{name}/config.json: {error}"))?;
        Ok(Self { name, folder: folder.to_owned(), text: cluster, cluster: parsed.cluster, config })
    }

    /// All cases under `folder`, by name.
    ///
    /// # Errors
    /// Says which file cannot be read, and why.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        folders.iter().map(|folder| Self::read(folder)).collect()
    }

    /// The recording of this kind for the family, if there is one: `expected.v6.nft` for `nft`.
    pub fn recording(&self, family: Family, kind: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file_name("expected", family, kind))).ok()
    }
}

/// The cases that were recorded from the real kube-proxy.
pub fn recorded_kube_proxy_cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kube-proxy")
}

pub fn file_name(stem: &str, family: Family, kind: &str) -> String {
    let infix = match family {
        Family::V4 => "",
        Family::V6 => ".v6",
    };
    format!("{stem}{infix}.{kind}")
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
