//! `curl` 7.88.1, as far as the connection.

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};
use super::sending::{Unsent, is_silent, refusal};
use crate::lab::{Outcome, Place};
use crate::message;
use crate::net::{Endpoint, Protocol};

const OPTIONS: &Options = &[
    ('s', "silent", Argument::None),
    ('S', "show-error", Argument::None),
    ('v', "verbose", Argument::None),
    ('m', "max-time", Argument::Required),
    ('\u{1}', "connect-timeout", Argument::Required),
    ('k', "insecure", Argument::None),
    ('4', "ipv4", Argument::None),
    ('6', "ipv6", Argument::None),
    ('L', "location", Argument::None),
    ('f', "fail", Argument::None),
    ('o', "output", Argument::Required),
    ('H', "header", Argument::Required),
    ('g', "globoff", Argument::None),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, OPTIONS) else {
        return call.not_modelled(&words.join(" "));
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    let value = |wanted| {
        given.iter().find_map(|given| match given {
            Given::Option(letter, value) if *letter == wanted => *value,
            _ => None,
        })
    };
    let is_quiet = has('s') && !has('S');
    let mut fail = |call: &mut Call<'_>, status: Status, text: &str| {
        if !is_quiet {
            call.err(&format!("curl: ({status}) {text}\n"));
        }
        status
    };
    let Some(url) = given.iter().find_map(|given| if let Given::Word(word) = given { Some(*word) } else { None })
    else {
        call.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
        return 2;
    };
    let Some((host, port)) = parts(url) else {
        return fail(call, 3, "URL using bad/illegal format or missing URL");
    };
    let Some(address) = call.resolve(host) else {
        return fail(call, 6, &format!("Could not resolve host: {host}"));
    };
    let destination = Endpoint::new(address, port);
    if has('v') {
        call.err(&format!("*   Trying {destination}...\n"));
    }
    let outcome = match call.send(Protocol::Tcp, destination) {
        Ok(outcome) => outcome,
        Err(Unsent::NoRoute) => Outcome::NoRoute { place: Place::Outside },
    };
    let Some(why) = refusal(&outcome) else {
        if has('v') {
            call.err(&format!("* Connected to {host} ({address}) port {port} (#0)\n"));
            call.err(&format!("> GET / HTTP/1.1\n> Host: {host}\n> User-Agent: curl/7.88.1\n> Accept: */*\n> \n"));
        }
        return request(call);
    };
    if is_silent(&outcome) {
        return silence(call, host, port, value('m'), value('\u{1}'), &mut fail);
    }
    if has('v') {
        call.err(&format!("* connect to {address} port {port} failed: {why}\n"));
        call.err(&format!("* Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server\n"));
        call.err("* Closing connection 0\n");
    }
    fail(call, 7, &format!("Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server"))
}

/// Host and port of a URL.
fn parts(url: &str) -> Option<(&str, u16)> {
    let (default, rest) = match url.split_once("://") {
        Some(("http", rest)) => (80, rest),
        Some(("https", rest)) => (443, rest),
        Some(_) => return None,
        None => (80, url),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.starts_with('[') {
        let end = authority.find(']')?;
        let (host, rest) = authority.split_at(end + 1);
        let port = if rest.is_empty() { default } else { rest.strip_prefix(':')?.parse().ok()? };
        return Some((host.trim_matches(['[', ']']), port));
    }
    match authority.split_once(':') {
        Some((host, port)) if !host.is_empty() => Some((host, port.parse().ok()?)),
        None if !authority.is_empty() => Some((authority, default)),
        _ => None,
    }
}

/// The request on the open connection. What servers send back is theirs: the lab has none of it.
fn request(call: &mut Call<'_>) -> Status {
    match call.send_next() {
        Some(Outcome::Answered { server, request, .. }) => {
            let server = call.name_of(&server);
            call.remark(message!("shell-answered", server = server, address = request.src.to_string()));
            0
        }
        _ => {
            call.remark(message!("shell-no-answer"));
            call.err("^C\n");
            130
        }
    }
}

fn silence(
    call: &mut Call<'_>,
    host: &str,
    port: u16,
    most: Option<&str>,
    to_connect: Option<&str>,
    fail: &mut impl FnMut(&mut Call<'_>, Status, &str) -> Status,
) -> Status {
    match (most, to_connect) {
        (_, Some(seconds)) => {
            let seconds = pass(call, seconds);
            fail(
                call,
                28,
                &format!("Failed to connect to {host} port {port} after {seconds}000 ms: Timeout was reached"),
            )
        }
        (Some(seconds), None) => {
            let seconds = pass(call, seconds);
            fail(call, 28, &format!("Connection timed out after {seconds}000 milliseconds"))
        }
        (None, None) => {
            call.err("^C\n");
            call.remark(message!("shell-interrupted"));
            130
        }
    }
}

/// Lets the time pass for which the program waits. The lab's clock counts whole seconds.
fn pass(call: &mut Call<'_>, seconds: &str) -> u64 {
    let whole = seconds.split('.').next().and_then(|digits| digits.parse().ok()).unwrap_or(1).clamp(1, 600);
    let _ = call.lab.wait(whole);
    whole
}

impl Call<'_> {
    /// What a place is called.
    pub fn name_of(&self, place: &Place) -> String {
        let network = self.at.lane(self.lab).and_then(|lane| self.lab.lanes.get(lane)).map(|lane| &lane.network);
        match place {
            Place::Pod(address) => network
                .and_then(|network| network.pods.get(address))
                .map_or_else(|| address.to_string(), |pod| pod.name.to_string()),
            Place::Process(node) => {
                network.and_then(|network| network.node_names.get(*node)).map_or_else(String::new, ToString::to_string)
            }
            Place::Outside => "outside".to_owned(),
            Place::Behind(device) => device.to_string(),
        }
    }
}
