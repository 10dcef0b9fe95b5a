//! Hash maps that behave alike in every run: the standard ones take new random keys in each process.

pub use foldhash::fast::FixedState;

pub type HashMap<K, V> = std::collections::HashMap<K, V, FixedState>;
pub type HashSet<K> = std::collections::HashSet<K, FixedState>;
