use std::fmt;
use std::str::FromStr;

use crate::controllers::Action;
use crate::lab::{Client, Packets, Target, command, parse_command};
use crate::netfilter::Seconds;
use crate::proxy::Mode;
use crate::shell::{self, Location};

/// Something that was done to a lab, which a line of text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A connection was opened and its first packet sent, or two of them at once. Client and target by the words that they print.
    Send {
        client: String,
        target: String,
        /// The source port; none for the next one.
        port: Option<u16>,
        packets: Packets,
    },
    /// The next packet of the open connection was sent.
    Next,
    /// The open TCP connection was closed.
    Close,
    /// Something was done to the cluster. Its line is that of [`command`].
    Act(Action),
    Wait(Seconds),
    /// A line was typed in a shell.
    Type {
        at: Location,
        line: String,
    },
}

/// A line that says no deed that this version knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDeed(pub String);

const SEND: &str = "send ";
const TWICE: &str = "twice ";
const FROM_PORT: &str = " from port ";
const TO: &str = " -> ";
const NEXT: &str = "next";
const CLOSE: &str = "close";
const SLEEP: &str = "sleep ";
const SHELL: &str = "shell ";

impl Deed {
    pub fn send(client: &Client, target: &Target) -> Self {
        Self::send_from(client, target, None, Packets::One)
    }

    pub fn send_from(client: &Client, target: &Target, port: Option<u16>, packets: Packets) -> Self {
        Self::Send { client: client.to_string(), target: target.to_string(), port, packets }
    }

    /// How often it does something to the cluster or its nodes, but to send packets or to wait, as far as its words say.
    pub fn actions(&self) -> usize {
        match self {
            Self::Act(_) => 1,
            Self::Type { line, .. } => shell::actions(line),
            Self::Send { .. } | Self::Next | Self::Close | Self::Wait(_) => 0,
        }
    }

    /// Whether it is to send packets.
    pub const fn sends(&self) -> bool {
        matches!(self, Self::Send { .. } | Self::Next)
    }

    /// Client and target, if it opened a connection.
    pub fn between(&self) -> Option<(&str, &str)> {
        match self {
            Self::Send { client, target, .. } => Some((client, target)),
            Self::Next | Self::Close | Self::Act(_) | Self::Wait(_) | Self::Type { .. } => None,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { client, target, port, packets } => {
                let twice = if *packets == Packets::TwoAtOnce { TWICE } else { "" };
                let from = port.map(|port| format!("{FROM_PORT}{port}")).unwrap_or_default();
                write!(f, "{SEND}{twice}{client}{from}{TO}{target}")
            }
            Self::Next => f.write_str(NEXT),
            Self::Close => f.write_str(CLOSE),
            Self::Act(action) => f.write_str(&command(action)),
            Self::Wait(seconds) => write!(f, "{SLEEP}{seconds}"),
            Self::Type { at, line } => {
                // As one word of a shell, whatever is in it.
                let line = line.replace('\'', r"'\''");
                write!(f, "{SHELL}{} {} '{line}'", at.mode, at.host)
            }
        }
    }
}

impl FromStr for Deed {
    type Err = UnknownDeed;

    fn from_str(line: &str) -> Result<Self, UnknownDeed> {
        let unknown = || UnknownDeed(line.to_owned());
        if let Some((client, target)) = line.strip_prefix(SEND).and_then(|rest| rest.split_once(TO)) {
            let (client, port) = match client.rsplit_once(FROM_PORT) {
                Some((client, port)) => (client, Some(port.parse().map_err(|_| unknown())?)),
                None => (client, None),
            };
            let (client, packets) = match client.strip_prefix(TWICE) {
                Some(client) => (client, Packets::TwoAtOnce),
                None => (client, Packets::One),
            };
            return Ok(Self::Send { client: client.to_owned(), target: target.to_owned(), port, packets });
        }
        if let Some(seconds) = line.strip_prefix(SLEEP) {
            return seconds.parse().map(Self::Wait).map_err(|_| unknown());
        }
        if line.starts_with(SHELL) {
            return typed(line).ok_or_else(unknown);
        }
        match line {
            NEXT => Ok(Self::Next),
            CLOSE => Ok(Self::Close),
            command => parse_command(command).map(Self::Act).ok_or_else(unknown),
        }
    }
}

fn typed(text: &str) -> Option<Deed> {
    let [_, mode, host, line] = <[String; 4]>::try_from(shlex::split(text)?).ok()?;
    let mode = Mode::ALL.into_iter().find(|known| known.to_string() == mode)?;
    Some(Deed::Type { at: Location { mode, host: host.parse().ok()? }, line })
}
