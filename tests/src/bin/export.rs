//! `export CASES_DIR OUT_DIR`: reads every case of a folder and writes everything that can be taken away from its node
//! to `OUT_DIR/<case>/<mode>/`.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use datapath_core::export::{Format, Subject, export};
use datapath_core::proxy::Mode;
use datapath_tests::case::Case;
use datapath_tests::probe;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cases, out] = arguments.as_slice() else {
        eprintln!("usage: export CASES_DIR OUT_DIR");
        return ExitCode::from(2);
    };
    match write_all(Path::new(cases), Path::new(out)) {
        Ok(count) => {
            println!("{count} files written into {out}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(cases: &Path, out: &Path) -> Result<usize, String> {
    let mut count = 0;
    for case in Case::read_all(cases)? {
        for mode in Mode::ALL {
            let node = probe::node(&case, mode)?;
            let subject = Subject { cluster: &case.cluster, config: case.config.clone(), mode, node: &node };
            let folder = out.join(&case.name).join(mode.to_string());
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            for file in Format::ALL.into_iter().flat_map(|format| export(&subject, format)) {
                let path = folder.join(&file.name);
                fs::write(&path, file.text).map_err(|error| format!("{}: {error}", path.display()))?;
                count += 1;
            }
        }
    }
    Ok(count)
}
