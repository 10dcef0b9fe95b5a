use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sets::{Entry, Filled, Set};
use crate::fixed_hash::{HashMap, HashSet};
use crate::proxy::Cause;
use crate::proxy::operation::Operation;

/// The entries of all sets, with how many service ports ask for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    wanted: [HashMap<Entry, u32>; Set::ALL.len()],
    /// Those that changed in this sync, with whether they were there before. None in a full sync, which asks the kernel.
    touched: Option<BTreeMap<(Set, Entry), bool>>,
    /// Those that `ipset list` prints in another way than they were added.
    listed_differently: BTreeSet<(Set, Entry)>,
}

impl Entries {
    pub fn add(&mut self, set: Set, entry: &Entry) {
        let count = self.wanted[set as usize].entry(entry.clone()).or_insert(0);
        *count += 1;
        if *count == 1
            && let Some(touched) = &mut self.touched
        {
            touched.entry((set, entry.clone())).or_insert(false);
        }
    }

    pub fn remove(&mut self, set: Set, entry: &Entry) {
        let wanted = &mut self.wanted[set as usize];
        let Some(count) = wanted.get_mut(entry) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            wanted.remove(entry);
            if let Some(touched) = &mut self.touched {
                touched.entry((set, entry.clone())).or_insert(true);
            }
        }
    }

    pub fn has(&self, set: Set, entry: &Entry) -> bool {
        self.wanted[set as usize].contains_key(entry)
    }

    pub fn filled(&self) -> Filled {
        self.wanted.each_ref().map(|entries| (!entries.is_empty()).then_some(Cause::ALWAYS))
    }

    /// What has come to the set or gone from it in this sync, the entries that were there before first.
    pub fn changes(&self, set: Set) -> impl Iterator<Item = (&Entry, bool)> {
        let of_set = self.touched.iter().flatten().filter(move |((other, _), _)| *other == set);
        of_set.map(|((_, entry), before)| (entry, *before))
    }

    /// Writes the differences to what was there before this sync (`syncIPSetEntries`).
    pub fn sync_changes(&mut self, names: &[Arc<str>; Set::ALL.len()], operations: &mut Vec<Operation>) {
        let again = self
            .listed_differently
            .iter()
            .filter(|key| self.touched.as_ref().is_none_or(|touched| !touched.contains_key(*key)));
        let mut deleted: Vec<&(Set, Entry)> = again.clone().collect();
        let mut added = deleted.clone();
        for (key, before) in self.touched.iter().flatten() {
            match (before, self.has(key.0, &key.1)) {
                (true, false) => deleted.push(key),
                (false, true) => added.push(key),
                _ => {}
            }
        }
        let set_of = |(set, _): &(Set, Entry)| names[*set as usize].clone();
        operations
            .extend(deleted.into_iter().map(|key| Operation::DeleteEntry { set: set_of(key), entry: key.1.listed() }));
        operations.extend(added.into_iter().map(|key| Operation::AddEntry { set: set_of(key), entry: key.1.clone() }));
        self.forget_changes();
    }

    /// Writes the differences to what the kernel has.
    pub fn sync_set(&mut self, set: Set, name: &Arc<str>, present: Vec<String>, operations: &mut Vec<Operation>) {
        let mut wanted: Vec<(String, &Entry)> =
            self.wanted[set as usize].keys().map(|entry| (entry.to_string(), entry)).collect();
        wanted.sort_unstable();
        let texts: HashSet<&str> = wanted.iter().map(|(text, _)| text.as_str()).collect();
        let listed: HashSet<&str> = present.iter().map(String::as_str).collect();
        let surplus = present.iter().filter(|entry| !texts.contains(entry.as_str()));
        operations.extend(surplus.map(|entry| Operation::DeleteEntry { set: name.clone(), entry: entry.clone() }));
        let missing = wanted.iter().filter(|(text, _)| !listed.contains(text.as_str()));
        operations.extend(missing.map(|(_, entry)| Operation::AddEntry { set: name.clone(), entry: (*entry).clone() }));
    }

    /// What has changed is in the kernel now.
    pub fn forget_changes(&mut self) {
        let Some(touched) = self.touched.replace(BTreeMap::new()) else {
            let all = Set::ALL.into_iter().flat_map(|set| self.wanted[set as usize].keys().map(move |key| (set, key)));
            let differently = all.filter(|(_, entry)| entry.lists_differently());
            self.listed_differently = differently.map(|(set, entry)| (set, entry.clone())).collect();
            return;
        };
        for (key, _) in touched {
            if self.has(key.0, &key.1) && key.1.lists_differently() {
                self.listed_differently.insert(key);
            } else {
                self.listed_differently.remove(&key);
            }
        }
    }
}
