use super::MOST;
use crate::net::Family;
use crate::shell::Status;
use crate::shell::call::Call;
use crate::shell::getopt::{Argument, Given, Options, parse};

/// `ping -h` and what is printed of a wrong option.
const USAGE: &str = include_str!("usage.txt");

/// All that it takes; what the lab does not heed is refused below.
const OPTIONS: &Options = &[
    ('4', "", Argument::None),
    ('6', "", Argument::None),
    ('a', "", Argument::None),
    ('A', "", Argument::None),
    ('b', "", Argument::None),
    ('B', "", Argument::None),
    ('c', "", Argument::Required),
    ('C', "", Argument::None),
    ('d', "", Argument::None),
    ('D', "", Argument::None),
    ('e', "", Argument::Required),
    ('f', "", Argument::None),
    ('F', "", Argument::Required),
    ('h', "", Argument::None),
    ('i', "", Argument::Required),
    ('I', "", Argument::Required),
    ('l', "", Argument::Required),
    ('L', "", Argument::None),
    ('m', "", Argument::Required),
    ('M', "", Argument::Required),
    ('n', "", Argument::None),
    ('N', "", Argument::Required),
    ('O', "", Argument::None),
    ('p', "", Argument::Required),
    ('q', "", Argument::None),
    ('Q', "", Argument::Required),
    ('r', "", Argument::None),
    ('R', "", Argument::None),
    ('s', "", Argument::Required),
    ('S', "", Argument::Required),
    ('t', "", Argument::Required),
    ('T', "", Argument::Required),
    ('U', "", Argument::None),
    ('v', "", Argument::None),
    ('V', "", Argument::None),
    ('w', "", Argument::Required),
    ('W', "", Argument::Required),
];

#[derive(Clone, Debug)]
pub(super) struct Wanted<'w> {
    pub host: &'w str,
    pub family: Option<Family>,
    /// None: until somebody interrupts it.
    pub count: Option<u32>,
    /// In milliseconds.
    pub interval: u64,
    pub from: Option<&'w str>,
    pub is_quiet: bool,
    pub is_numeric: bool,
    /// `-O`
    pub reports_outstanding: bool,
}

/// What was asked for, or how it ends at once.
pub(super) fn read<'w>(call: &mut Call<'_>, words: &'w [String]) -> Result<Wanted<'w>, Status> {
    let given = parse(words, OPTIONS).map_err(|bad| {
        call.err(&format!("ping: {bad}\n{USAGE}"));
        2
    })?;
    let mut wanted = Wanted {
        host: "",
        family: None,
        count: None,
        interval: 1000,
        from: None,
        is_quiet: false,
        is_numeric: false,
        reports_outstanding: false,
    };
    let mut hosts = Vec::new();
    for given in given {
        match given {
            Given::Option(letter, value) => read_option(call, &mut wanted, letter, value.unwrap_or_default())?,
            Given::Word(word) => hosts.push(word),
        }
    }
    match hosts.as_slice() {
        [] => {
            call.err("ping: usage error: Destination address required\n");
            Err(1)
        }
        [host] => Ok(Wanted { host, ..wanted }),
        _ => Err(call.not_modelled("several hosts")),
    }
}

fn read_option<'w>(call: &mut Call<'_>, wanted: &mut Wanted<'w>, letter: char, value: &'w str) -> Result<(), Status> {
    match letter {
        '4' | '6' if wanted.family.is_some() => {
            call.err("ping: only one -4 or -6 option may be specified\n");
            return Err(2);
        }
        '4' => wanted.family = Some(Family::V4),
        '6' => wanted.family = Some(Family::V6),
        'c' => wanted.count = Some(count(call, value)?),
        'i' => wanted.interval = milliseconds(call, 'i', value)?,
        'I' => wanted.from = Some(value),
        'n' => wanted.is_numeric = true,
        'O' => wanted.reports_outstanding = true,
        'q' => wanted.is_quiet = true,
        // No packet of the lab's comes late.
        'W' => drop(milliseconds(call, 'W', value)?),
        // There is no bell, and what a packet may not be split for is larger.
        'a' | 'U' => {}
        'V' => {
            call.out(include_str!("version.txt"));
            return Err(0);
        }
        'h' => {
            call.err(USAGE);
            return Err(2);
        }
        other => return Err(call.not_modelled(&format!("-{other}"))),
    }
    Ok(())
}

/// `strtol_or_err`
fn count(call: &mut Call<'_>, text: &str) -> Result<u32, Status> {
    match text.parse::<i64>() {
        Ok(count) if count > i64::from(MOST) => Err(call.not_modelled(&format!("-c {text}"))),
        Ok(count @ 1..) => Ok(u32::try_from(count).unwrap_or(MOST)),
        Ok(_) => {
            call.err(&format!("ping: invalid argument: '{text}': out of range: 1 <= value <= {}\n", i64::MAX));
            Err(1)
        }
        Err(_) => {
            call.err(&format!("ping: invalid argument: '{text}'\n"));
            Err(1)
        }
    }
}

fn milliseconds(call: &mut Call<'_>, letter: char, text: &str) -> Result<u64, Status> {
    let number = text.parse::<f64>().ok().filter(|seconds| (0.0..=3600.0).contains(seconds));
    number.map(|seconds| (seconds * 1000.0) as u64).ok_or_else(|| call.not_modelled(&format!("-{letter} {text}")))
}
