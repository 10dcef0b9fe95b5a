use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;
use wasmparser::Operator;

use crate::code::Code;

/// For each operator of a function, the locals whose values may still be asked for when control comes to it. At an end
/// (and an `else`), what is so behind the block that it closes.
pub fn live(code: &Code<'_>, locals: usize) -> Vec<FixedBitSet> {
    let loops: Vec<(usize, usize)> =
        code.ends.iter().map(|(&begin, &end)| (end, begin)).filter(|&(_, begin)| code.is_loop(begin)).collect();
    let none = FixedBitSet::with_capacity(locals);
    let mut headers: BTreeMap<usize, FixedBitSet> = loops.iter().map(|&(end, _)| (end, none.clone())).collect();
    loop {
        let before = pass(code, &headers, &none);
        let found = loops.iter().map(|&(end, begin)| (end, before[begin].clone())).collect();
        // What is live where a loop begins is so where it goes round, too.
        if headers == found {
            return before;
        }
        headers = found;
    }
}

/// A block that is walked backwards.
struct Block {
    /// Live where a branch to it comes.
    target: FixedBitSet,
    /// Live behind its end.
    after: FixedBitSet,
    /// Live where its `else` begins.
    otherwise: Option<FixedBitSet>,
}

/// `headers` has what is known to be live where loops begin, by their ends.
fn pass(code: &Code<'_>, headers: &BTreeMap<usize, FixedBitSet>, none: &FixedBitSet) -> Vec<FixedBitSet> {
    let mut blocks: Vec<Block> = vec![];
    let mut live = none.clone();
    let mut before = Vec::with_capacity(code.operators.len());
    for (at, operator) in code.operators.iter().enumerate().rev() {
        match *operator {
            Operator::End => {
                let target = headers.get(&at).unwrap_or(&live).clone();
                blocks.push(Block { target, after: live.clone(), otherwise: None });
            }
            Operator::Else => {
                let block = blocks.last_mut().expect("an `else` stands in an `if`");
                block.otherwise = Some(std::mem::replace(&mut live, block.after.clone()));
            }
            Operator::If { .. } => {
                let block = blocks.pop().expect("an `if` has an end");
                live.union_with(&block.otherwise.unwrap_or(block.after));
            }
            Operator::Block { .. } | Operator::Loop { .. } => drop(blocks.pop()),
            Operator::Br { relative_depth } => live = label(&blocks, relative_depth).clone(),
            Operator::BrIf { relative_depth } => live.union_with(label(&blocks, relative_depth)),
            Operator::BrTable { ref targets } => {
                live = label(&blocks, targets.default()).clone();
                for depth in targets.targets().flatten() {
                    live.union_with(label(&blocks, depth));
                }
            }
            Operator::Return | Operator::Unreachable => live = none.clone(),
            Operator::LocalGet { local_index } => live.insert(local_index as usize),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                live.remove(local_index as usize);
            }
            _ => {}
        }
        before.push(live.clone());
    }
    before.reverse();
    before
}

fn label(blocks: &[Block], depth: u32) -> &FixedBitSet {
    &blocks[blocks.len() - 1 - depth as usize].target
}
