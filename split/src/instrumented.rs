use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, EntityType, ImportSection, Instruction, TypeSection, ValType};
use wasmparser::{FunctionBody, ImportSectionReader, Parser, TypeSectionReader};

use crate::Failure;
use crate::module::Module;

/// The module, each function of which begins with a call of `profile.hit` with its place among the functions that are not
/// imported.
pub fn encode(module: &Module, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = wasm_encoder::Module::new();
    let mut instrumented = Instrumented { module, place: 0 };
    instrumented.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok(out.finish())
}

struct Instrumented<'a> {
    module: &'a Module,
    /// Of the next function.
    place: i32,
}

impl Reencode for Instrumented<'_> {
    type Error = Infallible;

    /// `hit` is the last import.
    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(if function < self.module.imported { function } else { function + 1 })
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<(), Error> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_import_section(self, imports, section)?;
        let ty = u32::try_from(self.module.parameters.len()).expect("indices are of 32 bits");
        imports.import("profile", "hit", EntityType::Function(ty));
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(self.place));
        function.instruction(&Instruction::Call(self.module.imported));
        self.place += 1;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            function.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&function);
        Ok(())
    }
}
