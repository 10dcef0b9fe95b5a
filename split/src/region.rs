use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fixedbitset::FixedBitSet;
use wasmparser::{BlockType, FuncValidator, Operator, ValType, ValidatorResources, WasmModuleResources};

use crate::Failure;
use crate::code::Code;
use crate::liveness::live;

/// What a call costs where a region was, in bytes: `loadRest`, a slot, a call, what follows it; and the slot and the type.
const CALL: u64 = 10;
/// What each input and each output costs there.
const LOCAL: u64 = 2;

/// The end of a sequence of operators, from a point that was not come to; nothing behind it in the sequence was, either.
pub struct Region {
    /// The end or the `else` of their sequence follows the last.
    pub operators: Range<usize>,
    /// Its last operator can be followed by what follows the sequence.
    pub falls: bool,
    /// All locals that it mentions.
    pub locals: BTreeMap<u32, ValType>,
    /// Locals that it may read as they were before.
    pub inputs: Vec<u32>,
    /// Locals that it may set, and that may be read behind it.
    pub outputs: Vec<u32>,
    pub exits: Vec<Exit>,
    /// What it leaves on the stack at some exit.
    pub value: Option<ValType>,
    surroundings: Surroundings,
}

/// Where a region stands.
#[derive(Clone, Copy)]
struct Surroundings {
    /// How many blocks are around it, the function among them.
    depth: u32,
    /// The innermost of them is a loop.
    is_loop: bool,
}

impl Surroundings {
    /// Where a branch in a region leads to, with the number of blocks in the region that it stands in. None if it stays in it.
    fn branch(self, relative_depth: u32, nesting: u32) -> Option<To> {
        let label = relative_depth.checked_sub(nesting)?;
        Some(if label == 0 && !self.is_loop { To::Next } else { To::Label(label) })
    }

    fn returned(self) -> To {
        self.branch(self.depth - 1, 0).expect("it leaves every block")
    }
}

impl Region {
    /// The number of the exit that a branch takes, if it leaves the region.
    pub fn branch(&self, relative_depth: u32, nesting: u32) -> Option<usize> {
        self.surroundings.branch(relative_depth, nesting).map(|to| self.exit(to))
    }

    pub fn returned(&self) -> usize {
        self.exit(self.surroundings.returned())
    }

    pub fn next(&self) -> usize {
        self.exit(To::Next)
    }

    fn exit(&self, to: To) -> usize {
        self.exits.iter().position(|exit| exit.to == to).expect("all exits were found")
    }
}

/// A way out of a region. One without any ends in a trap.
#[derive(Clone, Copy)]
pub struct Exit {
    pub to: To,
    pub has_value: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// What follows the sequence.
    Next,
    /// A label, by its depth where the region stands.
    Label(u32),
}

impl To {
    /// For what does not stand in a loop: there the innermost label is the beginning.
    pub fn label(self) -> u32 {
        match self {
            Self::Next => 0,
            Self::Label(label) => label,
        }
    }
}

/// The regions of a function that are worth a call, in order; none is in another. `was_hit` knows a point by the operator
/// that it follows.
pub fn find(
    code: &Code<'_>,
    was_hit: impl Fn(usize) -> bool,
    validator: &mut FuncValidator<ValidatorResources>,
) -> Result<Vec<Region>, Failure> {
    let mut found: Vec<Found> = vec![];
    let mut sequences = vec![Sequence { begin: None, is_cold: false }];
    let mut begun: Option<Begun> = None;
    for (at, operator) in code.operators.iter().enumerate() {
        let sequence = sequences.last_mut().expect("a function has a sequence until its end");
        let frame = validator.get_control_frame(0).expect("a function is a block");
        let closes = matches!(operator, Operator::End | Operator::Else);
        if closes && let Some(Begun { from, labels, .. }) = begun.take_if(|begun| begun.begin == sequence.begin) {
            found.extend(labels.map(|labels| Found { operators: from..at, labels, falls: !frame.unreachable }));
        }
        let is_bare = validator.operand_stack_height() as usize == frame.height && !frame.unreachable;
        if begun.is_none() && !closes && is_bare && sequence.is_cold {
            let begin = sequence.begin;
            begun = Some(Begun { from: at, begin, labels: labels(code, &sequences, validator) });
        }
        validator.op(code.offsets[at], operator)?;
        match operator {
            Operator::Block { .. } => {
                let is_cold = sequences.last().is_some_and(|sequence| sequence.is_cold);
                sequences.push(Sequence { begin: Some(at), is_cold });
            }
            Operator::Loop { .. } | Operator::If { .. } => {
                sequences.push(Sequence { begin: Some(at), is_cold: false });
            }
            Operator::Else => sequence_of(&mut sequences).is_cold = false,
            Operator::End => drop(sequences.pop()),
            _ => {}
        }
        if code.has_point_after(at) && !was_hit(at) {
            sequence_of(&mut sequences).is_cold = true;
        }
    }
    if found.is_empty() {
        return Ok(vec![]);
    }
    let live = live(code, validator.len_locals() as usize);
    let ty = |local| validator.get_local_type(local).expect("what is mentioned is declared");
    let regions = found.into_iter().filter_map(|found| found.region(code, &live, ty));
    Ok(regions.filter(|region| is_worth_a_call(region, code)).collect())
}

/// The operators between a block's beginning (or its `else`) and its end.
struct Sequence {
    /// Of the block. None for the function.
    begin: Option<usize>,
    /// It is past a point that was not hit.
    is_cold: bool,
}

fn sequence_of(sequences: &mut [Sequence]) -> &mut Sequence {
    sequences.last_mut().expect("a function has a sequence until its end")
}

fn is_worth_a_call(region: &Region, code: &Code<'_>) -> bool {
    let Range { start, end } = region.operators;
    let locals = (region.inputs.len() + region.outputs.len()) as u64;
    code.offsets[end] - code.offsets[start] > CALL + LOCAL * locals
}

/// A region whose end has not been read.
struct Begun {
    from: usize,
    /// Of the block that it stands in.
    begin: Option<usize>,
    labels: Option<Vec<Label>>,
}

/// Of a block around a region.
#[derive(Clone, Copy)]
struct Label {
    is_loop: bool,
    /// What the block leaves.
    result: Option<ValType>,
    /// The operator before which that is live which a branch to it may ask for.
    target: usize,
}

impl Label {
    /// What a branch to it takes along.
    fn value(self) -> Option<ValType> {
        self.result.filter(|_| !self.is_loop)
    }
}

/// From the inside. None where a block takes or leaves more than a call can tell.
fn labels(
    code: &Code<'_>,
    sequences: &[Sequence],
    validator: &FuncValidator<ValidatorResources>,
) -> Option<Vec<Label>> {
    let label = |(depth, sequence): (usize, &Sequence)| {
        let is_loop = sequence.begin.is_some_and(|begin| code.is_loop(begin));
        let target = match sequence.begin {
            Some(begin) if is_loop => begin,
            Some(begin) => code.ends[&begin],
            None => code.operators.len() - 1,
        };
        let result = match validator.get_control_frame(depth)?.block_type {
            BlockType::Empty => None,
            BlockType::Type(ty) => Some(ty),
            BlockType::FuncType(ty) => {
                let ty = validator.resources().sub_type_at(ty)?.unwrap_func();
                let takes = sequence.begin.is_some() && !ty.params().is_empty();
                if takes || ty.results().len() > 1 {
                    return None;
                }
                ty.results().first().copied()
            }
        };
        Some(Label { is_loop, result, target })
    };
    sequences.iter().rev().enumerate().map(label).collect()
}

struct Found {
    operators: Range<usize>,
    labels: Vec<Label>,
    /// Its last operator can be followed by the end.
    falls: bool,
}

impl Found {
    /// None where what it does cannot be told by one call.
    fn region(self, code: &Code<'_>, live: &[FixedBitSet], ty: impl Fn(u32) -> ValType) -> Option<Region> {
        let exits = self.exits(code)?;
        let mut value = None;
        for taken in exits.iter().filter_map(|exit| self.value(exit.to)) {
            if *value.get_or_insert(taken) != taken {
                return None;
            }
        }
        let is_mixed = exits.iter().any(|exit| exit.has_value != exits[0].has_value);
        let falls_out_of_loop = self.surroundings().is_loop && exits.iter().any(|exit| exit.to == To::Next);
        if exits.len() > 2 && (is_mixed || falls_out_of_loop) {
            return None;
        }
        let (mentioned, set) = self.locals(code);
        let locals = mentioned.into_iter().map(|local| (local, ty(local))).collect::<BTreeMap<_, _>>();
        let mut outputs = FixedBitSet::new();
        for exit in &exits {
            outputs.union_with(&live[self.target(exit.to)]);
        }
        let is_input = |local: &u32| live[self.operators.start].contains(*local as usize);
        let inputs = locals.keys().copied().filter(is_input).collect();
        let outputs = set.into_iter().filter(|&local| outputs.contains(local as usize)).collect();
        let surroundings = self.surroundings();
        Some(Region {
            operators: self.operators,
            falls: self.falls,
            locals,
            inputs,
            outputs,
            exits,
            value,
            surroundings,
        })
    }

    fn surroundings(&self) -> Surroundings {
        let depth = u32::try_from(self.labels.len()).expect("depths are of 32 bits");
        Surroundings { depth, is_loop: self.labels[0].is_loop }
    }

    /// Next comes first: whoever calls can go on. None where a choice between several takes a value along.
    fn exits(&self, code: &Code<'_>) -> Option<Vec<Exit>> {
        let surroundings = self.surroundings();
        let mut to = vec![];
        let mut nesting = 0;
        for operator in &code.operators[self.operators.clone()] {
            match operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => nesting += 1,
                Operator::End => nesting -= 1,
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    to.extend(surroundings.branch(*relative_depth, nesting));
                }
                Operator::BrTable { targets } => {
                    let targets = targets.targets().flatten().chain([targets.default()]);
                    let left: Vec<To> = targets.filter_map(|target| surroundings.branch(target, nesting)).collect();
                    if left.iter().any(|&to| self.value(to).is_some()) {
                        return None;
                    }
                    to.extend(left);
                }
                Operator::Return => to.push(surroundings.returned()),
                _ => {}
            }
        }
        if self.falls {
            to.push(To::Next);
        }
        let to: BTreeSet<To> = to.into_iter().collect();
        Some(to.into_iter().map(|to| Exit { to, has_value: self.value(to).is_some() }).collect())
    }

    /// What an exit takes along.
    fn value(&self, to: To) -> Option<ValType> {
        match to {
            To::Next => self.labels[0].result,
            To::Label(label) => self.labels[label as usize].value(),
        }
    }

    /// The operator before which that is live which may be asked for behind an exit.
    fn target(&self, to: To) -> usize {
        match to {
            To::Next => self.operators.end,
            To::Label(label) => self.labels[label as usize].target,
        }
    }

    /// Those that it mentions, and those of them that it sets.
    fn locals(&self, code: &Code<'_>) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let (mut mentioned, mut set) = (BTreeSet::new(), BTreeSet::new());
        for operator in &code.operators[self.operators.clone()] {
            match *operator {
                Operator::LocalGet { local_index } => {
                    mentioned.insert(local_index);
                }
                Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                    mentioned.insert(local_index);
                    set.insert(local_index);
                }
                _ => {}
            }
        }
        (mentioned, set)
    }
}
