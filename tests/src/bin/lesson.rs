//! `lesson FILE...`: reads lessons and challenges, runs them, and tells what is wrong with them by line and column.

use std::process::ExitCode;

use datapath_core::lesson::examine;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: lesson FILE...");
        return ExitCode::from(2);
    }
    let mut is_right = true;
    for file in files {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{file}: {error}");
                is_right = false;
                continue;
            }
        };
        let (_, wrong) = examine(&text);
        is_right &= wrong.is_empty();
        for wrong in wrong {
            println!("{file}:{wrong}");
        }
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
