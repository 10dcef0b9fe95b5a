//! Datapath Lab core.
