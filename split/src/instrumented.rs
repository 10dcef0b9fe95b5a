use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, EntityType, Function, ImportSection, Instruction, TypeSection, ValType};
use wasmparser::{FunctionBody, ImportSectionReader, Parser, TypeSectionReader};

use crate::Failure;
use crate::code::Code;
use crate::module::Module;

/// The module, each point of which calls `profile.hit` with its number.
pub fn encode(module: &Module, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = wasm_encoder::Module::new();
    let mut instrumented = Instrumented { module, point: 0 };
    instrumented.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok(out.finish())
}

struct Instrumented<'a> {
    module: &'a Module,
    /// The number of the next.
    point: i32,
}

impl Instrumented<'_> {
    fn hit(&mut self, function: &mut Function) {
        function.instruction(&Instruction::I32Const(self.point));
        function.instruction(&Instruction::Call(self.module.imported));
        self.point += 1;
    }
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
        self.hit(&mut function);
        let points = Code::read(&body)?;
        for (at, operator) in points.operators.iter().enumerate() {
            function.instruction(&self.instruction(operator.clone())?);
            if points.has_point_after(at) {
                self.hit(&mut function);
            }
        }
        code.function(&function);
        Ok(())
    }
}
