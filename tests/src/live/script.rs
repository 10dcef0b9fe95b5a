//! Series of packets: connections, their answers, what comes again, and errors about them.

use std::net::IpAddr;

use datapath_core::net::{Endpoint, Family, Icmp, Packet, SctpChunk, TcpFlags, Transport};

use super::dice::Dice;
use super::place::Place;
use super::wire;
use crate::kernel::{Out, Packet as Written, Part};

/// What is sent next. Numbers are those of earlier steps.
#[derive(Clone, Debug)]
pub enum Step {
    Open(Box<Written>),
    /// Whoever got the packet of a step answers it.
    Answer {
        of: usize,
        flags: TcpFlags,
    },
    /// The sender of a step goes on.
    GoOn {
        of: usize,
        flags: TcpFlags,
    },
    /// A router sends an error about what came out.
    Fail {
        of: usize,
        from: IpAddr,
        kind: u8,
        code: u8,
    },
    /// A command that changes what is loaded.
    Run(Vec<String>),
}

/// What a step comes to.
pub enum Next {
    Packet(Box<Written>),
    Command(Vec<String>),
    /// There is nothing to answer.
    Nothing,
}

const SYN: TcpFlags = TcpFlags::SYN;
const ACK: TcpFlags = TcpFlags::ACK;

pub fn steps(dice: &mut Dice, family: Family) -> Vec<Step> {
    let mut steps = Vec::new();
    for number in 0..6 + dice.below(10) {
        let step = if steps.is_empty() || dice.below(10) < 4 {
            open(dice, family, number)
        } else {
            follow_up(dice, steps.len(), Place::of(family).services)
        };
        steps.push(step);
    }
    if dice.one_in(3) {
        send_in_parts(dice, Place::of(family), &mut steps);
    }
    steps
}

/// Sends the datagram of some step in two parts: the first in its place, the other at the end, or the other way around.
fn send_in_parts(dice: &mut Dice, place: &Place, steps: &mut Vec<Step>) {
    let of = dice.below(steps.len());
    let Some(Step::Open(packet)) = steps.get_mut(of) else {
        return;
    };
    let is_sent_whole = packet.iface == "local" || packet.src == place.pods[2];
    if is_sent_whole || packet.proto.as_deref() != Some("udp") {
        return;
    }
    let (cut, rest) = (dice.pick(&[8, 16, 400, 1200]), dice.pick(&[1, 40, 600, 1300]));
    let part = |offset: u16| Part { id: 7, offset, more: offset == 0, whole: (offset == 0).then_some(cut + rest) };
    let is_v4 = packet.src.contains('.');
    let (df, size) = (is_v4.then_some(false), cut - 8);
    let first = Written { fragment: Some(part(0)), df, size: Some(size), ..(**packet).clone() };
    let (fragment, size) = (Some(part(cut)), Some(rest));
    let second = Written { fragment, df, size, sport: 0, dport: 0, ..(**packet).clone() };
    let (first, second) = if dice.one_in(3) { (second, first) } else { (first, second) };
    **packet = first;
    steps.push(Step::Open(Box::new(second)));
}

/// What comes after one of so many steps; errors come from one of these routers.
pub fn follow_up(dice: &mut Dice, steps: usize, routers: &[&str]) -> Step {
    let of = dice.below(steps);
    match dice.below(6) {
        0..=2 => {
            Step::Answer { of, flags: dice.pick(&[SYN | ACK, SYN | ACK, ACK, TcpFlags::FIN | ACK, TcpFlags::RST]) }
        }
        3 | 4 => {
            let flags = [SYN, ACK, ACK, TcpFlags::FIN | ACK, TcpFlags::RST, TcpFlags::PSH | ACK];
            Step::GoOn { of, flags: dice.pick(&flags) }
        }
        _ => {
            let from = dice.pick(routers).parse().unwrap_or(IpAddr::from([10, 96, 0, 10]));
            let (kind, code) = match from {
                IpAddr::V4(_) => dice.pick(&[(3, 3), (3, 1), (11, 0), (12, 0)]),
                IpAddr::V6(_) => dice.pick(&[(1, 4), (1, 0), (3, 0)]),
            };
            Step::Fail { of, from, kind, code }
        }
    }
}

fn open(dice: &mut Dice, family: Family, number: usize) -> Step {
    let place = Place::of(family);
    let address = |dice: &mut Dice, odd: bool| {
        let text = if odd { dice.pick(place.odd) } else { dice.pick(&place.all()) };
        text.parse::<IpAddr>().unwrap_or(IpAddr::from([10, 0, 0, 7]))
    };
    let odd = dice.one_in(20);
    let (src, mut dst) = (address(dice, false), address(dice, odd));
    // A process needs leave to send to many.
    if place.own.contains(&src.to_string().as_str()) && place.odd.contains(&dst.to_string().as_str()) {
        dst = src;
    }
    let number = u16::try_from(number).unwrap_or_default();
    // Ports that no other connection has, so that none has to be chosen at random.
    let sport = dice.pick(&[40000, 1000, 600]) + number;
    let dport = dice.pick(&[80, 80, 443, 53, 8080, 30080, 5000]);
    let (from, to) = (Endpoint::new(src, sport), Endpoint::new(dst, dport));
    let mut packet = match dice.below(11) {
        10 => sctp(dice, from, to),
        0..=4 => {
            let flags = [SYN, SYN, SYN, SYN, ACK, SYN | ACK, TcpFlags::FIN | ACK, TcpFlags::RST, TcpFlags(0)];
            Packet::tcp(from, to, dice.pick(&flags))
        }
        5..=7 => Packet::udp(from, to),
        _ => {
            let echo = if family == Family::V4 { 8 } else { 128 };
            let reply = if family == Family::V4 { 0 } else { 129 };
            // Who sends an answer is no process.
            let own = place.own.contains(&src.to_string().as_str());
            let kind = if own { echo } else { dice.pick(&[echo, echo, echo, reply]) };
            Packet::new(src, dst, Transport::Icmp(Icmp { kind, code: 0, id: sport, cause: None }), 8)
        }
    };
    if let Transport::Tcp { flags, mss, .. } = &mut packet.transport
        && flags.contains(SYN)
        && dice.one_in(3)
    {
        *mss = Some(dice.pick(&[1460, 1300, 536]));
        packet.length += Packet::MSS_OPTION;
    }
    packet.ttl = dice.pick(&[64, 64, 64, 63, 10, 2, 1]);
    packet.tos = dice.pick(&[0, 0, 0, 0x10, 0x20, 0xb8]);
    // Data that nobody acknowledges would shorten the time-out, and the model has no sequence numbers.
    // Behind the chunks of SCTP there is nothing.
    if !matches!(packet.transport, Transport::Tcp { .. } | Transport::Sctp { .. }) {
        packet.length += dice.pick(&[0, 0, 0, 1, 40, 600]);
    }
    let text = src.to_string();
    let device = place.device_of(&text);
    let device = if device != "local" && dice.one_in(15) { dice.pick(&["eth0", "eth1", "pod0"]) } else { device };
    Step::Open(Box::new(Written::of(device, &packet)))
}

fn sctp(dice: &mut Dice, from: Endpoint, to: Endpoint) -> Packet {
    let init = SctpChunk::Init { tag: SctpChunk::ASKED };
    let odd = [
        SctpChunk::Heartbeat,
        SctpChunk::Heartbeat,
        SctpChunk::ShutdownAck,
        SctpChunk::CookieEcho,
        SctpChunk::Data,
        SctpChunk::Abort { reflected: false },
        SctpChunk::Error,
    ];
    if dice.below(4) > 0 {
        return Packet::sctp(from, to, 0, vec![init]);
    }
    let (tag, chunk) = (dice.pick(&[0, SctpChunk::ASKED, SctpChunk::ANSWERED]), dice.pick(&odd));
    let data = (dice.one_in(4) && chunk != SctpChunk::Data).then_some(SctpChunk::Data);
    Packet::sctp(from, to, tag, [chunk].into_iter().chain(data).collect())
}

/// What was sent in a step, and what the kernel let out.
pub struct Done {
    pub sent: Written,
    pub out: Vec<Out>,
}

impl Step {
    /// What to do, given what the kernel did so far.
    pub fn next(&self, done: &[Option<Done>]) -> Next {
        match self {
            Self::Run(words) => Next::Command(words.clone()),
            _ => self.packet(done).map_or(Next::Nothing, |packet| Next::Packet(Box::new(packet))),
        }
    }

    fn packet(&self, done: &[Option<Done>]) -> Option<Written> {
        let earlier = |of: usize| done.get(of)?.as_ref();
        let first = |of: usize| earlier(of)?.out.iter().find(|out| out.iface != "local");
        match self {
            Self::Open(packet) => Some((**packet).clone()),
            Self::Run(_) => None,
            Self::Answer { of, flags } => {
                let out = first(*of)?;
                Some(Written::of(&out.iface, &wire::answer(&out.packet, *flags)?))
            }
            Self::GoOn { of, flags } => {
                let sent = &earlier(*of)?.sent;
                Some(Written::of(&sent.iface, &wire::next(sent.headers().ok()?, *flags)))
            }
            Self::Fail { of, from, kind, code } => {
                let out = first(*of)?;
                let answerable = match &out.packet.transport {
                    Transport::Icmp(icmp) => icmp.cause.is_none(),
                    // What is in a tunnel cannot be quoted.
                    transport => !matches!(transport, Transport::Other(_)),
                };
                answerable.then(|| Written::of(&out.iface, &wire::error(&out.packet, *from, *kind, *code)))
            }
        }
    }
}
