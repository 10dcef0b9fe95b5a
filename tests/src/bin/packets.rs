//! `packets CASE.json… [--replay KERNEL.jsonl]`: prints what the model's node does with each packet, one JSON object a line.
//!
//! With `--replay`, the random choices are taken from a kernel's answers to the same cases: of everything that the
//! model could do with a packet, the way is gone on whose first outcome is the kernel's. Where there is none, the
//! line says `"agrees": false`. Source ports that masquerading picked at random are not compared.

use std::collections::HashMap;
use std::process::ExitCode;
use std::{env, fs};

use datapath_core::chance::Chance;
use datapath_tests::kernel::{Case, Machine, Packet};
use serde_json::{Value, json};

/// A kernel's answers, by case and packet, in order.
type Recorded = HashMap<(String, usize), Vec<Value>>;

fn main() -> ExitCode {
    let mut files = Vec::new();
    let mut replay = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--replay" {
            replay = arguments.next();
        } else {
            files.push(argument);
        }
    }
    if files.is_empty() {
        eprintln!("usage: packets CASE.json… [--replay KERNEL.jsonl]");
        return ExitCode::from(2);
    }
    let recorded = replay.map(|file| read_answers(&file)).transpose();
    let outcome = recorded.and_then(|mut recorded| files.iter().try_for_each(|file| run(file, recorded.as_mut())));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read_answers(file: &str) -> Result<Recorded, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let mut recorded = Recorded::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).map_err(|error| format!("{file}: {error}"))?;
        if let (Some(case), Some(index)) = (value["case"].as_str(), value["i"].as_u64()) {
            let index = usize::try_from(index).map_err(|error| error.to_string())?;
            recorded.entry((case.to_owned(), index)).or_default().push(value);
        }
    }
    recorded.values_mut().for_each(|answers| answers.reverse());
    Ok(recorded)
}

fn run(file: &str, mut recorded: Option<&mut Recorded>) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let one = || serde_json::from_str(&text).map(|case| vec![case]);
    let cases: Vec<Case> = if text.trim_start().starts_with('[') { serde_json::from_str(&text) } else { one() }
        .map_err(|error| format!("{file}: {error}"))?;
    for case in cases {
        let mut machine = Machine::new(&case).map_err(|error| format!("{}: {error}", case.name))?;
        let mut chance = Chance::seeded(1);
        for (index, packet) in case.packets.iter().enumerate().filter(|(_, packet)| packet.run.is_none()) {
            for _ in 0..packet.count.unwrap_or(1) {
                let kernel =
                    recorded.as_mut().and_then(|recorded| recorded.get_mut(&(case.name.clone(), index))?.pop());
                let mut line = match kernel {
                    Some(kernel) => replayed(&mut machine, packet, &kernel)?,
                    None => machine.packet(packet, &mut chance)?.to_json(),
                };
                line["case"] = json!(case.name);
                line["i"] = json!(index);
                println!("{line}");
            }
        }
    }
    Ok(())
}

fn replayed(machine: &mut Machine, packet: &Packet, kernel: &Value) -> Result<Value, String> {
    let (answer, agrees) = machine.follow(packet, &kernel["out"])?;
    let mut line = answer.to_json();
    line["agrees"] = json!(agrees);
    Ok(line)
}
