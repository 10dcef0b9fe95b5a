use crate::fixed_hash::HashMap;
use std::sync::Arc;

/// Things with names, in the order in which they were made.
///
/// A thing keeps its number for as long as it lives, and the number is never given to another, so that
/// jumps and set references survive every change of the table. Copies share what they hold until one of
/// them changes it, which makes a transaction's draft cheap.
#[derive(Clone, Debug)]
pub struct Named<T> {
    slots: Vec<Option<Arc<T>>>,
    /// Asked and never iterated.
    by_name: HashMap<Arc<str>, u32>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), by_name: HashMap::default() }
    }
}

impl<T: Clone> Named<T> {
    #[inline]
    pub fn get(&self, number: u32) -> Option<&T> {
        self.slots.get(number as usize)?.as_deref()
    }

    /// Shares the thing, for a reader that must not hold the table.
    #[inline]
    pub fn share(&self, number: u32) -> Option<Arc<T>> {
        self.slots.get(number as usize)?.clone()
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.slots.get_mut(number as usize)?.as_mut().map(Arc::make_mut)
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// Adds a thing under a name that is free, and numbers it.
    pub fn insert(&mut self, name: Arc<str>, thing: T) -> u32 {
        let number = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Some(Arc::new(thing)));
        self.by_name.insert(name, number);
        number
    }

    pub fn remove(&mut self, name: &str) -> Option<Arc<T>> {
        let number = self.by_name.remove(name)?;
        self.slots.get_mut(number as usize)?.take()
    }

    /// Gives a thing another name, if that one is free.
    pub fn rename(&mut self, from: &str, to: Arc<str>) -> bool {
        if self.by_name.contains_key(&to) {
            return false;
        }
        let Some(number) = self.by_name.remove(from) else {
            return false;
        };
        self.by_name.insert(to, number);
        true
    }

    /// In the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let numbered = self.slots.iter().enumerate();
        numbered.filter_map(|(number, slot)| Some((u32::try_from(number).ok()?, slot.as_deref()?)))
    }

    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}
