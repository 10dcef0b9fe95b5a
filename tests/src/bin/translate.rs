//! `translate CASES_DIR OUT_DIR`: reads every case of a folder and writes
//! `OUT_DIR/<case>/actual.*`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use datapath_tests::case::Case;
use datapath_tests::{later, output};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cases, out] = arguments.as_slice() else {
        eprintln!("usage: translate CASES_DIR OUT_DIR");
        return ExitCode::from(2);
    };
    match translate(Path::new(cases), Path::new(out)) {
        Ok(count) => {
            println!("{count} cases translated into {out}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn translate(cases: &Path, out: &Path) -> Result<usize, String> {
    let cases = Case::read_all(cases)?;
    for case in &cases {
        let folder = out.join(&case.name);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for output in output::of(case)?.into_iter().chain(later::of(case)?) {
            let path = folder.join(&output.file);
            fs::write(&path, output.text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(cases.len())
}
