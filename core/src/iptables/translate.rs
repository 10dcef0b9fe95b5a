//! `iptables-translate` and `iptables-restore-translate`: what nft would be told in place of iptables.
//!
//! In: a command line, or what `iptables-save` prints. Out: what the programs of iptables 1.8.9 print, rules that have no
//! translation given back behind a `#`. Each match and target has its words beside those that it saves and lists.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::address::{AddressMatch, InterfaceMatch, Net, Text};
use super::command::{self, ChainAction, Command, Scope};
use super::header::{Fragment, IpMatch};
use super::matches::Match;
use super::model::{Backend, Rule, Table};
use super::options::{self, KEPT_TARGETS};
use super::services;
use super::targets::Target;
use super::words::{Complaint, Word, split};
use crate::message;
use crate::net::{Family, Protocol};
use crate::netfilter::{Hook, XtTable};
use crate::source::Diagnostic;

/// What came of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translated {
    /// What is printed.
    Text(String),
    /// The program has no translation for such commands.
    NotImplemented,
    /// A match or target that the program would translate and the lab keeps as it is written.
    NotModelled(String),
}

/// The statements of a rule as they are put together (`struct xt_xlate`).
pub(super) struct Translation<'a> {
    pub family: Family,
    /// The protocol that the header asks for.
    protocol: Option<Protocol>,
    rule: String,
    /// What a set has to be made for.
    set: String,
    comment: Option<String>,
    /// How many sets were named so far.
    sets: &'a mut u32,
}

impl Translation<'_> {
    /// `xt_xlate_rule_add`: with a blank before letters, digits and brackets.
    pub fn add(&mut self, text: &str) {
        let is_apart = self.rule.is_empty() || self.rule.ends_with(char::is_whitespace);
        let begins = |first: char| first.is_ascii_alphanumeric() || "(){}[]".contains(first);
        if !is_apart && text.starts_with(begins) {
            self.rule.push(' ');
        }
        self.rule.push_str(text);
    }

    /// `xt_xlate_rule_add_nospc`
    pub fn glue(&mut self, text: &str) {
        self.rule.push_str(text);
    }

    /// A set with a number of its own.
    pub fn add_set(&mut self, name: &str, definition: &str) -> String {
        let name = format!("{name}{}", *self.sets);
        *self.sets += 1;
        let _ = write!(self.set, "{name} {definition}");
        name
    }

    /// `xt_xlate_add_comment`: cut where it does not fit any more, the closing quote too.
    pub fn comment(&mut self, text: &str) {
        const LONGEST: usize = 255;
        let mut comment = format!("\"{text}\"");
        let end = (0..=LONGEST.min(comment.len())).rev().find(|at| comment.is_char_boundary(*at));
        comment.truncate(end.unwrap_or(0));
        self.comment = Some(comment);
    }

    /// The words for IPv4 or IPv6 addresses.
    pub const fn ip(&self) -> &'static str {
        family_name(self.family)
    }
}

const fn family_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "ip",
        Family::V6 => "ip6",
    }
}

/// A mark and its mask behind `mark` or `rtclassid` (`print_mark_xlate`).
pub(super) fn add_masked(to: &mut Translation<'_>, value: u32, mask: u32, inverted: bool) {
    if mask == u32::MAX {
        to.add(&format!(" {}{value:#x}", not(inverted)));
    } else {
        to.add(&format!(" and {mask:#x} {} {value:#x}", if inverted { "!=" } else { "==" }));
    }
}

/// The sign of an inverted test before a value.
pub(super) const fn not(inverted: bool) -> &'static str {
    if inverted { "!= " } else { "" }
}

/// One number, or a range.
pub(super) fn span<T: std::fmt::Display + PartialEq>(first: T, last: T) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// What `iptables-translate` makes of its arguments, `-L` and `-S` left aside.
pub fn translate(family: Family, line: &str) -> Result<Translated, Diagnostic> {
    let located = |complaint: Complaint| complaint.locate(1, line);
    let mut words = Vec::new();
    split(line, 0, &mut words).map_err(located)?;
    let named = words.windows(2).find(|pair| matches!(&*pair[0].text, "-t" | "--table")).map(|pair| &*pair[1].text);
    let table_name = named.unwrap_or("filter");
    // The program asks for no table either.
    let name = XtTable::from_name(table_name).unwrap_or(XtTable::Filter);
    let table = table_with_targets(name, family, &words);
    let (mut read_words, mut sets) = (Vec::new(), 0);
    let scope = Scope { family, name, table: &table, line: 1 };
    let read = command::read(line, 0, scope, &mut read_words).map_err(located)?;
    let (chain, rules, verb) = match &read.command {
        Command::Append { chain, rules } => (*chain, rules, "add"),
        Command::Insert { chain, rules, .. } => (*chain, rules, "insert"),
        Command::Chain { action, chain } => return Ok(on_chain(family, table_name, action, *chain)),
        _ => return Ok(Translated::NotImplemented),
    };
    if let Some(kept) = rules.iter().find_map(kept) {
        return Ok(Translated::NotModelled(kept.to_owned()));
    }
    let mut out = "nft ".to_owned();
    let mut is_whole = true;
    for (at, rule) in rules.iter().enumerate() {
        if at > 0 && rules[at - 1].ip.src != rule.ip.src {
            out.push_str("nft ");
        }
        let place = Place { family, table: table_name, chain, verb, quote: "'" };
        is_whole = place.write(&mut out, &table, rule, &mut sets);
    }
    if !is_whole {
        write_back(&mut out, &words);
    }
    Ok(Translated::Text(out))
}

/// Writes what `iptables-restore-translate` prints between its first and its last line, to where it stops.
pub fn translate_saved(out: &mut String, family: Family, text: &str) -> Result<(), Diagnostic> {
    let mut table: Option<XtTable> = None;
    let mut sets = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let located = |complaint: Complaint| complaint.locate(number, line);
        match (line.as_bytes().first(), table) {
            (None | Some(b'#'), _) => {}
            (Some(b'*'), None) => {
                let name = line[1..].split_ascii_whitespace().next().unwrap_or_default();
                let known = XtTable::from_name(name).ok_or_else(|| {
                    let message = format!("line {number} table name '{name}' invalid");
                    located(command::no_such_table(1, message))
                })?;
                let _ = writeln!(out, "add table {} {known}", family_name(family));
                table = Some(known);
            }
            (_, None) => {
                let message = format!("line {number} failed");
                return Err(located(Complaint::new(
                    0,
                    message,
                    message!("expected-table-line"),
                    message!("advice-begin-table"),
                )));
            }
            (_, Some(_)) if line == "COMMIT" => table = None,
            (Some(b':'), Some(name)) => out.push_str(&declare(family, name, &line[1..])),
            (_, Some(name)) => translate_line(out, family, name, (line, number), &mut sets).map_err(located)?,
        }
    }
    Ok(())
}

/// `xlate_chain_set`, `xlate_chain_user_restore`
fn declare(family: Family, table: XtTable, line: &str) -> String {
    let mut words = line.split_ascii_whitespace();
    let (chain, policy) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let family = family_name(family);
    let Some(hook) = table.hooks().iter().find(|hook| hook.chain() == chain) else {
        return format!("add chain {family} {table} {chain}\n");
    };
    let (kind, priority) = match (table, hook) {
        (XtTable::Nat, Hook::Prerouting | Hook::Output) => ("nat", -100),
        (XtTable::Nat, _) => ("nat", 100),
        (XtTable::Mangle, Hook::Output) => ("route", -150),
        (XtTable::Mangle, _) => ("filter", -150),
        (XtTable::Raw, _) => ("filter", -300),
        // The program compares the name of the chain here, and so never finds the table `security`.
        _ => ("filter", 0),
    };
    let policy = match policy {
        "ACCEPT" => "policy accept; ",
        "DROP" => "policy drop; ",
        _ => "",
    };
    let hook = hook.chain().to_ascii_lowercase();
    format!("add chain {family} {table} {chain} {{ type {kind} hook {hook} priority {priority}; {policy}}}\n")
}

/// A rule of a table, with its counters before it or not.
fn translate_line(
    out: &mut String,
    family: Family,
    name: XtTable,
    (line, number): (&str, u32),
    sets: &mut u32,
) -> Result<(), Complaint> {
    let start = if line.starts_with('[') { line.find(']').map_or(0, |end| end + 1) } else { 0 };
    let mut words = Vec::new();
    split(line, start, &mut words)?;
    let table = table_with_targets(name, family, &words);
    let mut read_words = Vec::new();
    let read = command::read(line, start, Scope { family, name, table: &table, line: number }, &mut read_words)?;
    let (chain, rules, verb) = match &read.command {
        Command::Append { chain, rules } => (*chain, rules, "add"),
        Command::Insert { chain, rules, .. } => (*chain, rules, "insert"),
        Command::Chain { action, chain } => {
            if let Translated::Text(text) = on_chain(family, name.name(), action, *chain) {
                out.push_str(text.trim_start_matches("nft "));
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    let place = Place { family, table: name.name(), chain, verb, quote: "" };
    let mut is_whole = true;
    for rule in rules {
        is_whole = place.write(out, &table, rule, sets);
    }
    if !is_whole {
        let table = ["-t", name.name()].map(|text| Word { text: text.into(), span: 0..0 });
        write_back(out, &[&table[..], &words[..]].concat());
    }
    Ok(())
}

/// A table in which every chain exists that the words lead to, since the program looks for none.
fn table_with_targets(name: XtTable, family: Family, words: &[Word<'_>]) -> Table {
    let mut table = Table::new(name, Backend::Legacy);
    for pair in words.windows(2) {
        let is_jump = matches!(&*pair[0].text, "-j" | "--jump" | "-g" | "--goto");
        let target = &*pair[1].text;
        let is_known = options::find_target(target, family).is_some() || KEPT_TARGETS.contains(&target);
        if is_jump && !is_known && table.find(target).is_none() {
            table.create(target);
        }
    }
    table
}

fn kept(rule: &Rule) -> Option<&str> {
    let of_match = rule.matches.iter().find_map(|test| match test {
        Match::Kept(kept) => Some(&*kept.name),
        Match::Known(known) => Some(&*known.kept.name),
        _ => None,
    });
    of_match.or(match &rule.target {
        Target::Kept(kept) => Some(&*kept.name),
        _ => None,
    })
}

fn on_chain(family: Family, table: &str, action: &ChainAction<'_>, chain: Option<&str>) -> Translated {
    let family = family_name(family);
    Translated::Text(match (action, chain) {
        (ChainAction::Flush, None) => format!("nft flush table {family} {table}\n"),
        (ChainAction::Flush, Some(chain)) => format!("nft flush chain {family} {table} {chain}\n"),
        (ChainAction::Create, chain) => format!("nft add chain {family} {table} {}\n", chain.unwrap_or("(null)")),
        // What the C library prints for a name that is missing.
        (ChainAction::Delete, chain) => format!("nft delete chain {family} {table} {}\n", chain.unwrap_or("(null)")),
        _ => return Translated::NotImplemented,
    })
}

/// `print_ipt_cmd`
fn write_back(out: &mut String, words: &[Word<'_>]) {
    out.push_str("# ");
    for word in words {
        let _ = write!(out, "{} ", word.text);
    }
    out.push('\n');
}

/// Where a rule goes, and how it is written.
struct Place<'a> {
    family: Family,
    table: &'a str,
    chain: &'a str,
    verb: &'a str,
    /// Around the arguments of a command.
    quote: &'a str,
}

impl Place<'_> {
    /// `nft_rule_xlate_add`; false for a rule that has no translation, of which nothing is written.
    fn write(&self, out: &mut String, table: &Table, rule: &Rule, sets: &mut u32) -> bool {
        let mut to = Translation {
            family: self.family,
            protocol: rule.ip.protocol.map(|test| test.protocol),
            rule: String::new(),
            set: String::new(),
            comment: None,
            sets,
        };
        if !translate_rule(&mut to, table, rule) {
            return false;
        }
        let Self { table: name, chain, verb, quote, .. } = self;
        let family = family_name(self.family);
        if !to.set.is_empty() {
            let _ = writeln!(out, "{quote}add set {family} {name} {}{quote}", to.set);
            out.push_str(if quote.is_empty() { "" } else { "nft " });
        }
        let _ = writeln!(out, "{quote}{verb} rule {family} {name} {chain} {}{quote}", to.rule.trim_end());
        true
    }
}

/// `nft_ipv4_xlate`, `nft_ipv6_xlate`
fn translate_rule(to: &mut Translation<'_>, table: &Table, rule: &Rule) -> bool {
    translate_header(to, &rule.ip, &rule.matches);
    if !rule.matches.iter().all(|test| translate_match(to, test)) {
        return false;
    }
    to.add("counter");
    if !translate_target(to, table, &rule.target) {
        return false;
    }
    if let Some(comment) = to.comment.take() {
        to.add(&format!(" comment {comment}"));
    }
    true
}

fn translate_header(to: &mut Translation<'_>, ip: &IpMatch, matches: &[Match]) {
    translate_device(to, "iifname", ip.input.as_deref());
    translate_device(to, "oifname", ip.output.as_deref());
    if let Some(fragment) = ip.fragment {
        to.add(&format!("ip frag-off & 0x1fff {}0 ", not(fragment == Fragment::Only)));
    }
    if let Some(test) = ip.protocol {
        let protocol = services::protocol_name(test.protocol).to_string();
        if !matches.iter().any(|test| test.name() == protocol) {
            let field = match to.family {
                Family::V4 => "ip protocol",
                Family::V6 => "meta l4proto",
            };
            to.add(&format!("{field} {}{protocol} ", not(test.inverted)));
        }
    }
    for (side, test) in [("saddr", &ip.src), ("daddr", &ip.dst)] {
        if let Some(test) = test {
            translate_address(to, side, test);
        }
    }
}

/// `xlate_ifname`
fn translate_device(to: &mut Translation<'_>, field: &str, test: Option<&InterfaceMatch>) {
    let Some(InterfaceMatch { inverted, pattern }) = test else {
        return;
    };
    let (name, inverted) = match (&**pattern, inverted) {
        ("+", false) => return,
        // No device is called so; nft has no word for any.
        ("+", true) => ("INVAL/D".to_owned(), false),
        (name, inverted) => {
            let name = match (name.strip_suffix('*'), name.strip_suffix('+')) {
                (Some(start), _) => format!("{start}\\*"),
                (None, Some(start)) => format!("{start}*"),
                (None, None) => name.to_owned(),
            };
            (name, *inverted)
        }
    };
    to.add(&format!("{field} {}\"{name}\" ", not(inverted)));
}

/// `xlate_ipv4_addr`, `xlate_ipv6_addr`
fn translate_address(to: &mut Translation<'_>, side: &str, AddressMatch { inverted, net }: &AddressMatch) {
    if net.is_any() && !inverted {
        return;
    }
    let field = format!("{} {side}", to.ip());
    let (address, mask, length, longest) = match net {
        Net::V4 { address, mask } => {
            let length = (mask.leading_ones() == mask.count_ones()).then(|| mask.count_ones());
            (Ipv4Addr::from_bits(*address).into(), Ipv4Addr::from_bits(*mask).into(), length, 32)
        }
        Net::V6(net) => {
            let length = (net.mask.leading_ones() == net.mask.count_ones()).then(|| net.mask.count_ones());
            (Ipv6Addr::from_bits(net.address).into(), Ipv6Addr::from_bits(net.mask).into(), length, 128)
        }
    };
    let address = Text(address);
    to.add(&match length {
        None => format!("{field} & {} {} {address} ", Text(mask), if *inverted { "!=" } else { "==" }),
        Some(length) if length == longest => format!("{field} {}{address} ", not(*inverted)),
        Some(length) => format!("{field} {}{address}/{length} ", not(*inverted)),
    });
}

/// `xlate_matches`; false for one that has no translation.
fn translate_match(to: &mut Translation<'_>, test: &Match) -> bool {
    match test {
        Match::Addrtype(test) => test.translate(to),
        Match::Cluster(test) => test.translate(to),
        Match::Comment(text) => to.comment(text),
        Match::Connbytes(test) => test.translate(to),
        Match::Connlimit(test) => test.translate(to),
        Match::Connmark(test) => test.translate(to, "ct mark"),
        Match::Conntrack(test) => test.translate(to),
        Match::Dscp(test) => test.translate(to),
        Match::Ecn(test) => test.translate(to),
        Match::Frag(test) => test.translate(to),
        Match::Hashlimit(test) => return test.translate(to),
        Match::Icmp(test) => return test.translate(to),
        Match::Iprange(test) => test.translate(to),
        Match::Length(test) => test.translate(to),
        Match::Limit(test) => test.translate(to),
        Match::Mac(test) => test.translate(to),
        Match::Mark(test) => test.translate(to, "mark"),
        Match::Multiport(test) => {
            let protocol = to.protocol.map(|protocol| services::protocol_name(protocol).to_string());
            test.translate(to, &protocol.unwrap_or_default());
        }
        Match::Owner(test) => return test.translate(to),
        Match::Pkttype(test) => test.translate(to),
        Match::Quota(test) => test.translate(to),
        Match::Realm(test) => test.translate(to),
        Match::Rpfilter(test) => return test.translate(to),
        Match::Sctp(test) => return test.translate_sctp(to),
        Match::Statistic(test) => test.translate(to),
        Match::Tcp(test) => test.translate(to),
        Match::Tcpmss(test) => test.translate(to),
        Match::Time(test) => return test.translate(to),
        Match::Ttl(test) => test.translate(to),
        Match::Udp(test) => test.translate(to, "udp"),
        Match::Ipvs(_)
        | Match::Nfacct(_)
        | Match::Physdev(_)
        | Match::Recent(_)
        | Match::Set(_)
        | Match::Socket(_)
        | Match::Tos(_)
        | Match::Known(_)
        | Match::Kept(_) => return false,
    }
    true
}

/// `xlate_action`; false for one that has no translation.
fn translate_target(to: &mut Translation<'_>, table: &Table, target: &Target) -> bool {
    match target {
        Target::None => {}
        Target::Accept => to.add(" accept"),
        Target::Drop => to.add(" drop"),
        Target::Return => to.add(" return"),
        Target::Jump { chain, goto } => {
            let name = table.chain(*chain).map_or("", |chain| &chain.name);
            to.add(&format!(" {} {name}", if *goto { "goto" } else { "jump" }));
        }
        Target::Classify(class) => super::targets::classify::translate(to, *class),
        Target::Connmark(target) => return target.translate(to),
        Target::Ct(target) => return target.translate(to),
        Target::Dnat(target) => return target.translate(to, "dnat"),
        Target::Dscp(codepoint) => to.add(&format!("{} dscp set {codepoint:#04x}", to.ip())),
        Target::Log(target) => target.translate(to),
        Target::Mark(target) => target.translate(to),
        Target::Masquerade(target) => return target.translate(to, "masquerade"),
        Target::Nflog(target) => target.translate(to),
        Target::Nfqueue(target) => target.translate(to),
        Target::Notrack => to.add("notrack"),
        Target::Redirect(target) => return target.translate(to, "redirect"),
        Target::Reject(with) => super::targets::reject::translate(to, *with),
        Target::Snat(target) => return target.translate(to, "snat"),
        Target::Tcpmss(target) => target.translate(to),
        Target::Tee(target) => target.translate(to),
        Target::Tos(target) => target.translate(to),
        Target::Trace => to.add("nftrace set 1"),
        Target::Checksum
        | Target::Netmap(_)
        | Target::Set(_)
        | Target::Strip(_)
        | Target::Tproxy(_)
        | Target::Ttl(_)
        | Target::Kept(_) => return false,
    }
    true
}
