use std::net::IpAddr;

use super::url::Url;
use crate::net::Family;
use crate::shell::Status;
use crate::shell::call::Call;

/// All long options (`curl --help all`), and the letters.
const NAMES: &str = include_str!("names.txt");
const LETTERS: &str = "#:012346aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwxXyYzZ";

/// Those that the lab heeds, or that make no difference to a connection: letter, name, and whether a value follows. Those
/// without a letter have one that nobody can type.
const HEEDED: [(char, &str, bool); 25] = [
    ('s', "silent", false),
    ('S', "show-error", false),
    ('v', "verbose", false),
    ('m', "max-time", true),
    ('\u{1}', "connect-timeout", true),
    ('k', "insecure", false),
    ('4', "ipv4", false),
    ('6', "ipv6", false),
    ('L', "location", false),
    ('f', "fail", false),
    ('\u{2}', "fail-with-body", false),
    ('o', "output", true),
    ('H', "header", true),
    ('g', "globoff", false),
    ('I', "head", false),
    ('i', "include", false),
    ('X', "request", true),
    ('A', "user-agent", true),
    ('w', "write-out", true),
    ('N', "no-buffer", false),
    ('\u{3}', "resolve", true),
    ('\u{4}', "local-port", true),
    ('\u{5}', "interface", true),
    ('\u{6}', "url", true),
    ('\u{7}', "http1.1", false),
];

#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'w> {
    pub urls: Vec<&'w str>,
    pub is_verbose: bool,
    pub shows_errors: bool,
    /// Whether the table of progress would be shown: what is received goes elsewhere than to the terminal.
    pub shows_meter: bool,
    pub family: Option<Family>,
    /// In milliseconds.
    pub longest: Option<u64>,
    pub longest_to_connect: Option<u64>,
    /// `-w`
    pub format: &'w str,
    pub resolves: Vec<(&'w str, u16, IpAddr)>,
    pub local_port: Option<u16>,
    pub source: Option<IpAddr>,
    only_head: bool,
    request: Option<&'w str>,
    agent: Option<&'w str>,
    headers: Vec<&'w str>,
    is_silent: bool,
    with_error: bool,
    to_file: bool,
}

impl Wanted<'_> {
    /// A line of `-v`.
    pub fn tell(&self, call: &mut Call<'_>, line: &str) {
        if self.is_verbose {
            call.err(&format!("* {line}\n"));
        }
    }

    pub fn resolved(&self, host: &str, port: u16) -> Option<IpAddr> {
        let is_it = |entry: &&(&str, u16, IpAddr)| entry.0 == host && entry.1 == port;
        self.resolves.iter().find(is_it).map(|(_, _, address)| *address)
    }

    pub fn method(&self) -> &str {
        self.request.unwrap_or(if self.only_head { "HEAD" } else { "GET" })
    }

    /// `Curl_http`: headers of one's own take the place of those that it would send, or come last.
    pub fn request(&self, url: &Url<'_>) -> String {
        let own = |name: &str| self.headers.iter().any(|header| name_of(header).eq_ignore_ascii_case(name));
        let mut text = format!("> {} {} HTTP/1.1\n", self.method(), url.path);
        let host = self.headers.iter().find(|header| name_of(header).eq_ignore_ascii_case("Host"));
        match host.and_then(|header| header.split_once(':')) {
            Some((_, value)) => text.push_str(&format!("> Host: {}\n", value.trim_start())),
            None => text.push_str(&format!("> Host: {}\n", url.authority())),
        }
        if !own("User-Agent") && self.agent != Some("") {
            text.push_str(&format!("> User-Agent: {}\n", self.agent.unwrap_or("curl/7.88.1")));
        }
        if !own("Accept") {
            text.push_str("> Accept: */*\n");
        }
        for header in self.headers.iter().filter(|header| !name_of(header).eq_ignore_ascii_case("Host")) {
            match (header.split_once(':'), header.strip_suffix(';')) {
                (Some((_, value)), _) if value.trim().is_empty() => {}
                (Some(_), _) => text.push_str(&format!("> {header}\n")),
                // A header without a value ends with a semicolon.
                (None, Some(name)) => text.push_str(&format!("> {name}:\n")),
                (None, None) => {}
            }
        }
        text + "> \n"
    }
}

fn name_of(header: &str) -> &str {
    header.split([':', ';']).next().unwrap_or_default()
}

/// What was asked for, or how it ends at once.
pub(super) fn read<'w>(call: &mut Call<'_>, words: &'w [String]) -> Result<Wanted<'w>, Status> {
    let mut wanted = Wanted::default();
    if words.is_empty() {
        return Err(usage(call, None));
    }
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) {
            let (letter, _, has_value) = find_long(call, word, long)?;
            let value = value(call, word, "", has_value, &mut words)?;
            wanted.set(call, word, letter, value)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            for (at, letter) in letters.char_indices() {
                let has_value = find_letter(call, word, letter)?;
                let rest = &letters[at + letter.len_utf8()..];
                let value = value(call, word, rest, has_value, &mut words)?;
                wanted.set(call, word, letter, value)?;
                if has_value {
                    break;
                }
            }
        } else if word == "-" {
            return Err(usage(call, Some("option -: is unknown")));
        } else {
            wanted.urls.push(word);
        }
    }
    if wanted.urls.is_empty() {
        return Err(usage(call, Some("no URL specified!")));
    }
    if wanted.urls.len() > 1 && wanted.is_verbose {
        return Err(call.not_modelled("-v with several URLs"));
    }
    wanted.shows_errors = !wanted.is_silent || wanted.with_error;
    wanted.shows_meter = wanted.to_file && !wanted.is_silent;
    Ok(wanted)
}

fn usage(call: &mut Call<'_>, why: Option<&str>) -> Status {
    if let Some(why) = why {
        call.err(&format!("curl: {why}\n"));
    }
    call.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
    2
}

/// `getparameter`: any beginning will do that only one option has.
fn find_long(call: &mut Call<'_>, word: &str, long: &str) -> Result<(char, &'static str, bool), Status> {
    let exact = NAMES.lines().find(|name| *name == long);
    let mut beginnings = NAMES.lines().filter(|name| name.starts_with(long));
    let name = match (exact, beginnings.next(), beginnings.next()) {
        (Some(name), ..) | (None, Some(name), None) => name,
        (None, Some(_), Some(_)) => return Err(usage(call, Some(&format!("option {word}: is ambiguous")))),
        (None, None, _) if long.starts_with("no-") => return Err(call.not_modelled(word)),
        (None, None, _) => return Err(usage(call, Some(&format!("option {word}: is unknown")))),
    };
    HEEDED.into_iter().find(|(_, known, _)| *known == name).ok_or_else(|| call.not_modelled(word))
}

/// Whether a value follows.
fn find_letter(call: &mut Call<'_>, word: &str, letter: char) -> Result<bool, Status> {
    match HEEDED.iter().find(|(known, ..)| *known == letter) {
        Some((_, _, has_value)) => Ok(*has_value),
        None if LETTERS.contains(letter) => Err(call.not_modelled(&format!("-{letter}"))),
        None => Err(usage(call, Some(&format!("option {word}: is unknown")))),
    }
}

fn value<'w>(
    call: &mut Call<'_>,
    word: &str,
    rest: &'w str,
    is_there: bool,
    words: &mut impl Iterator<Item = &'w str>,
) -> Result<&'w str, Status> {
    match (is_there, rest) {
        (false, _) => Ok(""),
        (true, "") => words.next().ok_or_else(|| usage(call, Some(&format!("option {word}: requires parameter")))),
        (true, rest) => Ok(rest),
    }
}

impl<'w> Wanted<'w> {
    fn set(&mut self, call: &mut Call<'_>, word: &str, letter: char, value: &'w str) -> Result<(), Status> {
        match letter {
            's' => self.is_silent = true,
            'S' => self.with_error = true,
            'v' => self.is_verbose = true,
            'm' => self.longest = milliseconds(call, word, value)?,
            '\u{1}' => self.longest_to_connect = milliseconds(call, word, value)?,
            '4' => self.family = Some(Family::V4),
            '6' => self.family = Some(Family::V6),
            'o' if value == "-" => {}
            'o' if value == "/dev/null" => self.to_file = true,
            'o' => return Err(call.not_modelled(&format!("-o {value}"))),
            'H' => self.headers.push(value),
            'I' => self.only_head = true,
            'X' => self.request = Some(value),
            'A' => self.agent = Some(value),
            'w' if value.starts_with('@') => return Err(call.not_modelled(&format!("-w {value}"))),
            'w' => self.format = value,
            '\u{3}' => {
                let entry = resolve(value).ok_or_else(|| call.not_modelled(&format!("--resolve {value}")))?;
                self.resolves.push(entry);
            }
            '\u{4}' => match value.parse() {
                Ok(port) => self.local_port = Some(port),
                Err(_) if value.contains('-') => return Err(call.not_modelled(&format!("--local-port {value}"))),
                Err(_) => return Err(usage(call, Some(&format!("option {word}: is badly used here")))),
            },
            '\u{5}' => {
                let address = value.parse().ok().filter(IpAddr::is_ipv4);
                self.source = Some(address.ok_or_else(|| call.not_modelled(&format!("--interface {value}")))?);
            }
            '\u{6}' => self.urls.push(value),
            _ => {}
        }
        Ok(())
    }
}

/// `HOST:PORT:ADDRESS`
fn resolve(text: &str) -> Option<(&str, u16, IpAddr)> {
    let mut parts = text.splitn(3, ':');
    let (host, port) = (parts.next()?, parts.next()?.parse().ok()?);
    let address = parts.next()?.trim_matches(['[', ']']).parse().ok()?;
    Some((host, port, address))
}

/// `secs2ms`; 0 is without end.
fn milliseconds(call: &mut Call<'_>, word: &str, text: &str) -> Result<Option<u64>, Status> {
    let why = match text.parse::<f64>() {
        Ok(seconds) if seconds < 0.0 => "expected a positive numerical parameter",
        Ok(seconds) if seconds <= 86_400.0 => return Ok(Some((seconds * 1000.0) as u64).filter(|limit| *limit > 0)),
        Ok(_) => return Err(call.not_modelled(&format!("{word} {text}"))),
        Err(_) => "expected a proper numerical parameter",
    };
    Err(usage(call, Some(&format!("option {word}: {why}"))))
}
