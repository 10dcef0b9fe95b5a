//! `ip neigh`: who has which hardware address.

use std::net::IpAddr;
use std::sync::Arc;

use crate::message;
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
    /// What stands between: `router`, `proxy` and the like.
    pub flags: Vec<String>,
    /// Empty if the line does not say it.
    pub state: String,
}

/// How it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    pub is_brief: bool,
    /// Left out where one device was asked for.
    pub with_device: bool,
}

impl Neighbour {
    /// One that no packet has to ask for.
    pub fn permanent(device: &Arc<str>, address: IpAddr, mac: MacAddress) -> Self {
        Self { address, device: device.clone(), mac: Some(mac), flags: Vec::new(), state: "PERMANENT".to_owned() }
    }

    /// A line of the listing (`print_neigh`, `print_neigh_brief`).
    pub fn line(&self, form: Form) -> String {
        let mac = self.mac.map(|mac| mac.to_string());
        if form.is_brief {
            let device = if form.with_device { format!("{:<16} ", self.device) } else { String::new() };
            return format!("{:<39} {device}{}\n", self.address.to_string(), mac.unwrap_or_default());
        }
        let mut words = vec![self.address.to_string()];
        if form.with_device {
            words.push(format!("dev {}", self.device));
        }
        words.extend(mac.map(|mac| format!("lladdr {mac}")));
        words.extend(self.flags.iter().cloned());
        words.push(self.state.clone());
        words.join(" ") + " \n"
    }
}

/// The states that end a line (`NUD_*`); a line of no other listing does.
pub const STATES: [&str; 8] = ["PERMANENT", "NOARP", "REACHABLE", "STALE", "DELAY", "PROBE", "INCOMPLETE", "FAILED"];

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
    let first = words.require(message!("expected-address"))?;
    let address = first.text.parse().map_err(|_| words.unexpected(first, message!("expected-address")))?;
    let (mut device, mut mac, mut flags, mut state) = (None, None, Vec::new(), String::new());
    while let Some(word) = words.next() {
        match word.text {
            "dev" => device = Some(words.require(message!("expected-device-name"))?.text.into()),
            "lladdr" => {
                let expected = || message!("expected-hardware-address");
                let word = words.require(expected())?;
                mac = Some(word.text.parse().map_err(|_| words.unexpected(word, expected()))?);
            }
            // Of statistics (`ip -s neigh`).
            "used" | "probes" | "ref" => drop(words.next()),
            known if STATES.contains(&known) => known.clone_into(&mut state),
            flag => flags.push(flag.to_owned()),
        }
    }
    match device {
        Some(device) => Ok(Neighbour { address, device, mac, flags, state }),
        None => Err(words.unexpected(first, message!("expected-neighbour"))),
    }
}

/// The table that a listing tells.
pub fn install(listed: &[Neighbour]) -> Neighbours {
    let mut neighbours = Neighbours::default();
    for Neighbour { address, device, mac, .. } in listed {
        if let Some(mac) = mac {
            neighbours.insert(device.clone(), *address, *mac);
        }
    }
    neighbours
}
