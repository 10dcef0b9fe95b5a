use std::fmt;
use std::net::IpAddr;

use crate::iptables::service_port;
use crate::net::{Family, Protocol};
use crate::shell::Status;
use crate::shell::call::Call;
use crate::shell::getopt::{Argument, Given, Options, parse};

const USAGE: &str = include_str!("usage.txt");
/// What `nc -h` prints behind it.
const HELP: &str = include_str!("help.txt");

/// How many ports are tried in a row.
const MOST: u16 = 100;

/// All that it takes; what the lab does not heed is refused below.
const OPTIONS: &Options = &[
    ('4', "", Argument::None),
    ('6', "", Argument::None),
    ('b', "", Argument::None),
    ('C', "", Argument::None),
    ('D', "", Argument::None),
    ('d', "", Argument::None),
    ('F', "", Argument::None),
    ('h', "", Argument::None),
    ('I', "", Argument::Required),
    ('i', "", Argument::Required),
    ('k', "", Argument::None),
    ('l', "", Argument::None),
    ('M', "", Argument::Required),
    ('m', "", Argument::Required),
    ('N', "", Argument::None),
    ('n', "", Argument::None),
    ('O', "", Argument::Required),
    ('P', "", Argument::Required),
    ('p', "", Argument::Required),
    ('q', "", Argument::Required),
    ('r', "", Argument::None),
    ('S', "", Argument::None),
    ('s', "", Argument::Required),
    ('T', "", Argument::Required),
    ('t', "", Argument::None),
    ('U', "", Argument::None),
    ('u', "", Argument::None),
    ('V', "", Argument::Required),
    ('v', "", Argument::None),
    ('W', "", Argument::Required),
    ('w', "", Argument::Required),
    ('X', "", Argument::Required),
    ('x', "", Argument::Required),
    ('Z', "", Argument::None),
    ('z', "", Argument::None),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port(pub u16);

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'w> {
    pub host: &'w str,
    /// In the order in which they are tried.
    pub ports: Vec<Port>,
    pub family: Option<Family>,
    pub is_udp: bool,
    pub is_verbose: bool,
    pub is_numeric: bool,
    /// `-z`
    pub only_scans: bool,
    /// How long it waits for an answer; without end if nothing says so.
    pub seconds: Option<u64>,
    pub source_port: Option<u16>,
    pub source: Option<IpAddr>,
}

impl Wanted<'_> {
    pub const fn protocol_name(&self) -> &'static str {
        if self.is_udp { "udp" } else { "tcp" }
    }
}

/// What was asked for, or how it ends at once.
pub(super) fn read<'w>(call: &mut Call<'_>, words: &'w [String]) -> Result<Wanted<'w>, Status> {
    let given = parse(words, OPTIONS).map_err(|bad| {
        call.err(&format!("nc: {bad}\n{USAGE}"));
        1
    })?;
    let mut wanted = Wanted::default();
    let mut places = Vec::new();
    let listens = given.contains(&Given::Option('l', None));
    for given in given {
        match given {
            Given::Option('l', _) => {}
            Given::Option(letter, value) => read_option(call, &mut wanted, letter, value.unwrap_or_default())?,
            Given::Word(word) => places.push(word),
        }
    }
    if listens {
        return Err(match (wanted.only_scans, places.is_empty() && wanted.source_port.is_none()) {
            (true, _) => refuse(call, "cannot use -z and -l"),
            (false, true) => refuse(call, "missing port number"),
            (false, false) => call.not_modelled("-l"),
        });
    }
    match places.as_slice() {
        [] => {
            call.err(USAGE);
            Err(1)
        }
        [_] => Err(refuse(call, "missing port number")),
        [host, ports @ ..] => {
            wanted.host = host;
            for text in ports {
                wanted.ports.extend(ports_of(call, text, wanted.is_udp)?);
            }
            Ok(wanted)
        }
    }
}

fn read_option(call: &mut Call<'_>, wanted: &mut Wanted<'_>, letter: char, value: &str) -> Result<(), Status> {
    match letter {
        '4' => wanted.family = Some(Family::V4),
        '6' => wanted.family = Some(Family::V6),
        'n' => wanted.is_numeric = true,
        'u' => wanted.is_udp = true,
        'v' => wanted.is_verbose = true,
        'z' => wanted.only_scans = true,
        // How it ends where there is nothing to read.
        'd' | 'N' | 'q' => {}
        'p' => {
            let port = value.parse().ok();
            wanted.source_port = Some(port.ok_or_else(|| call.not_modelled(&format!("-p {value}")))?);
        }
        's' => {
            let address = value.parse().ok();
            wanted.source = Some(address.ok_or_else(|| call.not_modelled(&format!("-s {value}")))?);
        }
        'w' => match value.parse::<i64>() {
            Ok(seconds @ 0..) => wanted.seconds = u64::try_from(seconds).ok(),
            Ok(_) => return Err(refuse(call, &format!("timeout too small: {value}"))),
            Err(_) => return Err(refuse(call, &format!("timeout invalid: {value}"))),
        },
        'h' => {
            call.err(&format!("OpenBSD netcat (Debian patchlevel 1.219-1)\n{USAGE}{HELP}"));
            return Err(0);
        }
        other => return Err(call.not_modelled(&format!("-{other}"))),
    }
    Ok(())
}

fn refuse(call: &mut Call<'_>, what: &str) -> Status {
    call.err(&format!("nc: {what}\n"));
    1
}

/// `build_ports`: a range, a service's name, or a number.
fn ports_of(call: &mut Call<'_>, text: &str, is_udp: bool) -> Result<Vec<Port>, Status> {
    let protocol = if is_udp { Protocol::Udp } else { Protocol::Tcp };
    if let Some(port) = service_port(text, protocol) {
        return Ok(vec![Port(port)]);
    }
    match text.split_once('-') {
        Some((low, high)) => {
            let (low, high) = (number(call, low)?, number(call, high)?);
            if low.abs_diff(high) >= MOST {
                return Err(call.not_modelled(text));
            }
            Ok((low.min(high)..=low.max(high)).map(Port).collect())
        }
        None => Ok(vec![Port(number(call, text)?)]),
    }
}

/// `strtoport`
fn number(call: &mut Call<'_>, text: &str) -> Result<u16, Status> {
    let why = match text.parse::<i64>() {
        Ok(number @ 1..=65_535) => return u16::try_from(number).map_err(|_| 1),
        Ok(number) if number > 0 => "too large",
        Ok(_) => "too small",
        Err(_) => "invalid",
    };
    Err(refuse(call, &format!("port number {why}: {text}")))
}
