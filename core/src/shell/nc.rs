//! `nc` of netcat-openbsd 1.219: whether somebody listens.

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};
use super::sending::{is_silent, refusal};
use crate::iptables::service_name;
use crate::net::{Endpoint, Protocol};

const OPTIONS: &Options = &[
    ('z', "", Argument::None),
    ('v', "", Argument::None),
    ('u', "", Argument::None),
    ('n', "", Argument::None),
    ('4', "", Argument::None),
    ('6', "", Argument::None),
    ('w', "", Argument::Required),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let Ok(given) = parse(&words, OPTIONS) else {
        return call.not_modelled(&words.join(" "));
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    let places: Vec<&str> =
        given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None }).collect();
    let [host, port] = places.as_slice() else {
        return call.not_modelled("nc without a host and a port");
    };
    let Ok(number) = port.parse::<u16>() else {
        call.err(&format!("nc: port number invalid: {port}\n"));
        return 1;
    };
    let Some(address) = call.resolve(host) else {
        call.err(&format!("nc: getaddrinfo for host \"{host}\" port {port}: Name or service not known\n"));
        return 1;
    };
    let (protocol, name) = if has('u') { (Protocol::Udp, "udp") } else { (Protocol::Tcp, "tcp") };
    let outcome = call.send(protocol, Endpoint::new(address, number));
    let why = match &outcome {
        Ok(outcome) => refusal(outcome),
        Err(_) => Some("Network is unreachable"),
    };
    let is_lost = outcome.as_ref().is_ok_and(is_silent);
    match why {
        None => {
            let service = service_name(number, protocol).filter(|_| !has('n')).unwrap_or("*");
            if has('v') {
                call.err(&format!("Connection to {host} {port} port [{name}/{service}] succeeded!\n"));
            }
            0
        }
        Some(_) if is_lost => {
            let limit =
                given.iter().find_map(|given| if let Given::Option('w', value) = given { *value } else { None });
            match limit.and_then(|text| text.parse().ok()) {
                Some(seconds) => {
                    let _ = call.lab.wait(seconds);
                    if has('v') {
                        call.err(&format!(
                            "nc: connect to {host} port {port} ({name}) timed out: Operation now in progress\n"
                        ));
                    }
                    1
                }
                None => {
                    call.err("^C\n");
                    call.remark(crate::message!("shell-interrupted"));
                    130
                }
            }
        }
        Some(why) => {
            if has('v') {
                call.err(&format!("nc: connect to {host} port {port} ({name}) failed: {why}\n"));
            }
            1
        }
    }
}
