//! A Linux machine on which scripts run as root, each in a network namespace of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

#[derive(Clone, Debug)]
pub struct Machine {
    /// A command that runs the command behind it as root; empty for this machine.
    runner: Vec<String>,
}

/// A program, and the version that prints what it is compared with.
pub type Program = (&'static str, &'static str);

/// Before and after the output of each script.
const MARK: &str = "@@@@ ";

impl Machine {
    /// This machine.
    ///
    /// # Errors
    /// Says why it is not fit: no root, no namespaces, a program that is not installed or of another version, or a
    /// kernel on which `probe` fails.
    pub fn here(programs: &[Program], probe: &str) -> Result<Self, String> {
        Self { runner: Vec::new() }.fit(programs, probe)
    }

    /// A machine whose kernel has IPVS: that of `DATAPATH_IPVS_MACHINE` (a command that runs the command behind it as
    /// root, with this machine's files) if it is set, else this one, else user-mode-linux.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn with_ipvs(programs: &[Program]) -> Result<Self, String> {
        let probe = "modprobe -a ip_vs dummy; ipvsadm -S -n && ip link add kube-ipvs0 type dummy";
        let runner = |words: &[&str]| Self { runner: words.iter().copied().map(str::to_owned).collect() };
        if let Ok(command) = env::var("DATAPATH_IPVS_MACHINE") {
            let machine = runner(&command.split_whitespace().collect::<Vec<_>>());
            return machine.fit(programs, probe).map_err(|error| format!("{command}: {error}"));
        }
        const BOOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/user-mode-linux/run");
        let here = match runner(&[]).fit(programs, probe) {
            Ok(here) => return Ok(here),
            Err(why) => why,
        };
        // What does not come up in a minute never will; what is up may be given much to do.
        match runner(&[BOOT, "-t", "60"]).fit(programs, probe) {
            Ok(_) => Ok(runner(&[BOOT, "-t", "3600"])),
            Err(why) => Err(format!("no kernel with IPVS and dummy devices: this one: {here}; user-mode-linux: {why}")),
        }
    }

    /// What `user-mode-linux/run` ends with if the kernel did not come up, or died.
    const DIED: i32 = 125;
    const MORE_BOOTS: usize = 2;

    /// What a command prints.
    ///
    /// # Errors
    /// What it complains of, or why it does not run at all.
    pub fn run(&self, words: &[&str]) -> Result<String, String> {
        let output = self.output(words)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(format!("{}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
    }

    fn output(&self, words: &[&str]) -> Result<Output, String> {
        let words: Vec<_> = self.runner.iter().map(String::as_str).chain(words.iter().copied()).collect();
        let [program, arguments @ ..] = words.as_slice() else {
            return Err("no command".to_owned());
        };
        let run = || Command::new(program).args(arguments).stdin(Stdio::null()).output();
        let mut output = run();
        // On a busy machine user-mode-linux dies now and then, whatever runs in it.
        for _ in 0..Self::MORE_BOOTS {
            if output.as_ref().is_ok_and(|output| output.status.code() == Some(Self::DIED)) {
                output = run();
            }
        }
        output.map_err(|error| format!("{program}: {error}"))
    }

    fn fit(self, programs: &[Program], probe: &str) -> Result<Self, String> {
        let mut script = String::new();
        for (program, version) in programs {
            script.push_str(&format!(
                "version=$({program} --version) || exit 1\n\
                 case $version in *{version}*) ;; *) echo \"$version is not {program} {version}\"; exit 1;; esac\n"
            ));
        }
        match self.run_each(&[script + probe])?.remove(0) {
            Ok(_) => Ok(self),
            Err(error) => Err(error.trim().replace('\n', "; ")),
        }
    }

    /// What each script prints; an error if it fails.
    ///
    /// # Errors
    /// Says why the machine does not run at all.
    pub fn run_each(&self, scripts: &[String]) -> Result<Vec<Result<String, String>>, String> {
        let folder = Folder::new()?;
        let mut driver = "PATH=$PATH:/usr/sbin:/sbin\n".to_owned();
        for (number, script) in scripts.iter().enumerate() {
            let path = folder.write(&format!("{number}.sh"), script)?;
            let path = path.display();
            driver.push_str(&format!("echo '{MARK}begin'; unshare --net sh {path} 2>&1; echo '{MARK}'$?\n"));
        }
        let driver = folder.write("driver.sh", &driver)?.display().to_string();
        let output = self.output(&["sh", &driver])?;
        let text = String::from_utf8_lossy(&output.stdout);
        let outputs: Vec<_> = text.split(&format!("{MARK}begin\n")).skip(1).map(outcome).collect();
        if outputs.len() == scripts.len() {
            return Ok(outputs);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} of {} scripts ran: {text}{errors}", outputs.len(), scripts.len()))
    }
}

/// The output before the mark with the exit status.
fn outcome(text: &str) -> Result<String, String> {
    match text.rsplit_once(MARK) {
        Some((output, status)) if status.trim() == "0" => Ok(output.to_owned()),
        Some((output, _)) => Err(output.to_owned()),
        None => Err(format!("cut short: {text}")),
    }
}

/// A folder that is gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("datapath-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.0.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
