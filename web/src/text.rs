//! The page's words: every text that it says, in the language that it is shown in.
//!
//! In: ids of `messages/en.ftl` with arguments, or messages of `datapath_core`. The page has one language, as it has one
//! document; English is there at once, and another is loaded as a file.

use std::cell::Cell;

use datapath_core::lab::{ClientKind, Lane, Stage, Through, Way};
use datapath_core::message::{Catalogue, Language, Message};
use datapath_core::proxy::Mode;
use datapath_core::source::Phrase;

mod building;
mod keeping;
mod packets;

pub use building::{adding, fields, operate};
pub use keeping::{handout, history, keep, notice};
pub use packets::{answers, because, cluster, compare, connections, published, structure, transport};

thread_local! {
    static SPOKEN: Cell<Option<&'static Catalogue>> = const { Cell::new(None) };
}

fn catalogue() -> &'static Catalogue {
    SPOKEN.get().unwrap_or_else(|| Catalogue::english())
}

/// The language that the page is shown in.
pub fn language() -> Language {
    catalogue().language()
}

/// Shows the page in another language from the next rendering on.
pub fn speak(catalogue: &'static Catalogue) {
    SPOKEN.set(Some(catalogue));
}

/// The words of a message.
pub fn say(message: &Message) -> String {
    catalogue().say(message)
}

/// What a part of a diagnostic says.
pub fn tell(phrase: &Phrase) -> String {
    phrase.tell(catalogue())
}

mod by_id {
    /// `say!("lane-earlier", count = count)`: the words of a message, by its id.
    macro_rules! say {
        ($($message:tt)*) => { $crate::text::say(&datapath_core::message!($($message)*)) };
    }
    pub(crate) use say;
}
pub(crate) use by_id::say;

pub const fn mode(mode: Mode) -> &'static str {
    mode.title()
}

/// A lane's heading: its datapath, or that it is a copied node.
pub fn lane(lane: &Lane) -> String {
    if lane.network.is_copied() { say!("lane-your-node") } else { mode(lane.mode).to_owned() }
}

/// The datapath's way of finding a Service, in a few words.
pub fn motto(mode: Mode) -> String {
    match mode {
        Mode::Iptables => say!("lane-motto-iptables"),
        Mode::Nftables => say!("lane-motto-nftables"),
        Mode::Ipvs => say!("lane-motto-ipvs"),
    }
}

pub fn stage(stage: Stage) -> String {
    match stage {
        Stage::Sent => say!("stage-sent"),
        Stage::Chosen => say!("stage-chosen"),
        Stage::Rewritten => say!("stage-rewritten"),
        Stage::Reached => say!("stage-reached"),
        Stage::Answering => say!("stage-answering"),
        Stage::Home => say!("stage-home"),
    }
}

pub fn way(way: Way) -> String {
    match way {
        Way::Request => say!("cost-request"),
        Way::Reply => say!("cost-reply"),
    }
}

pub fn through(through: &Through) -> String {
    match through {
        Through::ClusterIp => say!("through-cluster-ip"),
        Through::NodePort { node } => say!("through-node-port", node = node),
        Through::ExternalIp => say!("through-external-ip"),
        Through::LoadBalancer => say!("through-load-balancer"),
        Through::Address => say!("through-address"),
    }
}

/// A client in a list of those of its kind.
pub fn client(kind: &ClientKind) -> String {
    match kind {
        ClientKind::Pod { name, .. } => name.to_string(),
        ClientKind::Process { node } => say!("send-process", node = node),
        ClientKind::Outside => say!("send-a-machine"),
        ClientKind::Behind { device } => say!("send-behind-device", device = device),
    }
}

/// A sentence of what is said without a capital and a full stop.
pub fn sentence(what: &Message) -> String {
    let what = say(what);
    let mut letters = what.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    say!("sentence", what = first + letters.as_str())
}

/// `9,412`
pub fn number(number: usize) -> String {
    language().number(number as u64)
}
