use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, FunctionSection, ImportSection, Module, TypeSection,
};
use wasmparser::{BinaryReader, CodeSectionReader, FunctionBody, Parser, Payload};

use crate::Failure;
use crate::plan::{Kind, Plan, export_name};

/// Where the secondary imports from.
const PRIMARY: &str = "primary";

/// The other functions. What they share with the primary has its number there, since it is imported in the same order.
pub fn encode(plan: &Plan, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut secondary = Secondary { plan, next: plan.module.imported };
    let mut out = Module::new();
    out.section(&secondary.types(wasm)?);
    out.section(&secondary.imports()?);
    let mut functions = FunctionSection::new();
    for function in plan.bodies(false) {
        functions.function(plan.module.types[function as usize]);
    }
    out.section(&functions);
    out.section(&elements(plan)?);
    let range = plan.module.code.clone();
    let bodies = CodeSectionReader::new(BinaryReader::new(&wasm[range.clone()], range.start as u64))?;
    let mut code = CodeSection::new();
    secondary.parse_code_section(&mut code, bodies).map_err(told)?;
    out.section(&code);
    out.section(&plan.module.data.section(false));
    Ok(out.finish())
}

fn told(error: Error) -> Failure {
    error.to_string().into()
}

struct Secondary<'a> {
    plan: &'a Plan,
    /// The function whose body comes next.
    next: u32,
}

impl Secondary<'_> {
    fn types(&mut self, wasm: &[u8]) -> Result<TypeSection, Failure> {
        let mut types = TypeSection::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::TypeSection(section) = payload? {
                self.parse_type_section(&mut types, section).map_err(told)?;
                break;
            }
        }
        Ok(types)
    }

    fn imports(&mut self) -> Result<ImportSection, Failure> {
        let mut imports = ImportSection::new();
        let module = &self.plan.module;
        for (place, &function) in self.plan.shared.iter().enumerate() {
            let ty = EntityType::Function(module.types[function as usize]);
            imports.import(PRIMARY, &export_name(Kind::Function, place), ty);
        }
        for number in 0..module.tables.len() {
            let name = export_name(Kind::Table, number);
            imports.import(PRIMARY, &name, self.plan.table(number)?);
        }
        for (number, &memory) in (0..).zip(&module.memories) {
            let memory = self.memory_type(memory).map_err(told)?;
            imports.import(PRIMARY, &export_name(Kind::Memory, number), memory);
        }
        for (number, &global) in (0..).zip(&module.globals) {
            let global = self.global_type(global).map_err(told)?;
            imports.import(PRIMARY, &export_name(Kind::Global, number), global);
        }
        Ok(imports)
    }
}

impl Reencode for Secondary<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        if !self.plan.is_primary(function) {
            return Ok(self.plan.index(function));
        }
        let place = self.plan.shared.binary_search(&function).expect("whatever is called is shared");
        Ok(u32::try_from(place).expect("indices are of 32 bits"))
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        self.next += 1;
        if self.plan.is_primary(self.next - 1) { Ok(()) } else { utils::parse_function_body(self, code, body) }
    }
}

/// Each function goes to its slots, one segment for slots that follow each other.
fn elements(plan: &Plan) -> Result<ElementSection, Failure> {
    let mut elements = ElementSection::new();
    let filled: Vec<(u32, u32)> = plan.filled()?.into_iter().collect();
    for run in filled.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
        let functions: Vec<u32> = run.iter().map(|&(_, function)| plan.index(function)).collect();
        let from = ConstExpr::i32_const(run[0].0.cast_signed());
        elements.active(None, &from, Elements::Functions(functions.into()));
    }
    Ok(elements)
}
