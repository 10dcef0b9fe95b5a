/// Hash chains of numbered nodes, as the kernel's table has them (`struct hlist_nulls_head`): a chain gives what was
/// added last first, and chains that are neighbours hold neighbouring hashes.
///
/// The number of chains grows with that of the nodes, so that a chain has two nodes on average at most. What points to
/// a node has some bits of the node's hash: who looks for a hash need not visit what has another.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    heads: Vec<Pointer>,
    /// What comes after a node.
    next: Vec<Pointer>,
    nodes: usize,
}

/// A node in the low bits and, above them, the lowest bits of its hash; the highest bits say the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pointer(u32);

const END: Pointer = Pointer(u32::MAX);
const NODE_BITS: u32 = 25;
const FEWEST: usize = 16;

impl Pointer {
    const fn to(node: u32, hash: u32) -> Self {
        Self(hash << NODE_BITS | node)
    }

    const fn node(self) -> u32 {
        self.0 & Chains::MOST
    }

    const fn may_have(self, hash: u32) -> bool {
        self.0 >> NODE_BITS == hash << NODE_BITS >> NODE_BITS
    }
}

impl Chains {
    /// The nodes are below this number, which is none.
    pub const MOST: u32 = (1 << NODE_BITS) - 1;

    /// `hash_of` gives the hash of any node that is in a chain.
    pub fn insert(&mut self, node: u32, hash: u32, hash_of: impl Fn(u32) -> u32) {
        if self.nodes >= self.heads.len() * 2 {
            self.spread(hash_of);
        }
        let place = node as usize;
        if place >= self.next.len() {
            reserve_sparingly(&mut self.next, place + 1);
            self.next.resize(place + 1, END);
        }
        self.push(node, hash);
        self.nodes += 1;
    }

    fn push(&mut self, node: u32, hash: u32) {
        let chain = scale(hash, self.heads.len());
        self.next[node as usize] = std::mem::replace(&mut self.heads[chain], Pointer::to(node, hash));
    }

    fn spread(&mut self, hash_of: impl Fn(u32) -> u32) {
        let count = (self.heads.len() * 2).max(FEWEST);
        let old = std::mem::replace(&mut self.heads, vec![END; count]);
        let mut chain = Vec::new();
        for head in old {
            chain.extend(self.chain(head).map(Pointer::node));
            // The last one first, so that the order within a chain stays.
            while let Some(node) = chain.pop() {
                self.push(node, hash_of(node));
            }
        }
    }

    pub fn remove(&mut self, node: u32, hash: u32) {
        let (Some(after), Some(chain)) = (self.next.get(node as usize).copied(), self.chain_of(hash)) else {
            return;
        };
        let head = self.heads[chain];
        if head.node() == node {
            self.heads[chain] = after;
        } else {
            let is_before = |other: &u32| self.next[*other as usize].node() == node;
            let before = self.chain(head).map(Pointer::node).find(is_before);
            let Some(before) = before else {
                return;
            };
            self.next[before as usize] = after;
        }
        self.nodes -= 1;
    }

    /// The nodes whose hash may be this one.
    pub fn nodes(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let head = self.chain_of(hash).map_or(END, |chain| self.heads[chain]);
        self.chain(head).filter(move |pointer| pointer.may_have(hash)).map(Pointer::node)
    }

    /// The nodes whose hashes may be in this range.
    pub fn nodes_in(&self, first: u32, last: u32) -> impl Iterator<Item = u32> + '_ {
        let chains = match (self.chain_of(first), self.chain_of(last)) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        };
        self.heads[chains].iter().flat_map(|head| self.chain(*head)).map(Pointer::node)
    }

    fn chain_of(&self, hash: u32) -> Option<usize> {
        (!self.heads.is_empty()).then(|| scale(hash, self.heads.len()))
    }

    fn chain(&self, head: Pointer) -> impl Iterator<Item = Pointer> + '_ {
        let after = |pointer: &Pointer| self.next.get(pointer.node() as usize).copied();
        std::iter::successors(Some(head), after).take_while(|pointer| *pointer != END)
    }
}

/// `reciprocal_scale`
pub(super) const fn scale(hash: u32, count: usize) -> usize {
    ((hash as u64 * count as u64) >> 32) as usize
}

/// Room for `count` and a sixteenth more: tables are large, and doubling them would leave half of their memory unused.
pub(super) fn reserve_sparingly<T>(vec: &mut Vec<T>, count: usize) {
    if count > vec.capacity() {
        vec.reserve_exact(count - vec.len() + count / 16);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const fn hash_of(node: u32) -> u32 {
        node.wrapping_mul(0x9e37_79b1)
    }

    proptest! {
        #[test]
        fn what_is_in_a_chain_is_what_was_added_and_not_removed(steps in prop::collection::vec((any::<bool>(), 0_u32..200), 0..600)) {
            let (mut chains, mut expected) = (Chains::default(), BTreeSet::new());
            for (adds, node) in steps {
                if adds && expected.insert(node) {
                    chains.insert(node, hash_of(node), hash_of);
                } else if !adds && expected.remove(&node) {
                    chains.remove(node, hash_of(node));
                }
            }
            for node in 0..200 {
                prop_assert_eq!(chains.nodes(hash_of(node)).any(|other| other == node), expected.contains(&node));
            }
            let all: Vec<u32> = chains.nodes_in(0, u32::MAX).collect();
            prop_assert_eq!(all.len(), expected.len());
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }

    #[test]
    fn what_was_added_last_comes_first() {
        let mut chains = Chains::default();
        for node in 0..100 {
            chains.insert(node, 7, |_| 7);
        }
        assert_eq!(chains.nodes(7).collect::<Vec<_>>(), (0..100).rev().collect::<Vec<_>>());
    }
}
