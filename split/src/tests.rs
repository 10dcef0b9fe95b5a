//! Random programs do the same in parts as they do whole, in an interpreter, whatever is said to have run.

mod linked;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};

use arbitrary::Unstructured;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use wasm_smith::Config;
use wasmi::{Caller, Engine, Extern, Func, Instance, Module as Program, Store, Val, ValType};

use crate::addresses::Addresses;
use crate::module::Module;
use crate::plan::Plan;
use crate::{outline, primary, secondary};

const PROGRAMS: u64 = 300;
const LOADER: &str = "./rest.js";

/// A program of what compilers make of Rust, without data.
fn program(random: &mut Pcg64) -> Vec<u8> {
    let config = Config {
        min_funcs: 3,
        max_funcs: 12,
        min_tables: 1,
        max_tables: 1,
        min_memories: 1,
        max_memories: 1,
        min_imports: 1,
        max_imports: 1,
        available_imports: Some(tick()),
        max_data_segments: 0,
        max_element_segments: 0,
        max_tags: 0,
        max_instructions: 400,
        max_memory32_bytes: 1 << 16,
        export_everything: true,
        allow_start_export: false,
        disallow_traps: false,
        canonicalize_nans: true,
        multi_value_enabled: false,
        bulk_memory_enabled: false,
        reference_types_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        exceptions_enabled: false,
        tail_call_enabled: false,
        gc_enabled: false,
        threads_enabled: false,
        memory64_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        extended_const_enabled: false,
        compact_imports_enabled: false,
        ..Config::default()
    };
    loop {
        let mut bytes = vec![0; 8192];
        random.fill_bytes(&mut bytes);
        let mut module =
            wasm_smith::Module::new(config.clone(), &mut Unstructured::new(&bytes)).expect("bytes suffice");
        module.ensure_termination(100).expect("it is not made of parts");
        let wasm = module.to_bytes();
        // Few have none at all.
        if Module::read(&wasm).is_ok_and(|module| module.imported == 1) {
            return wasm;
        }
    }
}

/// A module with an import that can be called.
fn tick() -> Vec<u8> {
    let mut module = wasm_encoder::Module::new();
    let mut types = wasm_encoder::TypeSection::new();
    types.ty().function([wasm_encoder::ValType::I32], [wasm_encoder::ValType::I32]);
    let mut imports = wasm_encoder::ImportSection::new();
    imports.import("page", "tick", wasm_encoder::EntityType::Function(0));
    module.section(&types).section(&imports);
    module.finish()
}

/// What somebody sees who calls all functions of a program, one after the other.
fn seen(engine: &Engine, program: &[u8], rest: Option<&[u8]>, seed: u64) -> Vec<String> {
    let mut store = Store::new(engine, ());
    let program = Program::new(engine, program).expect("it is valid");
    let mut imports: Vec<Extern> = vec![Func::wrap(&mut store, |given: i32| given.wrapping_mul(3)).into()];
    if let Some(rest) = rest {
        imports.push(loader(&mut store, Program::new(engine, rest).expect("it is valid")).into());
    }
    let instance = Instance::new(&mut store, &program, &imports).expect("nothing runs at first");
    let mut random = Pcg64::seed_from_u64(seed);
    let mut seen = vec![];
    let exports: Vec<(String, Extern)> = instance
        .exports(&store)
        .filter(|export| !export.name().starts_with('-'))
        .map(|export| (export.name().to_owned(), export.into_extern()))
        .collect();
    for (name, export) in &exports {
        let Extern::Func(function) = export else { continue };
        let ty = function.ty(&store);
        let given: Vec<Val> = ty.params().iter().map(|&ty| value(ty, random.next_u64())).collect();
        let mut results: Vec<Val> = ty.results().iter().map(|&ty| value(ty, 0)).collect();
        let said = function.call(&mut store, &given, &mut results);
        seen.push(format!("{name} {:?}", said.map(|()| results).map_err(|error| error.as_trap_code())));
    }
    for (name, export) in &exports {
        match export {
            Extern::Global(global) => seen.push(format!("{name} {:?}", global.get(&store))),
            Extern::Memory(memory) => seen.push(format!("{name} {:x}", hash(memory.data(&store)))),
            _ => {}
        }
    }
    seen
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

fn value(ty: ValType, bits: u64) -> Val {
    match ty {
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits.cast_signed()),
        ValType::F32 => Val::F32((bits as f32).into()),
        ValType::F64 => Val::F64((bits as f64).into()),
        other => panic!("{other:?} is not made"),
    }
}

/// As the page has it.
fn loader(store: &mut Store<()>, rest: Program) -> Func {
    let is_whole = AtomicBool::new(false);
    Func::wrap(store, move |mut caller: Caller<'_, ()>| {
        if !is_whole.swap(true, Ordering::Relaxed) {
            let wanted = rest.imports().map(|import| caller.get_export(import.name()).expect("the primary has it"));
            let wanted: Vec<Extern> = wanted.collect();
            Instance::new(&mut caller, &rest, &wanted).expect("it fits");
        }
    })
}

/// Of so many things.
fn some(random: &mut Pcg64, all: usize, of_ten: u32) -> BTreeSet<usize> {
    (0..all).filter(|_| random.next_u32() % 10 < of_ten).collect()
}

#[test]
fn regions_do_the_same_as_functions_of_their_own() {
    let engine = Engine::default();
    let mut added = 0;
    for seed in 0..PROGRAMS {
        let random = &mut Pcg64::seed_from_u64(seed);
        let whole = program(random);
        let module = Module::read(&whole).expect("it is supported");
        let hit = some(random, points(&whole), 6);
        let (outlined, _) = outline::encode(&module, &whole, &hit).expect("it is supported");
        wasmparser::validate(&outlined).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        added += Module::read(&outlined).expect("it is supported").bodies.len() - module.bodies.len();
        assert_eq!(seen(&engine, &outlined, None, seed), seen(&engine, &whole, None, seed), "seed {seed}");
    }
    assert!(added > 500, "{added} regions were found: the test is blind");
}

#[test]
fn what_comes_later_does_the_same() {
    let engine = Engine::default();
    let mut moved = 0;
    for seed in 0..PROGRAMS {
        let random = &mut Pcg64::seed_from_u64(seed);
        let whole = program(random);
        let module = Module::read(&whole).expect("it is supported");
        let ran = some(random, module.bodies.len(), 5);
        let later = module.bodies.len() - ran.len();
        let plan = Plan::new(module, &ran, &Addresses::default()).expect("it is supported");
        let first = primary::encode(&plan, LOADER, &whole).expect("it is supported");
        let rest = secondary::encode(&plan, &whole).expect("it is supported");
        let expected = seen(&engine, &whole, None, seed);
        // A number that no compiler makes up leads behind the table's end, where functions were added.
        if expected.iter().any(|line| line.contains("TableOutOfBounds")) {
            continue;
        }
        moved += later;
        assert_eq!(seen(&engine, &first, Some(&rest), seed), expected, "seed {seed}");
    }
    assert!(moved > 500, "{moved} functions came later: the test is blind");
}

fn points(wasm: &[u8]) -> usize {
    let bodies = wasmparser::Parser::new(0).parse_all(wasm).filter_map(|payload| match payload {
        Ok(wasmparser::Payload::CodeSectionEntry(body)) => crate::code::Code::read(&body).ok(),
        _ => None,
    });
    bodies.map(|code| 1 + (0..code.operators.len()).filter(|&at| code.has_point_after(at)).count()).sum()
}
