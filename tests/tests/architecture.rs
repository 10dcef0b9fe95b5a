//! Holds what ARCHITECTURE.md calls invariants, as far as a test can.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// Every Rust file below a folder of the workspace, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                files.push((path, text));
            }
        }
    }
    assert!(!files.is_empty(), "no sources in {folder}");
    files
}

/// The style sheets.
fn styles() -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(root().join("static")).expect("the static files");
    let paths = entries.map(|entry| entry.expect("a folder entry").path());
    let sheets = paths.filter(|path| path.extension().is_some_and(|extension| extension == "css"));
    sheets.map(|path| (path.clone(), fs::read_to_string(path).expect("a style sheet"))).collect()
}

/// Lines of code that hold one of the words; comments do not count.
fn lines_with(folder: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources(folder) {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

fn assert_none(found: &[String], why: &str) {
    assert!(found.is_empty(), "{why}\n{}", found.join("\n"));
}

#[test]
fn core_has_no_io_no_clock_and_no_global_randomness() {
    let forbidden = [
        "std::fs",
        "std::io",
        "std::env",
        "std::process",
        "std::thread",
        "std::time",
        "SystemTime",
        "Instant::now",
        "TcpStream",
        "UdpSocket",
        "println!",
        "eprintln!",
        "dbg!",
        "RandomState",
        "getrandom",
        "web_sys",
        "js_sys",
    ];
    assert_none(&lines_with("core/src", &forbidden), "core is a pure model");
}

#[test]
fn hash_maps_in_core_have_fixed_keys() {
    let found = lines_with(
        "core/src",
        &["collections::HashMap", "collections::HashSet", ", HashMap", ", HashSet", "{HashMap", "{HashSet"],
    );
    let foreign =
        found.into_iter().filter(|line| !line.contains("crate::fixed_hash") && !line.contains("fixed_hash.rs"));
    assert_none(
        &foreign.collect::<Vec<_>>(),
        "a map with random keys would make runs differ: take crate::fixed_hash, or a BTreeMap",
    );
}

#[test]
fn the_kernel_knows_nothing_of_kubernetes() {
    for folder in ["net", "netfilter", "trace", "iptables", "nftables", "ipset", "ipvs", "node"] {
        let above = ["crate::k8s", "crate::proxy", "crate::lab", "crate::graph", "crate::export"];
        let found = lines_with(&format!("core/src/{folder}"), &above);
        assert_none(&found, "a pasted dump has no Service behind it");
    }
}

#[test]
fn kube_proxy_only_writes() {
    let evaluators =
        ["crate::iptables", "crate::nftables", "crate::ipvs", "crate::ipset", "crate::netfilter", "crate::node"];
    let own = ["crate::proxy::iptables", "crate::proxy::nftables", "crate::proxy::ipvs"];
    let found = lines_with("core/src/proxy", &evaluators);
    let found: Vec<_> = found.into_iter().filter(|line| !own.iter().any(|own| line.contains(own))).collect();
    assert_none(&found, "what kube-proxy programs must go through the tools' text or plain objects");
}

#[test]
fn the_page_and_the_package_decide_nothing() {
    let model = [
        "datapath_core::iptables",
        "datapath_core::nftables",
        "datapath_core::ipvs",
        "datapath_core::ipset",
        "datapath_core::k8s",
        "datapath_core::node",
        "datapath_core::chance",
    ];
    for folder in ["web/src", "wasm-pkg/src"] {
        assert_none(&lines_with(folder, &model), "what can be decided without a browser is decided in core::lab");
    }
}

#[test]
fn files_stay_small() {
    let long: Vec<_> = ["core/src", "web/src", "wasm-pkg/src", "tests/src"]
        .into_iter()
        .flat_map(sources)
        .chain(styles())
        .filter(|(_, text)| text.lines().count() > 800)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert_none(&long, "a file has one purpose and at most 800 lines");
}

#[test]
fn the_code_map_names_every_module() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let library = fs::read_to_string(root().join("core/src/lib.rs")).expect("core/src/lib.rs");
    let modules = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let missing: Vec<_> = modules.filter(|module| !map.contains(&format!("`{module}"))).map(str::to_owned).collect();
    assert_none(&missing, "ARCHITECTURE.md lacks these modules of core");
}

#[test]
fn wasm_bindgen_is_one_version() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let versions: Vec<_> =
        lock.split("[[package]]").filter(|package| package.contains("name = \"wasm-bindgen\"\n")).collect();
    assert_eq!(versions.len(), 1, "the crate and the command must be of one version");
}
