//! Every reader of text that people paste, as a function that takes anything.
//!
//! In: a text. Out: whether the reader takes it; a reader that panics, or that does not read again what it printed, is
//! at fault. `fuzz/` gives these to libFuzzer; `tests/tests/fuzz.rs` to damaged recordings.

mod damage;

use std::collections::BTreeSet;

use datapath_core::k8s;
use datapath_core::lab::Lab;
use datapath_core::net::Family;
use datapath_core::netfilter::XtTable;
use datapath_core::netfilter::conntrack::{self, Conntrack};
use datapath_core::nftables::Ruleset;
use datapath_core::{dump, iproute, ipset, iptables, ipvs, nftables};

pub use damage::{SIGNS, damage};

/// A reader by its name. True if it takes the text.
pub type Target = (&'static str, fn(&str) -> bool);

pub const TARGETS: [Target; 14] = [
    ("iptables-restore", iptables_restore),
    ("ip6tables-restore", ip6tables_restore),
    ("iptables", iptables_commands),
    ("nft", nft),
    ("nft-json", nft_json),
    ("ipset", ipset_restore),
    ("ipvsadm", ipvsadm),
    ("conntrack", conntrack_list),
    ("ip-address", ip_address),
    ("ip-route", ip_route),
    ("ip-rule", ip_rule),
    ("dump", whole_dump),
    ("k8s", objects),
    ("lab", lab),
];

/// Gives a reader bytes that need not be text.
pub fn run(name: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) {
        target(&text);
    }
}

fn iptables_restore(text: &str) -> bool {
    restore(Family::V4, text)
}

fn ip6tables_restore(text: &str) -> bool {
    restore(Family::V6, text)
}

fn restore(family: Family, text: &str) -> bool {
    let mut tables = iptables::Tables::new(family);
    if iptables::restore(&mut tables, text, false).is_err() {
        return false;
    }
    let saved = iptables::save(&tables);
    let mut again = iptables::Tables::new(family);
    if let Err(errors) = iptables::restore(&mut again, &saved, false) {
        panic!("its own output is refused: {}\n{saved}", errors[0]);
    }
    // The table that was used first is listed last.
    let in_order = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(in_order(&iptables::save(&again)), in_order(&saved));
    true
}

fn iptables_commands(text: &str) -> bool {
    let mut tables = iptables::Tables::new(Family::V4);
    let mut taken = 0;
    for line in text.lines() {
        taken += usize::from(iptables::command(&mut tables, line).is_ok());
    }
    for table in XtTable::ALL {
        let _ = iptables::commands(&tables, table, true);
    }
    taken > 0
}

fn nft(text: &str) -> bool {
    let mut ruleset = Ruleset::default();
    if nftables::apply(&mut ruleset, text).is_err() {
        return false;
    }
    let again = |listed: &str| {
        let mut again = Ruleset::default();
        if let Err(errors) = nftables::apply(&mut again, listed) {
            panic!("its own output is refused: {}\n{listed}", errors[0]);
        }
        nftables::list(&again)
    };
    // Neighbouring intervals are listed as a set of one, which nft reads as no set.
    let listed = again(&nftables::list(&ruleset));
    assert_eq!(again(&listed), listed);
    let json = nftables::json::list(&ruleset, 0);
    let _ = nftables::json::apply(&mut Ruleset::default(), &json, 0);
    true
}

/// What is read is read again from its own JSON, except what the schema has no words for.
fn nft_json(text: &str) -> bool {
    let mut ruleset = Ruleset::default();
    if nftables::json::apply(&mut ruleset, text, 0).is_err() {
        return false;
    }
    let listed = nftables::json::list(&ruleset, 0);
    let _ = nftables::json::apply(&mut Ruleset::default(), &listed, 0);
    nftables::list(&ruleset).len() > 1
}

fn ipset_restore(text: &str) -> bool {
    let mut sets = ipset::IpSets::default();
    if ipset::restore(&mut sets, text, false, 0).is_err() {
        return false;
    }
    let saved = ipset::save(&sets, 0);
    let mut again = ipset::IpSets::default();
    if let Err(error) = ipset::restore(&mut again, &saved, false, 0) {
        panic!("its own output is refused: {error}\n{saved}");
    }
    true
}

fn ipvsadm(text: &str) -> bool {
    let mut ipvs = ipvs::Ipvs::default();
    let errors = ipvs::ipvsadm::restore(&mut ipvs, text);
    let again = ipvs::ipvsadm::restore(&mut ipvs::Ipvs::default(), &ipvs::ipvsadm::restore_input(&ipvs));
    assert!(again.is_empty(), "its own output is refused: {}", again[0]);
    errors.is_empty() && ipvs.services().next().is_some()
}

fn conntrack_list(text: &str) -> bool {
    let Ok(listing) = conntrack::listing::parse(text) else {
        return false;
    };
    let printed = listing.to_string();
    assert_eq!(conntrack::listing::parse(&printed).map(|listing| listing.to_string()), Ok(printed));
    listing.restore(&mut Conntrack::default(), 0);
    !listing.entries.is_empty()
}

fn ip_address(text: &str) -> bool {
    iproute::address::parse(text).is_ok_and(|listing| !listing.to_string().is_empty())
}

fn ip_route(text: &str) -> bool {
    iproute::route::parse(text).is_ok_and(|listing| !listing.to_string().is_empty())
}

fn ip_rule(text: &str) -> bool {
    iproute::rule::parse(text, None).is_ok_and(|rules| !iproute::rule::list(&rules).is_empty())
}

fn whole_dump(text: &str) -> bool {
    dump::split(text).is_some_and(|parts| dump::restore(&parts).is_ok())
}

fn objects(text: &str) -> bool {
    k8s::parse(text).is_usable()
}

/// Opens it and sends a packet.
fn lab(text: &str) -> bool {
    let mut lab = match Lab::open(text, 1) {
        Ok(lab) => lab,
        Err(said) => {
            assert!(!said.diagnostics.is_empty(), "refused without a word");
            return false;
        }
    };
    let (clients, targets) = (lab.clients(), lab.targets());
    if let (Some(client), Some(target)) = (clients.first(), targets.first()) {
        lab.send(client, target);
    }
    true
}
