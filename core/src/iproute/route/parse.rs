use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Attribute, Listing, NextHop, Route, RouteType};
use crate::iproute::lines::Lines;
use crate::message;
use crate::net::Family;
use crate::source::{Diagnostic, Words};

/// Reads a listing of one family or of both.
///
/// # Errors
/// The first line that cannot be one of it.
pub fn parse(text: &str) -> Result<Listing, Diagnostic> {
    let Lines { one_line, lines } = Lines::of(text);
    let mut routes: Vec<Route> = Vec::new();
    for (number, line) in lines {
        let mut words = Words::new(line, number);
        if line.starts_with([' ', '\t']) {
            let attributes = attributes(&mut words)?;
            let Some(route) = routes.last_mut() else {
                let advice = message!("advice-ip-route");
                return Err(words.error(0, message!("wrong-next-hop"), message!("expected-default"), advice));
            };
            route.next_hops.push(NextHop(attributes));
        } else {
            routes.push(route(&mut words, number)?);
        }
    }
    Ok(Listing { one_line, routes })
}

fn route(words: &mut Words<'_>, line: u32) -> Result<Route, Diagnostic> {
    let kind = words.peek().and_then(|word| RouteType::ALL.into_iter().find(|kind| kind.name() == word.text));
    if kind.is_some() {
        words.next();
    }
    let expected = || message!("expected-destination");
    let destination = words.require(expected())?;
    let prefix = match destination.text {
        "default" => None,
        text => Some(prefix(text).ok_or_else(|| words.unexpected(destination, expected()))?),
    };
    let attributes = attributes(words)?;
    let everything = |family| match family {
        Family::V4 => Ipv4Net::default().into(),
        Family::V6 => Ipv6Net::default().into(),
    };
    let prefix = prefix.unwrap_or_else(|| everything(default_family(&attributes)));
    Ok(Route { kind, prefix, attributes, next_hops: Vec::new(), line })
}

fn prefix(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| Some(text.parse::<IpAddr>().ok()?.into()))
}

/// `default` does not say its family. All routes of IPv6 have a preference, and only theirs have.
fn default_family(attributes: &[Attribute]) -> Family {
    let has_preference = attributes.iter().any(|attribute| matches!(attribute, Attribute::Pref(_)));
    let addresses = attributes.iter().find_map(|attribute| match attribute {
        Attribute::Src(address) | Attribute::Via(address) => Some(Family::of(*address)),
        _ => None,
    });
    if has_preference { Family::V6 } else { addresses.unwrap_or(Family::V4) }
}

fn attributes(words: &mut Words<'_>) -> Result<Vec<Attribute>, Diagnostic> {
    let mut attributes = Vec::new();
    // What an encapsulation says of its own source and destination is not the route's.
    let mut encapsulated = false;
    while let Some(word) = words.next() {
        encapsulated = (encapsulated || word.text == "encap") && !matches!(word.text, "via" | "dev");
        attributes.push(match word.text {
            text if encapsulated => Attribute::Kept(text.into()),
            "via" => {
                if words.peek().is_some_and(|word| matches!(word.text, "inet" | "inet6")) {
                    words.next();
                }
                Attribute::Via(words.read(message!("expected-gateway"))?)
            }
            "dev" => Attribute::Dev(words.require(message!("expected-device-name"))?.text.into()),
            "table" => Attribute::Table(words.require(message!("expected-routing-table"))?.text.into()),
            "proto" => Attribute::Proto(words.require(message!("expected-routing-protocol"))?.text.into()),
            "scope" => Attribute::Scope(words.require(message!("expected-scope"))?.text.into()),
            "src" => Attribute::Src(words.read(message!("expected-node-address"))?),
            "metric" => Attribute::Metric(words.read(message!("expected-number"))?),
            "pref" => Attribute::Pref(words.require(message!("expected-preference"))?.text.into()),
            text => Attribute::Kept(text.into()),
        });
    }
    Ok(attributes)
}
