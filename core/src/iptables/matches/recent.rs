use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use super::super::address::Text;
use super::super::given::{Given, Refusal};
use super::{Match, Outcome, write_option, write_value};
use crate::message;
use crate::net::Family;
use crate::netfilter::{Seconds, Skb};

/// `-m recent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentMatch {
    pub list: Arc<str>,
    pub action: RecentAction,
    pub inverted: bool,
    /// Only addresses seen within so many seconds count; 0 for all.
    pub seconds: u32,
    /// Forget the oldest address of the list if it was last seen longer ago.
    pub reap: bool,
    /// Only addresses seen so often count; 0 for all.
    pub hits: u32,
    /// The TTL must be the one that was seen.
    pub same_ttl: bool,
    pub mask: IpAddr,
    pub of_destination: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecentAction {
    Set,
    Check,
    Update,
    Remove,
}

const ACTIONS: [(RecentAction, &str); 4] = [
    (RecentAction::Set, "--set"),
    (RecentAction::Check, "--rcheck"),
    (RecentAction::Update, "--update"),
    (RecentAction::Remove, "--remove"),
];

/// `XT_RECENT_MAX_NSTAMPS`, less one.
const MOST_HITS: u32 = 255;

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let found: Vec<_> = ACTIONS.iter().filter(|(_, option)| given.has(option)).collect();
    let [(action, option)] = found[..] else {
        let message = match found[..] {
            [(_, first), .., (_, second)] => {
                format!("recent: option \"{first}\" cannot be used together with \"{second}\".")
            }
            _ => "recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'".to_owned(),
        };
        return Err(given.wrong("", message, message!("expected-exactly-one"), message!("advice-one-of-four")));
    };
    if given.has("--rttl") && matches!(action, RecentAction::Set | RecentAction::Remove) {
        let message = format!("recent: option \"--rttl\" cannot be used together with \"{option}\".");
        return Err(given.wrong(
            "--rttl",
            message,
            message!("expected-rttl"),
            message!("advice-remove", what = "--rttl"),
        ));
    }
    if given.has("--reap") && !given.has("--seconds") {
        let message = "recent: option \"--reap\" also requires \"--seconds\".";
        return Err(given.wrong("--reap", message, "--seconds", message!("advice-add-option", what = "--seconds")));
    }
    let hits = given.number("--hitcount").unwrap_or(0);
    if hits > MOST_HITS {
        let message = format!("hitcount ({hits}) is larger than allowed maximum ({MOST_HITS})");
        return Err(given.wrong(
            "--hitcount",
            message,
            message!("expected-at-most", most = MOST_HITS.to_string()),
            message!("advice-lower", what = "--hitcount"),
        ));
    }
    let mask = match given.addresses("--mask") {
        Some((mask, ..)) => mask,
        None if given.family == Family::V4 => IpAddr::V4(u32::MAX.into()),
        None => IpAddr::V6(u128::MAX.into()),
    };
    Ok(Match::Recent(Box::new(RecentMatch {
        list: given.text("--name").unwrap_or("DEFAULT").into(),
        action: *action,
        inverted: given.inverted(option),
        seconds: given.number("--seconds").unwrap_or(0),
        reap: given.has("--reap"),
        hits,
        same_ttl: given.has("--rttl"),
        mask,
        of_destination: given.has("--rdest"),
    })))
}

/// The lists of a family, by name.
#[derive(Clone, Debug, Default)]
pub struct RecentLists {
    lists: BTreeMap<Arc<str>, List>,
}

/// One list (`struct recent_table`), the address that was set longest ago first.
#[derive(Clone, Debug)]
struct List {
    mask: IpAddr,
    /// `nstamps_max_mask + 1`: how many times an entry remembers.
    stamps: usize,
    entries: VecDeque<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    address: IpAddr,
    ttl: u8,
    /// When it was seen, the latest last.
    seen: VecDeque<Seconds>,
}

/// `ip_list_tot`: a full list forgets its oldest address.
const LONGEST_LIST: usize = 100;
/// `ip_pkt_list_tot`, rounded up to a power of two.
const USUAL_STAMPS: usize = 32;

impl RecentLists {
    pub(in super::super) const fn new() -> Self {
        Self { lists: BTreeMap::new() }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    pub(in super::super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.lists.retain(|name, _| keep(name));
    }

    /// The addresses of a list with the second in which each was last seen, the oldest first.
    pub fn entries(&self, name: &str) -> impl Iterator<Item = (IpAddr, Seconds)> {
        let entries = self.lists.get(name).into_iter().flat_map(|list| &list.entries);
        entries.filter_map(|entry| Some((entry.address, *entry.seen.back()?)))
    }
}

impl RecentMatch {
    /// `recent_mt`.
    pub(super) fn test(&self, skb: &Skb, now: Seconds, lists: &mut RecentLists) -> Outcome {
        if !lists.lists.contains_key(&self.list) {
            let stamps = if self.hits == 0 { USUAL_STAMPS } else { (self.hits as usize + 1).next_power_of_two() };
            lists.lists.insert(self.list.clone(), List { mask: self.mask, stamps, entries: VecDeque::new() });
        }
        let Some(list) = lists.lists.get_mut(&self.list) else {
            return Outcome::No;
        };
        let address = masked(if self.of_destination { skb.packet.dst } else { skb.packet.src }, list.mask);
        // The TTL as it was before forwarding.
        let ttl = skb.packet.ttl.saturating_add(u8::from(skb.output.is_some() && skb.input.is_some()));
        let known = |entry: &Entry| entry.address == address && (!self.same_ttl || entry.ttl == ttl);
        let Some(index) = list.entries.iter().position(known) else {
            if self.action != RecentAction::Set {
                return self.inverted.into();
            }
            if list.entries.len() >= LONGEST_LIST {
                list.entries.pop_front();
            }
            list.entries.push_back(Entry { address, ttl, seen: VecDeque::from([now]) });
            return (!self.inverted).into();
        };
        let matched = match self.action {
            RecentAction::Set => true,
            RecentAction::Remove => {
                list.entries.remove(index);
                return (!self.inverted).into();
            }
            RecentAction::Check | RecentAction::Update => self.was_seen(&list.entries[index], now),
        };
        let answer = matched != self.inverted;
        let updates = self.action == RecentAction::Set || (self.action == RecentAction::Update && answer);
        if self.reap && self.action != RecentAction::Set {
            list.reap(now.saturating_sub(self.seconds.into()), updates.then_some(index));
        }
        if updates {
            list.touch(&address, ttl, now);
        }
        answer.into()
    }

    fn was_seen(&self, entry: &Entry, now: Seconds) -> bool {
        let since = now.saturating_sub(self.seconds.into());
        let hits = entry.seen.iter().filter(|seen| self.seconds == 0 || **seen >= since).count();
        hits >= (self.hits as usize).max(1)
    }

    pub fn write(&self, out: &mut String) {
        for (action, option) in ACTIONS {
            if action == self.action {
                write_option(out, self.inverted, option);
            }
        }
        if self.seconds > 0 {
            write_value(out, false, "--seconds", self.seconds);
        }
        if self.reap {
            out.push_str(" --reap");
        }
        if self.hits > 0 {
            write_value(out, false, "--hitcount", self.hits);
        }
        if self.same_ttl {
            out.push_str(" --rttl");
        }
        write_value(out, false, "--name", &self.list);
        write_value(out, false, "--mask", Text(self.mask));
        out.push_str(if self.of_destination { " --rdest" } else { " --rsource" });
    }

    /// `recent_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(if self.inverted { " ! recent:" } else { " recent:" });
        out.push_str(match self.action {
            RecentAction::Set => " SET",
            RecentAction::Check => " CHECK",
            RecentAction::Update => " UPDATE",
            RecentAction::Remove => " REMOVE",
        });
        if self.seconds > 0 {
            let _ = write!(out, " seconds: {}", self.seconds);
        }
        out.push_str(if self.reap { " reap" } else { "" });
        if self.hits > 0 {
            let _ = write!(out, " hit_count: {}", self.hits);
        }
        out.push_str(if self.same_ttl { " TTL-Match" } else { "" });
        let side = if self.of_destination { "dest" } else { "source" };
        let _ = write!(out, " name: {} side: {side} mask: {}", self.list, Text(self.mask));
    }
}

impl List {
    /// `recent_entry_reap`: only the oldest address is looked at, and not one about to be updated.
    fn reap(&mut self, since: Seconds, updating: Option<usize>) {
        let Some(oldest) = self.entries.front() else {
            return;
        };
        if updating != Some(0) && oldest.seen.back().is_none_or(|seen| *seen < since) {
            self.entries.pop_front();
        }
    }

    /// `recent_entry_update`: seen now, and so the last to be forgotten.
    fn touch(&mut self, address: &IpAddr, ttl: u8, now: Seconds) {
        let Some(index) = self.entries.iter().position(|entry| entry.address == *address) else {
            return;
        };
        let Some(mut entry) = self.entries.remove(index) else {
            return;
        };
        if entry.seen.len() >= self.stamps {
            entry.seen.pop_front();
        }
        entry.seen.push_back(now);
        entry.ttl = ttl;
        self.entries.push_back(entry);
    }
}

fn masked(address: IpAddr, mask: IpAddr) -> IpAddr {
    match (address, mask) {
        (IpAddr::V4(address), IpAddr::V4(mask)) => (address & mask).into(),
        (IpAddr::V6(address), IpAddr::V6(mask)) => (address & mask).into(),
        _ => address,
    }
}
