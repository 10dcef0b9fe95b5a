use std::collections::BTreeMap;

use wasmparser::{BinaryReaderError, FunctionBody, Operator};

/// A function's operators. Its *points* are its beginning, and the places that control comes to from elsewhere or may not
/// come to: behind what branches, and where branches come together. A module's points are numbered as they stand in it.
pub struct Code<'a> {
    pub operators: Vec<Operator<'a>>,
    /// Where each begins in the module; and behind the last.
    pub offsets: Vec<u64>,
    /// The end of each block by its beginning. The function's own end is not among them.
    pub ends: BTreeMap<usize, usize>,
}

impl<'a> Code<'a> {
    pub fn read(body: &FunctionBody<'a>) -> Result<Self, BinaryReaderError> {
        let mut reader = body.get_operators_reader()?;
        let mut code = Self { operators: vec![], offsets: vec![reader.original_position()], ends: BTreeMap::new() };
        let mut open = vec![];
        while !reader.eof() {
            let (at, operator) = (code.operators.len(), reader.read()?);
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => open.push(at),
                Operator::End => code.ends.extend(open.pop().map(|begin| (begin, at))),
                _ => {}
            }
            code.operators.push(operator);
            code.offsets.push(reader.original_position());
        }
        Ok(code)
    }

    /// Whether a point follows an operator. None follows the function's end.
    pub fn has_point_after(&self, at: usize) -> bool {
        at + 1 < self.operators.len() && is_before_point(&self.operators[at])
    }

    pub fn is_loop(&self, at: usize) -> bool {
        matches!(self.operators[at], Operator::Loop { .. })
    }
}

fn is_before_point(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::If { .. } | Operator::Else | Operator::Loop { .. } | Operator::End | Operator::BrIf { .. }
    )
}
