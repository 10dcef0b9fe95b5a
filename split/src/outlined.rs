use std::collections::BTreeMap;

use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{BlockType, Function, Instruction, ValType};
use wasmparser::Operator;

use crate::code::Code;
use crate::region::{Exit, Region, To};

/// A region as a function. Its results are the region's value, the number of the exit if there are several, and the outputs.
pub struct Outlined {
    parameters: Vec<ValType>,
    results: Vec<ValType>,
    pub function: Function,
}

impl Outlined {
    pub fn signature(&self) -> (&[ValType], &[ValType]) {
        (&self.parameters, &self.results)
    }

    pub fn new(region: &Region, code: &Code<'_>) -> Result<Self, Error> {
        let ty = |local: &u32| RoundtripReencoder.val_type(region.locals[local]);
        let types = |locals: &[u32]| locals.iter().map(ty).collect::<Result<Vec<_>, _>>();
        let value = region.value.map(|value| RoundtripReencoder.val_type(value)).transpose()?;
        let (parameters, outputs) = (types(&region.inputs)?, types(&region.outputs)?);
        let own: Vec<u32> = region.locals.keys().copied().filter(|local| !region.inputs.contains(local)).collect();
        let places: BTreeMap<u32, u32> = region.inputs.iter().chain(&own).copied().zip(0..).collect();

        let mut declared = types(&own)?;
        declared.extend(value);
        declared.extend([ValType::I32, ValType::I32]);
        let first = count(places.len());
        let selector = first + u32::from(value.is_some());
        let function = Function::new_with_locals_types(declared);
        let mut body = Body { region, places, value: first, selector, kept: selector + 1, nesting: 0, function };
        body.encode(code)?;

        let selected = (region.exits.len() > 1).then_some(ValType::I32);
        let results = value.into_iter().chain(selected).chain(outputs).collect();
        Ok(Self { parameters, results, function: body.function })
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).expect("indices are of 32 bits")
}

fn never_goes_on(operator: &Operator<'_>) -> bool {
    matches!(operator, Operator::Br { .. } | Operator::BrTable { .. } | Operator::Return | Operator::Unreachable)
}

struct Body<'a> {
    region: &'a Region,
    /// The locals of the function that the region was in, each with its number here.
    places: BTreeMap<u32, u32>,
    /// The locals that have the value, the number of the exit, and what is needed again.
    value: u32,
    selector: u32,
    kept: u32,
    /// How many of the region's blocks are open. A block around them all ends where every exit leads to.
    nesting: u32,
    function: Function,
}

impl Body<'_> {
    fn encode(&mut self, code: &Code<'_>) -> Result<(), Error> {
        self.add(Instruction::Block(BlockType::Empty));
        for operator in &code.operators[self.region.operators.clone()] {
            self.operator(operator.clone())?;
            // What follows is never come to, and may leave what only the block around the region takes.
            if self.nesting == 0 && never_goes_on(operator) {
                break;
            }
        }
        if self.region.falls {
            self.note(self.region.next());
        }
        self.add(Instruction::End);
        if self.region.exits.is_empty() {
            self.add(Instruction::Unreachable);
        }
        if self.region.value.is_some() {
            self.add(Instruction::LocalGet(self.value));
        }
        if self.region.exits.len() > 1 {
            self.add(Instruction::LocalGet(self.selector));
        }
        for output in &self.region.outputs {
            self.function.instruction(&Instruction::LocalGet(self.places[output]));
        }
        self.add(Instruction::End);
        Ok(())
    }

    fn operator(&mut self, operator: Operator<'_>) -> Result<(), Error> {
        match operator {
            Operator::LocalGet { local_index } => self.add(Instruction::LocalGet(self.places[&local_index])),
            Operator::LocalSet { local_index } => self.add(Instruction::LocalSet(self.places[&local_index])),
            Operator::LocalTee { local_index } => self.add(Instruction::LocalTee(self.places[&local_index])),
            Operator::Return => self.leave(self.region.returned(), 0),
            Operator::Br { relative_depth } => match self.region.branch(relative_depth, self.nesting) {
                Some(exit) => self.leave(exit, 0),
                None => self.add(Instruction::Br(relative_depth)),
            },
            Operator::BrIf { relative_depth } => match self.region.branch(relative_depth, self.nesting) {
                Some(exit) => self.leave_if(exit),
                None => self.add(Instruction::BrIf(relative_depth)),
            },
            Operator::BrTable { targets } => {
                let listed = targets.targets().collect::<Result<Vec<u32>, _>>()?;
                self.choose(&listed, targets.default());
            }
            operator => {
                match operator {
                    Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => self.nesting += 1,
                    Operator::End => self.nesting -= 1,
                    _ => {}
                }
                let instruction = RoundtripReencoder.instruction(operator)?;
                self.function.instruction(&instruction);
            }
        }
        Ok(())
    }

    fn add(&mut self, instruction: Instruction<'_>) {
        self.function.instruction(&instruction);
    }

    /// Which exit is taken, and with what.
    fn note(&mut self, exit: usize) {
        if self.region.exits[exit].has_value {
            self.add(Instruction::LocalSet(self.value));
        }
        if self.region.exits.len() > 1 {
            self.add(Instruction::I32Const(exit as i32));
            self.add(Instruction::LocalSet(self.selector));
        }
    }

    /// `extra` blocks of this function's own are open.
    fn leave(&mut self, exit: usize, extra: u32) {
        self.note(exit);
        self.add(Instruction::Br(self.nesting + extra));
    }

    /// What a branch takes along stays on the stack where it is not taken.
    fn leave_if(&mut self, exit: usize) {
        let has_value = self.region.exits[exit].has_value;
        if has_value {
            self.add(Instruction::LocalSet(self.kept));
            self.add(Instruction::LocalSet(self.value));
            self.add(Instruction::LocalGet(self.kept));
        }
        self.add(Instruction::If(BlockType::Empty));
        if has_value {
            self.add(Instruction::LocalGet(self.value));
        }
        self.leave(exit, 1);
        self.add(Instruction::End);
        if has_value {
            self.add(Instruction::LocalGet(self.value));
        }
    }

    /// A block for each exit, from which it is left.
    fn choose(&mut self, listed: &[u32], default: u32) {
        let region = self.region;
        let mut exits: Vec<usize> =
            listed.iter().chain([&default]).filter_map(|&to| region.branch(to, self.nesting)).collect();
        exits.sort_unstable();
        exits.dedup();
        let added = count(exits.len());
        let nesting = self.nesting;
        let target = |to: u32| match region.branch(to, nesting) {
            Some(exit) => count(exits.iter().position(|&known| known == exit).expect("it is one of them")),
            None => to + added,
        };
        let (listed, default): (Vec<u32>, u32) = (listed.iter().map(|&to| target(to)).collect(), target(default));
        if added > 0 {
            self.add(Instruction::LocalSet(self.kept));
            for _ in 0..added {
                self.add(Instruction::Block(BlockType::Empty));
            }
            self.add(Instruction::LocalGet(self.kept));
        }
        self.add(Instruction::BrTable(listed.into(), default));
        for (&exit, open) in exits.iter().zip((0..added).rev()) {
            self.add(Instruction::End);
            self.leave(exit, open);
        }
    }
}

/// What stands where a region stood: a call of its function, and the way to its exit.
pub fn call(region: &Region, function: u32, into: &mut Function) {
    for &input in &region.inputs {
        into.instruction(&Instruction::LocalGet(input));
    }
    into.instruction(&Instruction::Call(function));
    for &output in region.outputs.iter().rev() {
        into.instruction(&Instruction::LocalSet(output));
    }
    match &region.exits[..] {
        [] => {
            into.instruction(&Instruction::Unreachable);
        }
        [exit] => go(region, *exit, into),
        [exit, other] => {
            // The first is number 0, and alone may be what follows.
            let To::Label(label) = other.to else { unreachable!("what follows comes first") };
            into.instruction(&Instruction::BrIf(label));
            go(region, *exit, into);
        }
        [exits @ .., last] => {
            let labels: Vec<u32> = exits.iter().map(|exit| exit.to.label()).collect();
            into.instruction(&Instruction::BrTable(labels.into(), last.to.label()));
        }
    }
}

fn go(region: &Region, exit: Exit, into: &mut Function) {
    match exit.to {
        To::Label(label) => {
            into.instruction(&Instruction::Br(label));
        }
        To::Next if region.value.is_some() && !exit.has_value => {
            into.instruction(&Instruction::Drop);
        }
        To::Next => {}
    }
}
