//! `ping` of iputils 20221126.

mod options;

use std::net::IpAddr;

use super::Status;
use super::call::Call;
use super::errno::Errno;
use super::sending::Unsent;
use crate::lab::{Outcome, Place, Way};
use crate::net::{Endpoint, Family, Packet, Protocol, Transport};
use options::Wanted;

/// How many packets are sent where nobody says how many, before the lab presses Ctrl-C.
const UNTIL_INTERRUPTED: u32 = 4;
const MOST: u32 = 100;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let wanted = match options::read(call, &words) {
        Ok(wanted) => wanted,
        Err(status) => return status,
    };
    let address = match call.addresses_of(wanted.host, wanted.family) {
        Ok(addresses) => addresses[0],
        Err(why) => {
            call.err(&format!("ping: {}: {}\n", wanted.host, why.words()));
            return 2;
        }
    };
    let source = match wanted.from.map(|from| source(call, from, address)) {
        Some(Err(status)) => return status,
        Some(Ok(source)) => Some(source),
        None => None,
    };
    let protocol = if address.is_ipv4() { Protocol::Icmp } else { Protocol::Icmpv6 };
    let first = match call.send(protocol, Endpoint::new(address, 0)) {
        Ok(Outcome::NoRoute { place: Place::Process(_), way: Way::Request }) | Err(Unsent::NoRoute) => {
            call.err(
                match call.unsendable(address) {
                    // It takes what the kernel says of a broadcast address for this, too (`ping4_run`).
                    Errno::PermissionDenied if address.is_ipv4() => {
                        "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n"
                            .to_owned()
                    }
                    why => format!("ping: connect: {why}\n"),
                }
                .as_str(),
            );
            return 2;
        }
        Ok(outcome) => outcome,
    };
    let name = call.canonical(wanted.host);
    title(call, &wanted, &name, address, source);
    let tally = listen(call, &wanted, first);
    statistics(call, &wanted, &name, tally)
}

/// The address that `-I` asks for, as the kernel allows it.
fn source(call: &mut Call<'_>, from: &str, towards: IpAddr) -> Result<IpAddr, Status> {
    let routing = call.node().map(|node| &node.stack.routing);
    let usual = routing.and_then(|routing| routing.source_for(towards));
    let Ok(address) = from.parse::<IpAddr>() else {
        if routing.is_some_and(|routing| routing.device(from).is_none()) {
            call.err(&format!("ping: SO_BINDTODEVICE {from}: No such device\n"));
            return Err(2);
        }
        return Err(call.not_modelled(&format!("-I {from}")));
    };
    if routing.is_some_and(|routing| !routing.is_local(address)) {
        call.err(&format!("ping: bind: {}\n", Errno::AddressNotAvailable));
        return Err(2);
    }
    if usual == Some(address) { Ok(address) } else { Err(call.not_modelled(&format!("-I {from}"))) }
}

fn title(call: &mut Call<'_>, wanted: &Wanted<'_>, name: &str, address: IpAddr, source: Option<IpAddr>) {
    let from = source.map_or_else(String::new, |source| format!("from {source} : "));
    let title = match address {
        IpAddr::V4(_) => format!("PING {name} ({address}) {from}56(84) bytes of data.\n"),
        IpAddr::V6(_) => format!("PING {name}({}) {from}56 data bytes\n", wanted.shown(call, address)),
    };
    call.out(&title);
}

/// What came back of all packets.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    received: u32,
    errors: u32,
}

/// Sends the packets behind the first, and prints what comes back of each.
fn listen(call: &mut Call<'_>, wanted: &Wanted<'_>, first: Outcome) -> Tally {
    let mut tally = Tally::default();
    let mut outcome = Some(first);
    for number in 1..=wanted.count() {
        if number > 1 {
            outcome = call.send_next();
        }
        match &outcome {
            Some(Outcome::Answered { reply, .. }) => {
                tally.received += 1;
                let (from, ttl) = (wanted.shown(call, reply.src), reply.ttl);
                tell(call, wanted, &format!("64 bytes from {from}: icmp_seq={number} ttl={ttl} time=0.000 ms\n"));
            }
            Some(Outcome::Rejected { reply, .. } | Outcome::Refused { reply, .. }) => {
                tally.errors += 1;
                let from = wanted.shown(call, reply.src);
                tell(call, wanted, &format!("From {from} icmp_seq={number} {}\n", error(reply)));
                if call.was_refused_by_output() && !wanted.is_quiet {
                    call.err("ping: sendmsg: Operation not permitted\n");
                }
            }
            _ if wanted.reports_outstanding && number < wanted.count() => {
                tell(call, wanted, &format!("no answer yet for icmp_seq={number}\n"));
            }
            _ => {}
        }
    }
    tally
}

fn tell(call: &mut Call<'_>, wanted: &Wanted<'_>, line: &str) {
    if !wanted.is_quiet {
        call.out(line);
    }
}

fn statistics(call: &mut Call<'_>, wanted: &Wanted<'_>, name: &str, Tally { received, errors }: Tally) -> Status {
    let count = wanted.count();
    if wanted.count.is_none() {
        call.out("^C");
    }
    let lost = (count - received) * 100 / count;
    let failed = if errors > 0 { format!(", +{errors} errors") } else { String::new() };
    let time = u64::from(count - 1) * wanted.interval;
    call.out(&format!(
        "\n--- {name} ping statistics ---\n{count} packets transmitted, {received} received{failed}, {lost}% packet \
         loss, time {time}ms\n"
    ));
    call.out(if received > 0 { "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms\n" } else { "\n" });
    call.remark(crate::message!("shell-no-time"));
    Status::from(received == 0)
}

impl Wanted<'_> {
    fn count(&self) -> u32 {
        self.count.unwrap_or(UNTIL_INTERRUPTED)
    }

    /// `pr_addr`: with the name that is known for the address, which `/etc/hosts` and cluster DNS have for few.
    fn shown(&self, call: &Call<'_>, address: IpAddr) -> String {
        if self.is_numeric || self.host.parse::<IpAddr>().is_ok() {
            return address.to_string();
        }
        let name = if address.is_loopback() && self.host == "localhost" {
            "localhost".to_owned()
        } else {
            call.name_behind(address).unwrap_or_else(|| address.to_string())
        };
        format!("{name} ({address})")
    }
}

/// `pr_icmph`
fn error(reply: &Packet) -> &'static str {
    let Transport::Icmp(icmp) = &reply.transport else {
        return "";
    };
    match (Family::of(reply.src), icmp.kind, icmp.code) {
        (Family::V4, 3, 0) => "Destination Net Unreachable",
        (Family::V4, 3, 1) => "Destination Host Unreachable",
        (Family::V4, 3, 2) => "Destination Protocol Unreachable",
        (Family::V4, 3, 3) => "Destination Port Unreachable",
        (Family::V4, 3, 9) => "Destination Net Prohibited",
        (Family::V4, 3, 10) => "Destination Host Prohibited",
        (Family::V4, 3, 13) => "Packet filtered",
        (Family::V4, 11, _) => "Time to live exceeded",
        (Family::V6, 1, 0) => "Destination unreachable: No route",
        (Family::V6, 1, 1) => "Destination unreachable: Administratively prohibited",
        (Family::V6, 1, 3) => "Destination unreachable: Address unreachable",
        (Family::V6, 1, 4) => "Destination unreachable: Port unreachable",
        (Family::V6, 3, _) => "Time exceeded: Hop limit",
        _ => "Destination Host Unreachable",
    }
}
