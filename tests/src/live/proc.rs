//! What IPVS tells under `/proc/net` (`ip_vs_info_seq_show`, `ip_vs_conn_seq_show`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::thread::sleep;
use std::time::Duration;
use std::{fs, io};

use datapath_core::net::Endpoint;

use crate::kernel::{Balance, Entry};

/// The tables of the namespace of the calling thread, once no connection is about to end.
///
/// # Errors
/// The kernel's, or a line that is not as it should be.
pub fn balance() -> io::Result<Balance> {
    /// Timers run at the kernel's next tick; more than one may be due.
    const TICKS: u32 = 50;
    for _ in 0..TICKS {
        let connections = connections()?;
        if connections.iter().all(|entry| entry.expires_in > 0) {
            return Ok(Balance { servers: servers()?, connections });
        }
        sleep(Duration::from_millis(10));
    }
    Ok(Balance { servers: servers()?, connections: connections()? })
}

fn connections() -> io::Result<Vec<Entry>> {
    let text = fs::read_to_string("/proc/thread-self/net/ip_vs_conn")?;
    let mut entries =
        text.lines().skip(1).map(|line| connection(line).ok_or_else(|| odd(line))).collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

fn odd(line: &str) -> io::Error {
    io::Error::other(format!("not a line as IPVS writes them: {line:?}"))
}

fn connection(line: &str) -> Option<Entry> {
    let mut words = line.split_whitespace();
    let protocol = words.next()?;
    let mut end = || Some(Endpoint::new(address(words.next()?)?, port(words.next()?)?));
    let (client, mut virtual_end, real) = (end()?, end()?, end()?);
    // The template of a mark has it for its address, which of IPv6 it is the beginning.
    if let (IpAddr::V6(address), "IP") = (virtual_end.address, protocol) {
        virtual_end.address = Ipv4Addr::from_bits((address.to_bits() >> 96) as u32).into();
    }
    let state = words.next()?;
    let expires_in = words.next()?.parse().ok()?;
    Some(Entry { text: format!("{protocol} {client} {virtual_end} {real} {state}"), expires_in })
}

fn servers() -> io::Result<Vec<String>> {
    let text = fs::read_to_string("/proc/thread-self/net/ip_vs")?;
    let mut services: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().skip(3) {
        if let Some(server) = line.strip_prefix("  -> ") {
            let (_, servers) = services.last_mut().ok_or_else(|| odd(line))?;
            servers.push(self::server(server).ok_or_else(|| odd(line))?);
        } else {
            services.push((service(line).ok_or_else(|| odd(line))?, Vec::new()));
        }
    }
    services.sort();
    let lines = services
        .into_iter()
        .flat_map(|(service, servers)| servers.into_iter().map(move |server| format!("{service} -> {server}")));
    Ok(lines.collect())
}

fn service(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, key, scheduler) = (words.next()?, words.next()?, words.next()?);
    if kind == "FWM" {
        return Some(format!("FWM {} {scheduler}", u32::from_str_radix(key, 16).ok()?));
    }
    Some(format!("{kind} {} {scheduler}", endpoint(key)?))
}

fn server(line: &str) -> Option<String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [real, rest @ ..] = words.as_slice() else {
        return None;
    };
    Some(format!("{} {}", endpoint(real)?, rest.join(" ")))
}

/// `0A60000A:0050`, `[fd96:0000:0000:0000:0000:0000:0000:0010]:0050`
fn endpoint(text: &str) -> Option<Endpoint> {
    let (address, port) = text.rsplit_once(':')?;
    Some(Endpoint::new(self::address(address)?, self::port(port)?))
}

fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    u32::from_str_radix(text, 16).ok().map(|bits| Ipv4Addr::from_bits(bits).into())
}

fn port(text: &str) -> Option<u16> {
    u16::from_str_radix(text, 16).ok()
}
