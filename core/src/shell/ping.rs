//! `ping` of iputils 20221126.

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};
use super::sending::Unsent;
use crate::lab::Outcome;
use crate::net::{Endpoint, Packet, Protocol, Transport};

const OPTIONS: &Options = &[
    ('c', "", Argument::Required),
    ('4', "", Argument::None),
    ('6', "", Argument::None),
    ('n', "", Argument::None),
    ('q', "", Argument::None),
    ('W', "", Argument::Required),
];

/// How many packets are sent where nobody says how many, before the lab presses Ctrl-C.
const UNTIL_INTERRUPTED: u32 = 4;
const MOST: u32 = 100;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, OPTIONS) else {
        return call.not_modelled(&words.join(" "));
    };
    let hosts: Vec<&str> =
        given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None }).collect();
    let [host] = hosts.as_slice() else {
        call.err("ping: usage error: Destination address required\n");
        return 1;
    };
    let counts = given.iter().find_map(|given| if let Given::Option('c', value) = given { *value } else { None });
    let count = match counts.map(str::parse::<u32>) {
        None => UNTIL_INTERRUPTED,
        Some(Ok(count)) if (1..=MOST).contains(&count) => count,
        Some(_) => return call.not_modelled(&format!("-c {}", counts.unwrap_or_default())),
    };
    let Some(address) = call.resolve(host) else {
        call.err(&format!("ping: {host}: Name or service not known\n"));
        return 2;
    };
    let protocol = if address.is_ipv4() { Protocol::Icmp } else { Protocol::Icmpv6 };
    let size = if address.is_ipv4() { "56(84) bytes of data." } else { "56 data bytes" };
    let first = match call.send(protocol, Endpoint::new(address, 0)) {
        Ok(Outcome::NoRoute { place: crate::lab::Place::Process(_) }) | Err(Unsent::NoRoute) => {
            call.err("ping: connect: Network is unreachable\n");
            return 2;
        }
        Ok(outcome) => outcome,
    };
    let title = if address.is_ipv4() { format!("{host} ({address})") } else { format!("{host}({host})") };
    call.out(&format!("PING {title} {size}\n"));
    let (mut received, mut errors) = (0, 0);
    let mut outcome = Some(first);
    for number in 1..=count {
        if number > 1 {
            outcome = call.send_next();
        }
        match &outcome {
            Some(Outcome::Answered { reply, .. }) => {
                received += 1;
                let line = format!("64 bytes from {}: icmp_seq={number} ttl={} time=0.000 ms\n", reply.src, reply.ttl);
                call.out(&line);
            }
            Some(Outcome::Rejected { reply, .. } | Outcome::Refused { reply, .. }) => {
                errors += 1;
                call.out(&format!("From {} icmp_seq={number} {}\n", reply.src, error(reply)));
            }
            _ => {}
        }
    }
    if counts.is_none() {
        call.out("^C");
    }
    let lost = (count - received) * 100 / count;
    let failed = if errors > 0 { format!(", +{errors} errors") } else { String::new() };
    call.out(&format!(
        "\n--- {host} ping statistics ---\n{count} packets transmitted, {received} received{failed}, {lost}% packet loss, \
         time {}ms\n",
        (count - 1) * 1000
    ));
    call.out(if received > 0 { "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms\n" } else { "\n" });
    call.remark(crate::message!("shell-no-time"));
    Status::from(received == 0)
}

/// `pr_icmph`
fn error(reply: &Packet) -> &'static str {
    let Transport::Icmp(icmp) = &reply.transport else {
        return "";
    };
    match (reply.src.is_ipv4(), icmp.kind, icmp.code) {
        (true, 3, 0) => "Destination Net Unreachable",
        (true, 3, 1) => "Destination Host Unreachable",
        (true, 3, 2) => "Destination Protocol Unreachable",
        (true, 3, 3) => "Destination Port Unreachable",
        (true, 3, 9) => "Dest Unreachable, Bad Code: 9",
        (true, 3, 10) => "Destination Host Prohibited",
        (true, 3, 13) => "Packet filtered",
        (true, 11, _) => "Time to live exceeded",
        (false, 1, 0) => "Destination unreachable: No route",
        (false, 1, 1) => "Destination unreachable: Administratively prohibited",
        (false, 1, 3) => "Destination unreachable: Address unreachable",
        (false, 1, 4) => "Destination unreachable: Port unreachable",
        (false, 3, _) => "Time exceeded: Hop limit",
        _ => "Destination Host Unreachable",
    }
}
