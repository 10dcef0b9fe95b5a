//! nftables: rulesets as text, as a model, and as the kernel runs them.
//!
//! In: `nft -f` scripts and `nft list ruleset` dumps ([`apply`]), packets on a node ([`traverse`]). Out:
//! the ruleset, its listing byte for byte as nftables 1.0.6 prints it ([`list`]), verdicts and the steps
//! to them; JSON is in [`json`]. Left out on purpose: netlink. Syntax that is not modelled is kept, printed back as it
//! was written, and reported when a packet reaches it.

mod evaluate;
pub mod json;
mod model;
mod monitor;
mod names;
mod parse;
pub mod print;
mod script;

pub use evaluate::{BaseChain, base_chains, bridge_chains, device_chains, traverse};
pub use model::*;
pub use monitor::trace_text;
pub use names::{
    Station, chain_name, elements, find_chain, find_map, is_base_chain, is_kube_proxy, map_name, rule_text,
    sets_of_rule, targets, test_texts, ways,
};
pub use parse::is_keyword;
pub use print::{Block, block_text, blocks, list, list_at};
pub(crate) use script::apply_in_turns;
pub use script::{apply, apply_at};
