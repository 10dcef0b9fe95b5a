use std::fmt::Write;
use std::net::Ipv4Addr;

use super::types::Storage;
use super::{Dimension, Element, Facts, IpSet, IpSets};
use crate::iptables::words::write_quoted;
use crate::net::Family;
use crate::netfilter::Seconds;

/// Everything as `ipset save` prints it at a time, each set sorted. The seeds of the hash functions, which the
/// kernel chooses at random, only print if they were read.
pub fn save(sets: &IpSets, now: Seconds) -> String {
    let mut out = String::new();
    for set in sets.iter() {
        write_saved(&mut out, set, now);
    }
    out
}

/// What [`save`] prints of one set.
pub fn save_one(set: &IpSet, now: Seconds) -> String {
    let mut out = String::new();
    write_saved(&mut out, set, now);
    out
}

fn write_saved(out: &mut String, set: &IpSet, now: Seconds) {
    let _ = writeln!(out, "create {} {} {}", set.name(), set.kind().name, header(set));
    for (element, facts) in set.sorted() {
        let _ = write!(out, "add {} ", set.name());
        write_member(out, set, element, facts, now);
        out.push('\n');
    }
}

/// What `ipset list` says of each set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Members,
    /// `-t`
    Header,
    /// `-n`
    Name,
}

/// As `ipset -sorted list` prints it at a time, without the size in memory, which depends on the kernel's structures and
/// on which elements share a bucket of its hash. `rules` says how many rules refer to a set by its name.
pub fn list(sets: &IpSets, detail: Detail, rules: impl Fn(&str) -> usize, now: Seconds) -> String {
    let mut out = String::new();
    for set in sets.iter() {
        let name = set.name();
        if detail == Detail::Name {
            let _ = writeln!(out, "{name}");
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "Name: {name}\nType: {}\nRevision: {}", set.kind().name, set.kind().revision);
        let references = sets.references(name) + rules(name);
        let _ = writeln!(out, "Header: {}\nReferences: {references}", header(set));
        let _ = writeln!(out, "Number of entries: {}", set.len());
        if detail == Detail::Header {
            continue;
        }
        out.push_str("Members:\n");
        for (element, facts) in set.sorted() {
            write_member(&mut out, set, element, facts, now);
            out.push('\n');
        }
    }
    out
}

/// The options of a set in the order in which its type prints them.
fn header(set: &IpSet) -> String {
    let options = set.options();
    let mut parts = Vec::new();
    match set.kind().storage {
        Storage::Hash => {
            let family = match options.family {
                Family::V4 => "inet",
                Family::V6 => "inet6",
            };
            parts.push(format!("family {family}"));
            if options.mark_mask != u32::MAX {
                parts.push(format!("markmask {:#010x}", options.mark_mask));
            }
            parts.push(format!("hashsize {} maxelem {}", options.hash_size, options.most_elements));
        }
        Storage::Bitmap => {
            let (first, last) = options.range.unwrap_or_default();
            if set.kind().dimensions == [Dimension::BarePort] {
                parts.push(format!("range {first}-{last}"));
            } else {
                parts.push(format!("range {}-{}", Ipv4Addr::from_bits(first), Ipv4Addr::from_bits(last)));
            }
        }
        Storage::List => parts.push(format!("size {}", options.list_size)),
    }
    if options.netmask != options.family.host_prefix() {
        parts.push(format!("netmask {}", options.netmask));
    }
    if let Some(timeout) = options.timeout {
        parts.push(format!("timeout {timeout}"));
    }
    // `forceadd` is not printed (7.17).
    let flags = [(options.counters, "counters"), (options.comment, "comment"), (options.skbinfo, "skbinfo")];
    parts.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()));
    if set.kind().storage == Storage::Hash {
        parts.push(format!("bucketsize {}", options.bucket_size));
        parts.extend(options.seed.map(|seed| format!("initval {seed:#010x}")));
    }
    parts.join(" ")
}

fn write_member(out: &mut String, set: &IpSet, element: &Element, facts: &Facts, now: Seconds) {
    let options = set.options();
    let _ = write!(out, "{element}");
    if options.timeout.is_some() {
        let left = facts.expires.map_or(0, |expires| expires.saturating_sub(now));
        let _ = write!(out, " timeout {left}");
    }
    if facts.nomatch {
        out.push_str(" nomatch");
    }
    if options.counters {
        let _ = write!(out, " packets {} bytes {}", facts.packets, facts.bytes);
    }
    if let Some(comment) = &facts.comment {
        out.push_str(" comment");
        let plain = comment.chars().all(|character| character != '"');
        if plain {
            let _ = write!(out, " \"{comment}\"");
        } else {
            write_quoted(out, comment);
        }
    }
    if let Some((mark, mask)) = facts.mark {
        if mask == u32::MAX {
            let _ = write!(out, " skbmark {mark:#x}");
        } else {
            let _ = write!(out, " skbmark {mark:#x}/{mask:#x}");
        }
    }
    if let Some((major, minor)) = facts.priority {
        let _ = write!(out, " skbprio {major:x}:{minor:x}");
    }
    if let Some(queue) = facts.queue {
        let _ = write!(out, " skbqueue {queue}");
    }
}
