//! `packets CASE.json…`: prints what the model's node does with each packet, one JSON object a line.

use std::process::ExitCode;
use std::{env, fs};

use datapath_core::chance::Chance;
use datapath_tests::kernel::{Case, Machine};
use serde_json::json;

fn main() -> ExitCode {
    let files: Vec<_> = env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: packets CASE.json…");
        return ExitCode::from(2);
    }
    let mut failed = false;
    for file in files {
        if let Err(error) = run(&file) {
            eprintln!("{file}: {error}");
            failed = true;
        }
    }
    ExitCode::from(u8::from(failed))
}

fn run(file: &str) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let cases: Vec<Case> =
        if text.trim_start().starts_with('[') { serde_json::from_str(&text) } else { serde_json::from_str(&text).map(|case| vec![case]) }
            .map_err(|error| error.to_string())?;
    for case in cases {
        let mut machine = Machine::new(&case).map_err(|error| format!("{}: {error}", case.name))?;
        let mut chance = Chance::seeded(1);
        for (index, packet) in case.packets.iter().enumerate().filter(|(_, packet)| packet.run.is_none()) {
            for _ in 0..packet.count.unwrap_or(1) {
                let mut line = machine.packet(packet, &mut chance)?.to_json();
                line["case"] = json!(case.name);
                line["i"] = json!(index);
                println!("{line}");
            }
        }
    }
    Ok(())
}
