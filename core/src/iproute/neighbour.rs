//! `ip neigh`: who has which hardware address.

use std::net::IpAddr;
use std::sync::Arc;

use crate::net::MacAddress;
use crate::netfilter::Neighbours;
use crate::source::{Diagnostic, Words};

/// An entry of the neighbour table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    pub address: IpAddr,
    pub device: Arc<str>,
    /// None for one that did not answer.
    pub mac: Option<MacAddress>,
}

/// The states that end a line (`NUD_*`); a line of no other listing does.
const STATES: [&str; 8] = ["PERMANENT", "NOARP", "REACHABLE", "STALE", "DELAY", "PROBE", "INCOMPLETE", "FAILED"];

/// Whether a line is one of the listing: one of `ip route` begins alike.
pub fn is_entry(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let begins = words.next().is_some_and(|address| address.parse::<IpAddr>().is_ok());
    begins && words.next_back().is_some_and(|state| STATES.contains(&state))
}

/// Reads a listing.
///
/// # Errors
/// The first line that cannot be one of it.
pub fn parse(text: &str) -> Result<Vec<Neighbour>, Diagnostic> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| entry(&mut Words::new(line, number))).collect()
}

fn entry(words: &mut Words<'_>) -> Result<Neighbour, Diagnostic> {
    let first = words.require("an address")?;
    let address = first.text.parse().map_err(|_| words.unexpected(first, "an address"))?;
    let (mut device, mut mac) = (None, None);
    while let Some(word) = words.next() {
        match word.text {
            "dev" => device = Some(words.require("the name of a device")?.text.into()),
            "lladdr" => {
                let expected = "a hardware address such as 02:42:ac:11:00:02";
                let word = words.require(expected)?;
                mac = Some(word.text.parse().map_err(|_| words.unexpected(word, expected))?);
            }
            _ => {}
        }
    }
    match device {
        Some(device) => Ok(Neighbour { address, device, mac }),
        None => Err(words.unexpected(first, "an entry with `dev` and the name of a device")),
    }
}

/// The table that a listing tells.
pub fn install(listed: &[Neighbour]) -> Neighbours {
    let mut neighbours = Neighbours::default();
    for Neighbour { address, device, mac } in listed {
        if let Some(mac) = mac {
            neighbours.insert(device.clone(), *address, *mac);
        }
    }
    neighbours
}
