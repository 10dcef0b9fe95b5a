//! `nc` of netcat-openbsd 1.219: whether somebody listens.

mod options;

use std::net::IpAddr;

use super::Status;
use super::call::Call;
use super::errno::Errno;
use super::sending::Met;
use crate::iptables::service_name;
use crate::net::{Endpoint, Protocol};
use options::{Port, Wanted};

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let wanted = match options::read(call, &words) {
        Ok(wanted) => wanted,
        Err(status) => return status,
    };
    let mut status = 1;
    for port in &wanted.ports {
        let addresses = match addresses(call, &wanted, *port) {
            Ok(addresses) => addresses,
            Err(status) => return status,
        };
        match connect_to_any(call, &wanted, *port, &addresses) {
            Knock::Open => status = 0,
            // `udptest`: only this undoes what an earlier port was good for.
            Knock::NoDatagrams => status = 1,
            Knock::Closed => {}
            Knock::End(status) => return status,
        }
        if status == 0 && !wanted.only_scans {
            break;
        }
    }
    status
}

fn addresses(call: &mut Call<'_>, wanted: &Wanted<'_>, port: Port) -> Result<Vec<IpAddr>, Status> {
    let is_name = wanted.host.parse::<IpAddr>().is_err();
    let found = match call.addresses_of(wanted.host, wanted.family) {
        Ok(_) if wanted.is_numeric && is_name => Err(super::sending::Unresolved::Unknown),
        found => found,
    };
    found.map_err(|why| {
        call.err(&format!("nc: getaddrinfo for host \"{}\" port {port}: {}\n", wanted.host, why.words()));
        1
    })
}

/// How it went with one port.
enum Knock {
    Open,
    Closed,
    /// A datagram came back as an error.
    NoDatagrams,
    End(Status),
}

fn connect_to_any(call: &mut Call<'_>, wanted: &Wanted<'_>, port: Port, addresses: &[IpAddr]) -> Knock {
    for address in addresses {
        let protocol = if wanted.is_udp { Protocol::Udp } else { Protocol::Tcp };
        if let Err(status) = bind(call, wanted, *address) {
            return Knock::End(status);
        }
        let met = call.connect(protocol, Endpoint::new(*address, port.0), wanted.source_port);
        let said = match met {
            Met::Unsendable(why) => format!("failed: {why}"),
            // A datagram is gone as soon as it is written; an answer shows only when the next one is.
            Met::Refused(_) if wanted.is_udp && wanted.is_verbose => return Knock::NoDatagrams,
            Met::Reached | Met::Silence | Met::Refused(_) if wanted.is_udp => {
                return succeed(call, wanted, port, *address);
            }
            Met::Reached => return succeed(call, wanted, port, *address),
            Met::Refused(why) => format!("failed: {why}"),
            Met::Silence => match wanted.seconds {
                Some(seconds) => {
                    let _ = call.lab.wait(seconds);
                    "timed out: Operation now in progress".to_owned()
                }
                None => {
                    call.err("^C\n");
                    call.remark(crate::message!("shell-interrupted"));
                    return Knock::End(130);
                }
            },
        };
        if wanted.is_verbose {
            let (place, name) = (place(wanted, *address), wanted.protocol_name());
            call.err(&format!("nc: connect to {place} port {port} ({name}) {said}\n"));
        }
    }
    Knock::Closed
}

/// `connection_info`
fn succeed(call: &mut Call<'_>, wanted: &Wanted<'_>, port: Port, address: IpAddr) -> Knock {
    if wanted.is_verbose {
        let protocol = if wanted.is_udp { Protocol::Udp } else { Protocol::Tcp };
        let service = service_name(port.0, protocol).filter(|_| !wanted.is_numeric).unwrap_or("*");
        let (place, name) = (place(wanted, address), wanted.protocol_name());
        call.err(&format!("Connection to {place} {port} port [{name}/{service}] succeeded!\n"));
    }
    Knock::Open
}

/// The host as it was written, with the address if that is another.
fn place(wanted: &Wanted<'_>, address: IpAddr) -> String {
    let (host, address) = (wanted.host, address.to_string());
    if host == address { address } else { format!("{host} ({address})") }
}

/// `-s`: the address must be one of the machine's.
fn bind(call: &mut Call<'_>, wanted: &Wanted<'_>, towards: IpAddr) -> Result<(), Status> {
    let Some(source) = wanted.source else {
        return Ok(());
    };
    let Some(routing) = call.node().map(|node| &node.stack.routing) else {
        return Err(call.not_modelled(&format!("-s {source}")));
    };
    if !routing.is_local(source) {
        call.err(&format!("nc: bind failed: {}\n", Errno::AddressNotAvailable));
        return Err(1);
    }
    if routing.source_for(towards) == Some(source) {
        return Ok(());
    }
    Err(call.not_modelled(&format!("-s {source}")))
}
