use std::convert::Infallible;

use wasm_encoder::MemArg;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasmparser::Operator;

use crate::Failure;

/// The numbers in a function that may be addresses of data: constants, and what is added where memory is accessed.
#[derive(Default)]
pub struct Numbers(pub Vec<u32>);

impl Numbers {
    pub fn note(&mut self, operator: &Operator<'_>) -> Result<(), Failure> {
        match *operator {
            Operator::I32Const { value } => self.0.push(value.cast_unsigned()),
            // Two words can be written as one.
            Operator::I64Const { value } => self.0.extend(words(value.cast_unsigned())),
            _ => {
                self.instruction(operator.clone()).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

fn words(number: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
    [[a, b, c, d], [e, f, g, h]].map(u32::from_le_bytes)
}

impl Reencode for Numbers {
    type Error = Infallible;

    fn mem_arg(&mut self, arg: wasmparser::MemArg) -> Result<MemArg, Error> {
        self.0.extend(u32::try_from(arg.offset));
        utils::mem_arg(self, arg)
    }
}
