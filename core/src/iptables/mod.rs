//! iptables and ip6tables: `iptables-save` text in, tables of chains of rules, text out, and packets
//! walked through them as the kernel does.
//!
//! In: the input of `iptables-restore` ([`restore`]), what `iptables -S` lists ([`restore_commands`]) or one command
//! ([`command`]); a packet at a hook ([`traverse`]). Out: what iptables-legacy 1.8.9 prints with `iptables-save`
//! ([`save`]), `-S` ([`commands`]) and `-L` ([`fn@list`]), located errors in the tool's words, a verdict with its steps.
//! [`mod@options`] is the one table of matches, targets and options.
//! Left out on purpose: extensions that ask for what the model does not have. They are kept as they are
//! written and printed back; a packet that reaches one is told so ([`crate::trace::Event::NotModelled`]) and
//! does not match.

mod address;
mod argument;
mod build;
mod check;
mod command;
mod counters;
mod draft;
mod dscp;
mod edit;
mod evaluate;
mod found;
mod generic;
mod given;
mod header;
mod list;
pub mod matches;
mod model;
pub mod options;
mod print;
mod restore;
mod rule;
mod sequence;
mod services;
pub mod targets;
mod translate;
pub(crate) mod words;

pub use address::{AddressMatch, InterfaceMatch, Net, NetV6};
pub use argument::{Argument, PortRange};
pub use counters::Counters;
pub use evaluate::traverse;
pub use header::{Fragment, IpMatch, ProtocolMatch};
pub use list::{ListOptions, Names, list};
pub use matches::Match;
pub use model::{Backend, Base, Chain, Policy, Rule, Table, Tables};
pub use print::{commands, declaration_text, declaration_with, rule_text, save, save_with_counters};
pub(crate) use restore::restore_in_turns;
pub use restore::{command, restore, restore_commands};
pub(crate) use services::{protocol as protocol_number, protocol_name};
pub use services::{service_name, service_port};
pub use targets::Target;
pub use translate::{Translated, translate, translate_saved};
