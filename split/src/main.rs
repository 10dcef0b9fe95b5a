//! Splits the page's program into what a page needs at first, and the rest, which follows while the page is used.
//!
//! In: a WebAssembly module, and a profile: which of its [points](code::Code) were come to while a page was opened and used
//! for a moment; and what the linker wrote, of which other tools made that module. Out: a *primary* module with what ran and
//! the data that this can come to, and a *secondary* module with all else, which shares the memory, the tables and the globals
//! of the first.
//!
//! [`outline`] makes functions of the [regions](region) of a function that were not come to, such as what it does with an
//! error; they are half of what runs at all. [`plan`] says which function goes where, and which [`data`], by what the linker
//! knows of [`addresses`]. Whatever leads out of the [`primary`] asks the page to load the [`secondary`] before. The names
//! are those of Binaryen's wasm-split, which knows neither regions nor data, and is not to be had for a current module
//! everywhere.
//!
//! Left out on purpose: every optimisation, which is wasm-opt's.

mod addresses;
mod code;
mod data;
mod instrumented;
mod liveness;
mod module;
mod numbers;
mod outline;
mod outlined;
mod plan;
mod primary;
mod region;
mod secondary;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::error::Error;
use std::{env, fs, process};

use addresses::Addresses;
use module::Module;
use plan::Plan;

/// Why a module cannot be split.
pub type Failure = Box<dyn Error>;

const USAGE: &str = "usage: datapath-split instrument MODULE OUT
       datapath-split split LINKED MODULE PROFILE LOADER PRIMARY SECONDARY

instrument: every point of OUT tells its number to the import profile.hit when it is come to.
split:      LINKED is what the linker wrote, with relocations, of which other tools made MODULE.
            PROFILE has the numbers that were told, one a line. LOADER is the module from which PRIMARY imports loadRest,
            a function without parameters that instantiates SECONDARY before it returns, with
            PRIMARY's exports as its import \"primary\".";

fn main() {
    let given: Vec<String> = env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match given[..] {
        ["instrument", module, out] => instrument(module, out),
        ["split", linked, module, profile, loader, primary, secondary] => {
            split(linked, module, profile, loader, [primary, secondary])
        }
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

fn split(linked: &str, module: &str, profile: &str, loader: &str, parts: [&str; 2]) -> Result<(), Failure> {
    let wasm = read(module)?;
    let whole = Module::read(&wasm)?;
    let addresses = Addresses::read(&read(linked)?).map_err(|error| format!("{linked}: {error}"))?;
    addresses.check(&whole).map_err(|error| format!("{module}: {error}"))?;
    let (wasm, ran) = outline::encode(&whole, &wasm, &numbers(profile)?)?;
    wasmparser::validate(&wasm).map_err(|error| format!("{module} would not be valid: {error}"))?;
    let plan = Plan::new(Module::read(&wasm)?, &ran, &addresses)?;
    let first = primary::encode(&plan, loader, &wasm)?;
    let rest = secondary::encode(&plan, &wasm)?;
    for (name, encoded) in parts.into_iter().zip([first, rest]) {
        wasmparser::validate(&encoded).map_err(|error| format!("{name} would not be valid: {error}"))?;
        write(name, &encoded)?;
    }
    Ok(())
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
