use std::collections::BTreeMap;

/// What a table held before it was changed, by key, as long as somebody wants to know.
#[derive(Clone, Debug)]
pub struct Journal<K, V>(Option<BTreeMap<K, Option<V>>>);

impl<K, V> Default for Journal<K, V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: Ord, V> Journal<K, V> {
    pub fn begin(&mut self) {
        self.0 = Some(BTreeMap::new());
    }

    /// What each key that has changed since [`Self::begin`] had then.
    pub fn end(&mut self) -> BTreeMap<K, Option<V>> {
        self.0.take().unwrap_or_default()
    }

    /// To be told before a key changes. Only its first change counts.
    #[inline]
    pub fn note(&mut self, key: K, before: impl FnOnce() -> Option<V>) {
        if let Some(kept) = &mut self.0 {
            kept.entry(key).or_insert_with(before);
        }
    }
}
