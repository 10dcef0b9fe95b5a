use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, TableSection, TableType, TypeSection,
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ElementSectionReader, ExportSectionReader, FunctionBody,
    FunctionSectionReader, ImportSectionReader, Operator, Parser, TableSectionReader, TypeSectionReader,
};

use crate::Failure;
use crate::module::TABLE;
use crate::plan::{Kind, Placeholder, Plan, export_name};

/// The functions of the primary, and a placeholder for each of the others that these can come to: it loads the secondary,
/// which puts the function into the placeholder's slot, and calls the slot.
pub fn encode(plan: &Plan, loader: &str, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = wasm_encoder::Module::new();
    let tables = (0..plan.module.tables.len()).map(|number| plan.table(number)).collect::<Result<_, _>>()?;
    let mut primary = Primary { plan, loader, next: plan.module.imported, first_added: plan.first_added()?, tables };
    primary.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok(out.finish())
}

struct Primary<'a> {
    plan: &'a Plan,
    loader: &'a str,
    /// The function whose body comes next.
    next: u32,
    first_added: u32,
    tables: Vec<TableType>,
}

impl Primary<'_> {
    fn placeholder(&self, function: u32) -> &Placeholder {
        &self.plan.placeholders[&function]
    }

    fn call_slot(&self, function: u32) -> [Instruction<'static>; 2] {
        let slot = self.placeholder(function).slot.cast_signed();
        let type_index = self.plan.module.types[function as usize];
        [Instruction::I32Const(slot), Instruction::CallIndirect { type_index, table_index: TABLE }]
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).expect("indices are of 32 bits")
}

impl Reencode for Primary<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(if self.plan.is_primary(function) { self.plan.index(function) } else { self.placeholder(function).index })
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
        utils::parse_import_section(self, imports, section)?;
        imports.import(self.loader, "loadRest", EntityType::Function(count(self.plan.module.parameters.len())));
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
        for &function in &self.plan.shared {
            exports.export(&export_name(Kind::Function, function), ExportKind::Func, self.plan.index(function));
        }
        for number in 0..count(module.tables.len()) {
            exports.export(&export_name(Kind::Table, number), ExportKind::Table, number);
        }
        for number in 0..count(module.memories.len()) {
            exports.export(&export_name(Kind::Memory, number), ExportKind::Memory, number);
        }
        for number in 0..count(module.globals.len()) {
            exports.export(&export_name(Kind::Global, number), ExportKind::Global, number);
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        section: ElementSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_element_section(self, elements, section)?;
        let added: Vec<u32> = self.plan.added.iter().map(|&function| self.placeholder(function).index).collect();
        let from = ConstExpr::i32_const(self.first_added.cast_signed());
        elements.active(None, &from, Elements::Functions(added.into()));
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_code_section(self, code, section)?;
        for &missing in self.plan.placeholders.keys() {
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
            code.function(&function);
        }
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
