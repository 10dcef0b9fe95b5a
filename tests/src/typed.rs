//! What was typed into a real shell, and what the programs printed (`cases/shell`).

use std::path::{Path, PathBuf};

use datapath_core::lab::Lab;
use datapath_core::shell::{Location, Status};

/// A machine with nothing on it but its loopback, as a new network namespace is.
pub const EMPTY: &str = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    \
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       \
    valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       \
    valid_lft forever preferred_lft forever\n";

/// A command of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    pub command: String,
    pub printed: String,
    pub status: Status,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/shell")
}

/// The recording of a name.
///
/// # Panics
/// If there is none.
pub fn session(name: &str) -> Vec<Typed> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.session"))).expect("a recording");
    let mut typed: Vec<Typed> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            typed.push(Typed { command: command.to_owned(), printed: String::new(), status: 0 });
            continue;
        }
        let Some(last) = typed.last_mut() else { continue };
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|digits| digits.parse().ok()) {
            Some(status) => last.status = status,
            None => last.printed.extend([line, "\n"]),
        }
    }
    typed
}

/// A lab of a text, on its first node.
///
/// # Panics
/// If the text is refused.
pub fn open(text: &str) -> (Lab, Location) {
    let lab = Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let at = Location::first(&lab).expect("a node");
    (lab, at)
}
