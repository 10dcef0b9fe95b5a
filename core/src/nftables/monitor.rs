//! `nft monitor trace`: what Linux 6.1 tells of a packet that a rule has marked with `meta nftrace set 1`, in the words of
//! nftables 1.0.6.

use std::fmt::Write;

use super::model::{Policy, Ruleset, TableFamily};
use super::{DataType, print};
use crate::net::{Family, Icmp, Packet, Transport};
use crate::netfilter::{Hook, Verdict};
use crate::trace::{ChainId, Event, LeftBy, Origin, Route, RuleId, Step, Trace};

/// The lines about one packet on its way through a node; empty if no rule marked it. `listed` is the ruleset as it was
/// when the monitor began to listen, from which it has its rules: those that are new since are in `ruleset`. Left out are
/// the hardware addresses, identifiers, windows and labels of the headers, which the model does not have.
pub fn trace_text(ruleset: &Ruleset, listed: &Ruleset, trace: &Trace, id: u32) -> String {
    let mut monitor = Monitor {
        ruleset,
        listed,
        trace,
        id,
        is_traced: false,
        is_dumped: false,
        base: None,
        current: None,
        matched: None,
        found: None,
        input: None,
        output: None,
        originals: Vec::new(),
        out: String::new(),
    };
    trace.steps.iter().for_each(|step| monitor.hear(step));
    monitor.out
}

struct Monitor<'a> {
    ruleset: &'a Ruleset,
    listed: &'a Ruleset,
    trace: &'a Trace,
    id: u32,
    /// `skb->nf_trace`
    is_traced: bool,
    /// Whether the headers were shown in this base chain.
    is_dumped: bool,
    base: Option<ChainId>,
    current: Option<ChainId>,
    /// The rule that matched last, of which nothing was said yet.
    matched: Option<Matched<'a>>,
    /// What a set or map said, until it is plain whether the rule matched.
    found: Option<&'a str>,
    input: Option<&'a str>,
    output: Option<&'a str>,
    /// The packets whose copies are on their way: their identifier, mark and devices.
    originals: Vec<(u32, bool, Option<&'a str>, Option<&'a str>)>,
    out: String,
}

struct Matched<'a> {
    rule: RuleId,
    step: &'a Step,
    /// What the set or map said that it asked last.
    found: Option<&'a str>,
}

impl<'a> Monitor<'a> {
    fn hear(&mut self, step: &'a Step) {
        match &step.event {
            // Another packet, which no rule has marked yet.
            Event::Answered { .. } => (self.id, self.is_traced, self.input) = (self.id.rotate_left(13), false, None),
            // The copy has the mark of its packet, and what the monitor knows it by.
            Event::Copied { .. } => {
                self.originals.push((self.id, self.is_traced, self.input, self.output));
                (self.id, self.input) = (self.id.rotate_left(7), None);
            }
            Event::OriginalGoesOn => {
                if let Some(original) = self.originals.pop() {
                    (self.id, self.is_traced, self.input, self.output) = original;
                }
            }
            Event::Arrived { device } => self.input = Some(device),
            Event::Routed(Route::Via { device, .. } | Route::Local { device }) => self.output = Some(device),
            Event::ChainEntered { chain: chain @ ChainId::Nftables { .. }, priority: Some(_) } => {
                (self.base, self.current, self.is_dumped) = (Some(*chain), Some(*chain), false);
            }
            Event::ChainEntered { chain: chain @ ChainId::Nftables { .. }, priority: None } => {
                let verb = if self.is_goto(*chain) { "goto" } else { "jump" };
                let verdict = format!("{verb} {}", self.name(*chain));
                self.tell(&verdict);
                self.current = Some(*chain);
            }
            Event::RuleMatched { rule, .. } if matches!(rule.chain, ChainId::Nftables { .. }) => {
                self.tell("continue");
                self.current = Some(rule.chain);
                self.matched = Some(Matched { rule: *rule, step, found: self.found.take() });
                self.is_traced = self.mark_of(*rule).unwrap_or(self.is_traced);
            }
            Event::LookedUp { found, .. } => self.found = found.as_deref(),
            Event::RulesMissed { .. } => self.found = None,
            Event::Verdict(verdict) if matches!(step.origin, Origin::Rule(_)) => {
                self.tell(if *verdict == Verdict::Accept { "accept" } else { "drop" });
            }
            Event::ChainLeft { chain: chain @ ChainId::Nftables { .. }, by } => self.leave(*chain, *by, step),
            _ => {}
        }
    }

    fn leave(&mut self, chain: ChainId, by: LeftBy, step: &'a Step) {
        match by {
            LeftBy::Return => {
                self.matched = None;
                self.end(chain, "verdict return", step);
            }
            LeftBy::End => {
                self.tell("continue");
                self.end(chain, "verdict continue", step);
            }
            LeftBy::Policy => {
                let returns = self.matched.as_ref().is_some_and(|matched| self.returns(matched));
                if returns {
                    self.matched = None;
                }
                self.tell("continue");
                if self.current == Some(chain) {
                    self.end(chain, if returns { "verdict return" } else { "verdict continue" }, step);
                }
                let policy = self.ruleset.chain(chain).and_then(|(_, chain)| chain.base.as_ref());
                let policy = match policy.map(|base| base.policy) {
                    Some(Policy::Drop) => "drop",
                    Some(Policy::Accept) | None => "accept",
                };
                self.end(chain, &format!("policy {policy}"), step);
            }
            LeftBy::Verdict => self.tell("continue"),
        }
    }

    /// The end of a chain, with the mark that the packet has then.
    fn end(&mut self, chain: ChainId, what: &str, step: &Step) {
        if !self.is_traced {
            return;
        }
        self.dump(step);
        let head = self.head(chain);
        let _ = write!(self.out, "{head}{what} ");
        if step.mark != 0 {
            let _ = write!(self.out, "meta mark {:#010x}", step.mark);
        }
        // nft ends what it prints of a mark with a blank.
        self.out.push_str(if step.mark == 0 { "\n" } else { " \n" });
    }

    /// Says what came of the rule that matched last.
    fn tell(&mut self, verdict: &str) {
        let Some(Matched { rule, step, .. }) = self.matched.take().filter(|_| self.is_traced) else {
            return;
        };
        self.dump(step);
        let (head, text) = (self.head(rule.chain), self.rule_text(rule));
        let _ = writeln!(self.out, "{head}rule {text} (verdict {verdict})");
    }

    /// The headers, once for each base chain.
    fn dump(&mut self, step: &Step) {
        if std::mem::replace(&mut self.is_dumped, true) {
            return;
        }
        let (Some(base), Some(packet)) = (self.base, self.trace.packet_after(step)) else {
            return;
        };
        let current = self.current.unwrap_or(base);
        let mut line = format!("{}packet: ", self.head(current));
        let (input, output) = match step.hook {
            Some(Hook::Prerouting | Hook::Input) => (self.input, None),
            Some(Hook::Output) => (None, self.output),
            _ => (self.input, self.output),
        };
        for (field, device) in [("iif", input), ("oif", output)] {
            if let Some(device) = device {
                let _ = write!(line, "{field} \"{device}\" ");
            }
        }
        let family = self.ruleset.chain(base).map_or(TableFamily::Inet, |(table, _)| table.family);
        write_headers(&mut line, packet, family);
        self.out.push_str(&line);
        self.out.push('\n');
    }

    fn head(&self, chain: ChainId) -> String {
        let (family, table) = self
            .ruleset
            .chain(chain)
            .map_or((TableFamily::Inet, String::new()), |(table, _)| (table.family, table.name.to_string()));
        format!("trace id {:08x} {family} {table} {} ", self.id, self.name(chain))
    }

    fn name(&self, chain: ChainId) -> String {
        self.ruleset.chain(chain).map_or_else(String::new, |(_, chain)| chain.name.to_string())
    }

    fn rule_text(&self, id: RuleId) -> String {
        let Some((table, rule)) = self.ruleset.rule(id) else {
            return String::new();
        };
        let known = self.listed.chain(id.chain).and_then(|(table, chain)| {
            let rule = chain.rules.iter().find(|known| known.handle == rule.handle)?;
            Some(print::rule(table, rule))
        });
        known.unwrap_or_else(|| print::rule(table, rule))
    }

    /// Whether a rule marks the packet to be traced, or not any more.
    fn mark_of(&self, rule: RuleId) -> Option<bool> {
        let text = self.rule_text(rule);
        let (_, value) = text.split_once("meta nftrace set ")?;
        Some(value.starts_with('1'))
    }

    fn is_goto(&self, chain: ChainId) -> bool {
        let Some(matched) = &self.matched else {
            return false;
        };
        let verdict = format!("goto {}", self.name(chain));
        matched.found.is_some_and(|found| found.contains(&verdict))
            || self.rule_text(matched.rule).split(" comment ").next().is_some_and(|text| text.ends_with(&verdict))
    }

    fn returns(&self, matched: &Matched<'_>) -> bool {
        matched.found == Some("return")
            || self.rule_text(matched.rule).split(" comment ").next().is_some_and(|text| text.ends_with("return"))
    }
}

fn write_headers(out: &mut String, packet: &Packet, family: TableFamily) {
    let (dscp, ecn) =
        (DataType::Dscp.text(u128::from(packet.tos >> 2)), DataType::Ecn.text(u128::from(packet.tos & 3)));
    let protocol = DataType::InetProto.text(u128::from(packet.protocol().number()));
    // In a table of one family the protocol is plain from what follows.
    let is_said = family == TableFamily::Inet || matches!(packet.transport, Transport::Other(_));
    let (src, dst, ttl) = (packet.src, packet.dst, packet.ttl);
    let payload = match packet.family() {
        Family::V4 => {
            let _ = write!(out, "ip saddr {src} ip daddr {dst} ip dscp {dscp} ip ecn {ecn} ip ttl {ttl} ");
            if is_said {
                let _ = write!(out, "ip protocol {protocol} ");
            }
            let _ = write!(out, "ip length {} ", packet.length);
            packet.length.saturating_sub(20)
        }
        Family::V6 => {
            let payload = packet.length.saturating_sub(40);
            let _ = write!(out, "ip6 saddr {src} ip6 daddr {dst} ip6 dscp {dscp} ip6 ecn {ecn} ip6 hoplimit {ttl} ");
            if is_said {
                let _ = write!(out, "ip6 nexthdr {protocol} ");
            }
            let _ = write!(out, "ip6 length {payload} ");
            payload
        }
    };
    let _ = match &packet.transport {
        Transport::Tcp { sport, dport, flags, .. } => {
            let flags = match flags.0.count_ones() {
                1 => DataType::TcpFlag.text(flags.0.into()),
                _ => format!("{:#x}", flags.0),
            };
            write!(out, "tcp sport {sport} tcp dport {dport} tcp flags == {flags} ")
        }
        Transport::Udp { sport, dport } => write!(out, "udp sport {sport} udp dport {dport} udp length {payload} "),
        Transport::Sctp { sport, dport, tag, .. } => {
            write!(out, "sctp sport {sport} sctp dport {dport} sctp vtag {tag} ")
        }
        Transport::Icmp(icmp) => write_icmp(out, icmp, packet.family()),
        Transport::Other(_) => Ok(()),
    };
}

fn write_icmp(out: &mut String, Icmp { kind, code, id, .. }: &Icmp, family: Family) -> std::fmt::Result {
    let (kind, code) = (u128::from(*kind), u128::from(*code));
    match family {
        Family::V4 => {
            let (kind, code) = (DataType::IcmpType.text(kind), DataType::IcmpCode.text(code));
            write!(out, "icmp type {kind} icmp code {code} icmp id {id} ")
        }
        Family::V6 => {
            let (kind, code) = (DataType::Icmpv6Type.text(kind), DataType::Icmpv6Code.text(code));
            write!(out, "icmpv6 type {kind} icmpv6 code {code} icmpv6 id {id} ")
        }
    }
}
