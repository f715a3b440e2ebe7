//! Hashing of what comes from outside, under a key that each process draws.
//!
//! Names and ids are chosen by whoever made the file, and a hash without a key
//! lets them choose ten thousand that collide, which makes every look-up a walk
//! over all. Nothing that is written out may depend on these hashes.

use std::collections::HashMap;

/// Makes hashers under the key of this process.
pub type HashState = hashbrown::DefaultHashBuilder;

/// A map whose keys come from outside.
pub type KeyedMap<K, V> = HashMap<K, V, HashState>;
