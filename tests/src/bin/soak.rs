//! `soak [N] [SEED] [FOLDER]`: runs N generated cases through the model and the running kernel, beginning with SEED, and
//! a quarter as many with IPVS on a kernel that has it; writes each disagreement, shrunk, into FOLDER.
//!
//! `soak record FILE…` runs the cases of files and writes into them what the kernel did.
//!
//! `soak trials FIRST COUNT SHRINK` and `soak trial FILE` print what cases with IPVS come to on this very kernel, for
//! those who run this elsewhere.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let files: Vec<_> = std::env::args().skip(1).collect();
    let outcome = match files.split_first() {
        Some((word, files)) if word == "record" => linux::record(files).map(|()| 0),
        Some((word, numbers)) if word == "trials" => linux::trials(numbers).map(|()| 0),
        Some((word, [file])) if word == "trial" => linux::trial(file).map(|()| 0),
        _ => linux::soak(),
    };
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("soak: needs a Linux kernel to ask");
    ExitCode::from(2)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::{Path, PathBuf};
    use std::time::{SystemTime, UNIX_EPOCH};
    use std::{env, fs};

    use datapath_tests::kernel::Case;
    use datapath_tests::live::{self, End, Tool, Trial, elsewhere};
    use datapath_tests::machine::Machine;
    use serde_json::{Value, json};

    /// The number of disagreements.
    pub fn soak() -> Result<usize, String> {
        let mut arguments = env::args().skip(1);
        let mut number = |name: &str| {
            let text = arguments.next();
            text.map(|text| text.parse::<u64>().map_err(|_| format!("{name}: {text:?} is no number"))).transpose()
        };
        let count = number("N")?.unwrap_or(1000);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs());
        let first = number("SEED")?.unwrap_or(now);
        let folder = arguments.next().unwrap_or_else(|| "target/kernel-soak".to_owned());
        fs::create_dir_all(&folder).map_err(|error| format!("{folder}: {error}"))?;
        let mut tally = Tally { folder: folder.into(), cases: 0, packets: 0, disagreements: 0 };
        for seed in first..first + count {
            let tool = [Tool::Legacy, Tool::Nft, Tool::OverNfTables, Tool::Nft][(seed % 4) as usize];
            let (case, steps) = live::case(tool, seed);
            let trial = live::run_in_time(&case, &steps)?;
            let shrunk = if trial.disagreement().is_some() { live::shrink(trial.clone())? } else { trial.clone() };
            tally.count(&trial, &shrunk)?;
        }
        match Machine::with_ipvs(&elsewhere::PROGRAMS) {
            Ok(machine) => {
                for trial in elsewhere::on(&machine, &program()?, first, count / 4, true)? {
                    tally.count(&trial, &trial)?;
                }
            }
            Err(why) => println!("IPVS: skipped: {why}"),
        }
        let Tally { cases, packets, disagreements, .. } = tally;
        println!("{cases} cases, {packets} packets, {disagreements} disagreements, from seed {first}");
        Ok(disagreements)
    }

    struct Tally {
        folder: PathBuf,
        cases: usize,
        packets: usize,
        disagreements: usize,
    }

    impl Tally {
        fn count(&mut self, trial: &Trial, shrunk: &Trial) -> Result<(), String> {
            if let End::Refused { model: Some(model), kernel: Some(kernel) } = &trial.ended {
                let name = &trial.recording.case.name;
                println!("{name}: neither takes the rules: model: {model}; kernel: {kernel}");
                return Ok(());
            }
            self.cases += 1;
            self.packets += trial.recording.kernel.len();
            self.disagreements += usize::from(trial.disagreement().is_some());
            report(shrunk, &self.folder)
        }
    }

    pub fn record(files: &[String]) -> Result<(), String> {
        for file in files {
            let told = |error: &dyn std::fmt::Display| format!("{file}: {error}");
            let text = fs::read_to_string(file).map_err(|error| told(&error))?;
            let value: Value = serde_json::from_str(&text).map_err(|error| told(&error))?;
            let case: Case = serde_json::from_value(value["case"].clone()).map_err(|error| told(&error))?;
            let trial = if case.balances() {
                let machine = Machine::with_ipvs(&elsewhere::PROGRAMS)?;
                let line = machine.run(&[&program()?.display().to_string(), "trial", file])?;
                serde_json::from_str(&line).map_err(|error| told(&error))?
            } else {
                live::run(&case, &live::steps_of(&case))?
            };
            if let Some(what) = trial.disagreement() {
                println!("{file}: {what}: {:?}", trial.ended);
            }
            let text = json!({"case": case, "kernel": trial.recording.kernel});
            fs::write(file, format!("{text:#}\n")).map_err(|error| told(&error))?;
        }
        Ok(())
    }

    /// This program, which the other machine has too.
    fn program() -> Result<PathBuf, String> {
        env::current_exe().map_err(|error| format!("this program: {error}"))
    }

    pub fn trial(file: &str) -> Result<(), String> {
        println!("{}", elsewhere::trial(Path::new(file))?);
        Ok(())
    }

    pub fn trials(arguments: &[String]) -> Result<(), String> {
        let [first, count, shrink] = arguments else {
            return Err("soak trials FIRST COUNT SHRINK".to_owned());
        };
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{text:?} is no number"));
        for trial in elsewhere::trials(number(first)?, number(count)?, shrink == "true")? {
            println!("{}", trial?);
        }
        Ok(())
    }

    fn report(trial: &Trial, folder: &Path) -> Result<(), String> {
        let name = &trial.recording.case.name;
        let path = folder.join(format!("{}.json", name.to_lowercase().replace(' ', "-")));
        let Some(what) = trial.disagreement() else {
            return Ok(());
        };
        let mut text = json!({"case": trial.recording.case, "kernel": trial.recording.kernel});
        match &trial.ended {
            End::Differs { model, .. } => text["model"] = json!(model),
            End::Refused { model, kernel } => text["refused"] = json!({"model": model, "kernel": kernel}),
            End::Agreed => {}
        }
        println!("{name}: {what}: {}", path.display());
        fs::write(&path, format!("{text:#}\n")).map_err(|error| format!("{}: {error}", path.display()))
    }
}
