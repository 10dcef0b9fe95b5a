//! Splits the page's program into what a page needs at first, and the rest, which follows while the page is used.
//!
//! In: a WebAssembly module, and a profile: which of its functions ran while a page was opened and used for a moment.
//! Out: a *primary* module with these functions and all data, and a *secondary* module with the other functions, which
//! shares the memory, the tables and the globals of the first. A [`placeholder`](primary) in the primary stands for each
//! function that is not there yet: it asks the page to load the secondary, and calls the function, which is in the
//! table by then. The names are those of Binaryen's wasm-split, which is not to be had for a current module everywhere.
//!
//! Left out on purpose: every optimisation, which is wasm-opt's.

mod instrumented;
mod module;
mod plan;
mod primary;
mod secondary;

use std::collections::BTreeSet;
use std::error::Error;
use std::{env, fs, process};

use module::Module;
use plan::Plan;

/// Why a module cannot be split.
pub type Failure = Box<dyn Error>;

const USAGE: &str = "usage: datapath-split instrument MODULE OUT
       datapath-split split MODULE PROFILE LOADER PRIMARY SECONDARY

instrument: every function of OUT tells its number to the import profile.hit when it is called.
split:      PROFILE has the numbers that were told, one a line. LOADER is the module from which PRIMARY imports loadRest,
            a function without parameters that instantiates SECONDARY before it returns, with
            PRIMARY's exports as its import \"primary\".";

fn main() {
    let given: Vec<String> = env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match given[..] {
        ["instrument", module, out] => instrument(module, out),
        ["split", module, profile, loader, primary, secondary] => split(module, profile, loader, primary, secondary),
        _ => Err(USAGE.into()),
    };
    if let Err(failure) = done {
        eprintln!("{failure}");
        process::exit(1);
    }
}

fn instrument(module: &str, out: &str) -> Result<(), Failure> {
    let wasm = read(module)?;
    write(out, &instrumented::encode(&Module::read(&wasm)?, &wasm)?)
}

fn split(module: &str, profile: &str, loader: &str, primary: &str, secondary: &str) -> Result<(), Failure> {
    let wasm = read(module)?;
    let plan = Plan::new(Module::read(&wasm)?, &numbers(profile)?)?;
    let first = primary::encode(&plan, loader, &wasm)?;
    let rest = secondary::encode(&plan, &wasm)?;
    for (name, encoded) in [(primary, &first), (secondary, &rest)] {
        wasmparser::validate(encoded).map_err(|error| format!("{name} would not be valid: {error}"))?;
    }
    write(primary, &first)?;
    write(secondary, &rest)
}

fn numbers(name: &str) -> Result<BTreeSet<usize>, Failure> {
    let text = String::from_utf8(read(name)?)?;
    let numbers = text.lines().map(|line| line.parse().map_err(|error| format!("{name}: `{line}`: {error}").into()));
    numbers.collect()
}

fn read(name: &str) -> Result<Vec<u8>, Failure> {
    fs::read(name).map_err(|error| format!("{name}: {error}").into())
}

fn write(name: &str, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(name, bytes).map_err(|error| format!("{name}: {error}").into())
}
