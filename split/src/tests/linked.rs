//! Of a program that a compiler made, each function finds its tables where what it does not ask for comes later.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

use wasmi::{Engine, Func, ImportType, Instance, Module as Program, Store};
use wasmparser::{ExternalKind, Parser, Payload};

use super::LOADER;
use crate::addresses::Addresses;
use crate::module::Module;
use crate::plan::Plan;
use crate::{primary, secondary};

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/tables.rs");
/// How many functions it imports.
const IMPORTED: u32 = 1;
/// Functions there, and how what they read begins.
const READERS: [(&str, &[u8]); 4] = [
    ("counted_down", &[0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9]),
    ("from_a_number_on", &[2, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 7]),
    ("led", b"iptables-restore"),
    ("straight", &[31, 0, 0, 0, 41, 0, 0, 0, 59]),
];

fn linked(options: &[&str]) -> Vec<u8> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("datapath-split-{}-{}.wasm", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let out = env::temp_dir().join(name);
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--target=wasm32-unknown-unknown", "--crate-type=cdylib", "-Copt-level=z"]);
    rustc.args(["-Cpanic=abort", "-Clink-arg=--no-merge-data-segments", TABLES, "-o"]).arg(&out);
    rustc.args(options.iter().map(|option| format!("-Clink-arg={option}")));
    assert!(rustc.status().expect("set-up put rustc on the PATH").success());
    let wasm = fs::read(&out).expect("rustc wrote it");
    fs::remove_file(out).expect("it is there");
    wasm
}

/// Among the functions that are not imported.
fn place(wasm: &[u8], wanted: &str) -> usize {
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(Payload::ExportSection(exports)) = payload else { continue };
        let mut exports = exports.into_iter().map(|export| export.expect("it is valid"));
        let export = exports.find(|export| export.kind == ExternalKind::Func && export.name == wanted);
        return (export.expect("it is exported").index - IMPORTED) as usize;
    }
    panic!("nothing is exported")
}

/// What a function makes of some numbers, while nothing else can be had.
fn answers(wasm: &[u8], function: &str) -> Vec<u32> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let program = Program::new(&engine, wasm).expect("it is valid");
    let nothing = |import: ImportType| {
        let ty = import.ty().func().expect("functions are imported").clone();
        Func::new(&mut store, ty, |_, _, _| panic!("the rest is asked for")).into()
    };
    let wanted: Vec<_> = program.imports().map(nothing).collect();
    let instance = Instance::new(&mut store, &program, &wanted).expect("nothing runs at first");
    let function = instance.get_typed_func::<u32, u32>(&store, function).expect("it is exported");
    (1000..1010).map(|number| function.call(&mut store, number).expect("it ends")).collect()
}

fn has(wasm: &[u8], bytes: &[u8]) -> bool {
    wasm.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn data_comes_later_if_nothing_that_is_there_leads_to_it() {
    let whole = linked(&["--emit-relocs"]);
    let addresses = Addresses::read(&whole).expect("it has relocations");
    for (function, _) in READERS {
        let ran = BTreeSet::from([place(&whole, function)]);
        let plan = Plan::new(Module::read(&whole).expect("it is supported"), &ran, &addresses);
        let plan = plan.expect("it is supported");
        let first = primary::encode(&plan, LOADER, &whole).expect("it is supported");
        let rest = secondary::encode(&plan, &whole).expect("it is supported");
        assert_eq!(answers(&first, function), answers(&whole, function), "{function}");
        for (reader, read) in READERS {
            let is_first = reader == function;
            assert_eq!((has(&first, read), has(&rest, read)), (is_first, !is_first), "{function}, {reader}");
        }
    }
}

/// The test above is of nothing if a later compiler writes other addresses.
#[test]
fn where_an_address_lies_does_not_tell_what_is_meant() {
    let whole = linked(&["--emit-relocs"]);
    let module = Module::read(&whole).expect("it is supported");
    for (function, is_inside) in [("counted_down", false), ("from_a_number_on", false), ("straight", true)] {
        let (_, read) = READERS.into_iter().find(|&(reader, _)| reader == function).expect("it is one of them");
        let table = module.data.find(read).expect("it is data");
        let numbers = &module.bodies[place(&whole, function)].numbers.0;
        assert_eq!(numbers.iter().any(|number| table.contains(number)), is_inside, "{function}: {numbers:?} {table:?}");
    }
}

#[test]
fn a_program_is_not_split_by_what_is_said_of_another() {
    let whole = linked(&["--emit-relocs"]);
    let addresses = Addresses::read(&whole).expect("it has relocations");
    let check = |wasm: &[u8]| addresses.check(&Module::read(wasm).expect("it is supported"));
    check(&whole).expect("it is the same");

    let without = linked(&[]);
    let failure = Addresses::read(&without).err().expect("it has none").to_string();
    assert_eq!(failure, "it has no relocations: link with --emit-relocs");

    let text = b"nft -f";
    let failure = check(&replaced(&whole, text, b"nft -l")).expect_err("it is another").to_string();
    assert_eq!(failure, "its data is not what the linker wrote: build both anew");

    let module = Module::read(&whole).expect("it is supported");
    let table = module.data.find(READERS[3].1).expect("it is data");
    // As wasm-opt does where something is always added.
    let added = replaced(&whole, &padded(table.start), &padded(table.start + 4));
    let failure = check(&added).expect_err("the linker wrote no such address").to_string();
    let number = table.start + 4;
    assert!(failure.starts_with(&format!("{number} may be an address")), "{failure}");

    let failure = Addresses::read(&added).err().expect("it is not what is told of").to_string();
    assert_eq!(failure, format!("{number} is written where {} should be, as a relocation says", table.start));
}

fn replaced(wasm: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..wasm.len()).filter(|&at| wasm[at..].starts_with(from)).collect();
    let mut wasm = wasm.to_vec();
    for at in places {
        wasm[at..at + to.len()].copy_from_slice(to);
    }
    wasm
}

/// As the linker writes addresses into code, so that each has room for any.
fn padded(address: u32) -> [u8; 5] {
    std::array::from_fn(|place| (address >> (7 * place)) as u8 & 0x7f | if place < 4 { 0x80 } else { 0 })
}
