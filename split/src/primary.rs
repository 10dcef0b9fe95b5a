use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, DataSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, TableSection, TableType, TypeSection,
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, DataSectionReader, ExportSectionReader, FunctionBody,
    FunctionSectionReader, ImportSectionReader, Operator, Parser, TableSectionReader, TypeSectionReader,
};

use crate::Failure;
use crate::module::TABLE;
use crate::plan::{Kind, Plan, export_name};

/// The functions of the primary. What it calls of the others it calls by the table, into which the secondary puts them; it
/// sees to it before that the secondary is there. Those that it can come to by other ways have a placeholder, which does
/// the same.
pub fn encode(plan: &Plan, loader: &str, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = wasm_encoder::Module::new();
    let tables = (0..plan.module.tables.len()).map(|number| plan.table(number)).collect::<Result<_, _>>()?;
    let mut primary = Primary { plan, loader, next: plan.module.imported, tables };
    primary.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok(out.finish())
}

struct Primary<'a> {
    plan: &'a Plan,
    loader: &'a str,
    /// The function whose body comes next.
    next: u32,
    tables: Vec<TableType>,
}

impl Primary<'_> {
    /// The type of a function that takes and gives nothing: it stands behind the others.
    fn action(&self) -> u32 {
        count(self.plan.module.parameters.len())
    }

    fn call_slot(&self, function: u32) -> [Instruction<'static>; 2] {
        let slot = self.plan.slots[&function].cast_signed();
        let type_index = self.plan.module.types[function as usize];
        [Instruction::I32Const(slot), Instruction::CallIndirect { type_index, table_index: TABLE }]
    }

    fn placeholder(&self, missing: u32) -> Function {
        let mut function = Function::new([]);
        function.instruction(&Instruction::Call(self.plan.module.imported));
        let ty = self.plan.module.types[missing as usize];
        for parameter in 0..self.plan.module.parameters[ty as usize] {
            function.instruction(&Instruction::LocalGet(parameter));
        }
        for instruction in self.call_slot(missing) {
            function.instruction(&instruction);
        }
        function.instruction(&Instruction::End);
        function
    }

    /// Asks the table, since that costs less than a call of the page.
    fn ensure(&self) -> Function {
        let mut function = Function::new([]);
        if let Some(last) = self.plan.added.last() {
            function.instruction(&Instruction::I32Const(self.plan.slots[last].cast_signed()));
            function.instruction(&Instruction::TableGet(TABLE));
            function.instruction(&Instruction::RefIsNull);
            function.instruction(&Instruction::If(BlockType::Empty));
            function.instruction(&Instruction::Call(self.plan.module.imported));
            function.instruction(&Instruction::End);
        }
        function.instruction(&Instruction::End);
        function
    }
}

/// A name that wasm-bindgen made, with a hash in it. Its own file takes another (`scripts/split.mjs`).
fn is_of_glue(name: &str) -> bool {
    name.starts_with("__wb")
}

fn count(items: usize) -> u32 {
    u32::try_from(items).expect("indices are of 32 bits")
}

impl Reencode for Primary<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(if self.plan.is_primary(function) { self.plan.index(function) } else { self.plan.placeholders[&function] })
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for (number, import) in section.into_imports().enumerate() {
            let import = import?;
            let name = if is_of_glue(import.name) { format!("i{number:x}") } else { import.name.to_owned() };
            imports.import(import.module, &name, self.entity_type(import.ty)?);
        }
        imports.import(self.loader, "loadRest", EntityType::Function(self.action()));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        for function in self.plan.bodies(true).chain(self.plan.placeholders.keys().copied()) {
            functions.function(self.plan.module.types[function as usize]);
        }
        functions.function(self.action());
        Ok(())
    }

    fn parse_table_section(&mut self, tables: &mut TableSection, _: TableSectionReader<'_>) -> Result<(), Error> {
        for &table in &self.tables {
            tables.table(table);
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_export_section(self, exports, section)?;
        let module = &self.plan.module;
        for (place, &function) in self.plan.shared.iter().enumerate() {
            exports.export(&export_name(Kind::Function, place), ExportKind::Func, self.plan.index(function));
        }
        for (kind, export, number) in [
            (Kind::Table, ExportKind::Table, module.tables.len()),
            (Kind::Memory, ExportKind::Memory, module.memories.len()),
            (Kind::Global, ExportKind::Global, module.globals.len()),
        ] {
            for place in 0..number {
                exports.export(&export_name(kind, place), export, count(place));
            }
        }
        Ok(())
    }

    fn data_count(&mut self, _: u32) -> Result<u32, Error> {
        Ok(self.plan.module.data.section(true).len())
    }

    fn parse_data_section(&mut self, data: &mut DataSection, _: DataSectionReader<'_>) -> Result<(), Error> {
        *data = self.plan.module.data.section(true);
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_code_section(self, code, section)?;
        for &missing in self.plan.placeholders.keys() {
            code.function(&self.placeholder(missing));
        }
        code.function(&self.ensure());
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        self.next += 1;
        if !self.plan.is_primary(self.next - 1) {
            return Ok(());
        }
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            match operators.read()? {
                Operator::Call { function_index } if !self.plan.is_primary(function_index) => {
                    // Only what had a slot has a placeholder there.
                    if !self.plan.module.slots.contains_key(&function_index) {
                        function.instruction(&Instruction::Call(self.plan.ensure));
                    }
                    for instruction in self.call_slot(function_index) {
                        function.instruction(&instruction);
                    }
                }
                operator => {
                    function.instruction(&self.instruction(operator)?);
                }
            }
        }
        code.function(&function);
        Ok(())
    }

    /// They tell of tools.
    fn parse_custom_section(&mut self, _: &mut wasm_encoder::Module, _: CustomSectionReader<'_>) -> Result<(), Error> {
        Ok(())
    }
}
