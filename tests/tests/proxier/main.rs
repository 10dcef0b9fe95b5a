//! A long-lived proxier: its first sync against the recordings, its later ones against a proxier that starts anew.

mod changes;
mod clusters;
mod connections;
mod first_sync;
mod kernel;
mod later_syncs;
