/// Hash chains of numbered nodes, as the kernel's table has them (`struct hlist_nulls_head`): a chain gives what was
/// added last first, and chains that are neighbours hold neighbouring hashes.
///
/// The number of chains grows with that of the nodes, so that a chain has two nodes on average at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    heads: Vec<u32>,
    /// What comes after a node.
    next: Vec<u32>,
    nodes: usize,
}

const END: u32 = u32::MAX;
const FEWEST: usize = 16;

impl Chains {
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
        self.next[node as usize] = std::mem::replace(&mut self.heads[chain], node);
    }

    fn spread(&mut self, hash_of: impl Fn(u32) -> u32) {
        let count = (self.heads.len() * 2).max(FEWEST);
        let old = std::mem::replace(&mut self.heads, vec![END; count]);
        let mut chain = Vec::new();
        for head in old {
            chain.extend(self.chain(head));
            // The last one first, so that the order within a chain stays.
            while let Some(node) = chain.pop() {
                self.push(node, hash_of(node));
            }
        }
    }

    pub fn remove(&mut self, node: u32, hash: u32) {
        let Some(after) = self.next.get(node as usize).copied() else {
            return;
        };
        let chain = scale(hash, self.heads.len());
        let before = self.chain(self.heads[chain]).find(|other| self.next[*other as usize] == node);
        match before {
            _ if self.heads[chain] == node => self.heads[chain] = after,
            Some(before) => self.next[before as usize] = after,
            None => return,
        }
        self.nodes -= 1;
    }

    /// The nodes whose hash may be this one.
    pub fn nodes(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let head = if self.heads.is_empty() { END } else { self.heads[scale(hash, self.heads.len())] };
        self.chain(head)
    }

    /// The nodes whose hashes may be in this range.
    pub fn nodes_in(&self, first: u32, last: u32) -> impl Iterator<Item = u32> + '_ {
        let count = self.heads.len();
        let chains = if count == 0 { 0..0 } else { scale(first, count)..scale(last, count) + 1 };
        self.heads[chains].iter().flat_map(|head| self.chain(*head))
    }

    fn chain(&self, head: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(head), |node| self.next.get(*node as usize).copied()).take_while(|node| *node != END)
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
