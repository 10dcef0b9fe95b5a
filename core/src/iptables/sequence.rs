use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng as _;

/// Values in an order, each with a name that stays: putting one anywhere, taking it away and asking for its place take
/// logarithmic time (a treap whose priorities are drawn when two parts are joined).
#[derive(Debug)]
pub(super) struct Sequence<T> {
    nodes: Vec<Node<T>>,
    free: Vec<u32>,
    root: u32,
    dice: Pcg32,
}

#[derive(Debug)]
struct Node<T> {
    value: Option<T>,
    left: u32,
    right: u32,
    parent: u32,
    /// How many values are in the part of which this is the root.
    size: u32,
}

const NONE: u32 = u32::MAX;

impl<T> Sequence<T> {
    #[expect(clippy::cast_possible_truncation, reason = "texts have fewer rules")]
    pub fn new(values: Vec<T>) -> Self {
        let count = values.len() as u32;
        let node = |value| Node { value: Some(value), left: NONE, right: NONE, parent: NONE, size: 1 };
        let nodes = values.into_iter().map(node).collect();
        let mut new = Self { nodes, free: Vec::new(), root: NONE, dice: Pcg32::new(0, 0) };
        new.root = new.balance(0, count);
        new
    }

    pub const fn len(&self) -> usize {
        self.size(self.root) as usize
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<u32> {
        let mut names = Vec::with_capacity(self.len());
        let (mut at, mut above) = (self.root, Vec::new());
        loop {
            while at != NONE {
                above.push(at);
                at = self.node(at).left;
            }
            let Some(next) = above.pop() else {
                return names;
            };
            names.push(next);
            at = self.node(next).right;
        }
    }

    pub fn get(&self, name: u32) -> Option<&T> {
        self.nodes.get(name as usize)?.value.as_ref()
    }

    /// Puts a value at a place, at the end if that is beyond it.
    #[expect(clippy::cast_possible_truncation, reason = "as in `new`")]
    pub fn insert(&mut self, at: usize, value: T) -> u32 {
        let node = Node { value: Some(value), left: NONE, right: NONE, parent: NONE, size: 1 };
        let name = match self.free.pop() {
            Some(name) => {
                self.nodes[name as usize] = node;
                name
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        };
        let (before, after) = self.split(self.root, at.min(self.len()) as u32);
        let before = self.join(before, name);
        self.root = self.join(before, after);
        name
    }

    pub fn remove(&mut self, name: u32) -> Option<T> {
        let at = self.place(name)?;
        let (before, rest) = self.split(self.root, at);
        let (_, after) = self.split(rest, 1);
        self.root = self.join(before, after);
        self.free.push(name);
        self.nodes[name as usize].value.take()
    }

    /// How many values come before one.
    pub fn place(&self, name: u32) -> Option<u32> {
        self.get(name)?;
        let mut at = name;
        let mut before = self.size(self.node(at).left);
        while self.node(at).parent != NONE {
            let parent = self.node(at).parent;
            if self.node(parent).right == at {
                before += self.size(self.node(parent).left) + 1;
            }
            at = parent;
        }
        Some(before)
    }

    /// The name of what is at a place.
    pub fn at(&self, place: usize) -> Option<u32> {
        let (mut at, mut place) = (self.root, u32::try_from(place).ok()?);
        while at != NONE {
            let Node { left, right, .. } = *self.node(at);
            let before = self.size(left);
            match place.checked_sub(before) {
                None => at = left,
                Some(0) => return Some(at),
                Some(behind) => (at, place) = (right, behind - 1),
            }
        }
        None
    }

    pub fn into_values(mut self) -> Vec<T> {
        let names = self.names();
        names.into_iter().filter_map(|name| self.nodes[name as usize].value.take()).collect()
    }

    fn node(&self, name: u32) -> &Node<T> {
        &self.nodes[name as usize]
    }

    const fn size(&self, root: u32) -> u32 {
        if root == NONE { 0 } else { self.nodes.as_slice()[root as usize].size }
    }

    /// A part of neighbouring nodes, `first` to the one before `end`.
    fn balance(&mut self, first: u32, end: u32) -> u32 {
        if first == end {
            return NONE;
        }
        let middle = first + (end - first) / 2;
        let (left, right) = (self.balance(first, middle), self.balance(middle + 1, end));
        self.link(middle, left, right);
        middle
    }

    fn link(&mut self, root: u32, left: u32, right: u32) {
        let size = 1 + self.size(left) + self.size(right);
        for child in [left, right].into_iter().filter(|child| *child != NONE) {
            self.nodes[child as usize].parent = root;
        }
        let node = &mut self.nodes[root as usize];
        (node.left, node.right, node.parent, node.size) = (left, right, NONE, size);
    }

    /// The first `count` values of a part, and the others.
    fn split(&mut self, root: u32, count: u32) -> (u32, u32) {
        if root == NONE {
            return (NONE, NONE);
        }
        let Node { left, right, .. } = *self.node(root);
        match count.checked_sub(self.size(left) + 1) {
            None => {
                let (first, second) = self.split(left, count);
                self.orphan(first);
                self.link(root, second, right);
                (first, root)
            }
            Some(count) => {
                let (first, second) = self.split(right, count);
                self.orphan(second);
                self.link(root, left, first);
                (root, second)
            }
        }
    }

    fn orphan(&mut self, root: u32) {
        if let Some(node) = self.nodes.get_mut(root as usize) {
            node.parent = NONE;
        }
    }

    fn join(&mut self, first: u32, second: u32) -> u32 {
        let (of_first, of_second) = (self.size(first), self.size(second));
        if of_first == 0 || of_second == 0 {
            return if of_first == 0 { second } else { first };
        }
        // Each value is the root with the same probability, which keeps the depth logarithmic.
        if self.dice.next_u32() % (of_first + of_second) < of_first {
            let Node { left, right, .. } = *self.node(first);
            let right = self.join(right, second);
            self.link(first, left, right);
            first
        } else {
            let Node { left, right, .. } = *self.node(second);
            let left = self.join(first, left);
            self.link(second, left, right);
            second
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_as_a_vector(
            first in prop::collection::vec(any::<u8>(), 0..20),
            steps in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), any::<u8>()), 0..200),
        ) {
            let (mut sequence, mut expected) = (Sequence::new(first.clone()), first);
            for (adds, index, value) in steps {
                if adds {
                    let at = index.index(expected.len() + 1);
                    let name = sequence.insert(at, value);
                    expected.insert(at, value);
                    prop_assert_eq!(sequence.place(name), Some(at as u32));
                } else if !expected.is_empty() {
                    let at = index.index(expected.len());
                    let name = sequence.at(at).unwrap();
                    prop_assert_eq!(sequence.get(name), Some(&expected[at]));
                    prop_assert_eq!(sequence.remove(name), Some(expected.remove(at)));
                    prop_assert_eq!(sequence.place(name), None);
                }
                prop_assert_eq!(sequence.len(), expected.len());
            }
            prop_assert_eq!(sequence.at(expected.len()), None);
            prop_assert_eq!(sequence.into_values(), expected);
        }
    }
}
