//! Hash maps that behave alike in every run: the standard ones take new random keys in each process.

use std::hash::{BuildHasherDefault, DefaultHasher};

/// A hasher that always starts with the same keys.
pub type FixedHasher = BuildHasherDefault<DefaultHasher>;
pub type HashMap<K, V> = std::collections::HashMap<K, V, FixedHasher>;
pub type HashSet<K> = std::collections::HashSet<K, FixedHasher>;
