//! `dig` for the names of Services.

use super::Status;
use super::call::Call;
use super::sending::is_silent;
use crate::lab::{Dns, DnsData, DnsRecord};
use crate::net::{Endpoint, Protocol};

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let (mut name, mut kind, mut server, mut is_short, mut is_bare, mut searches) =
        (None, "A".to_owned(), None, false, false, false);
    let words: Vec<String> = call.words.to_vec();
    for word in &words {
        match word.as_str() {
            "+short" => is_short = true,
            "+noall" | "+answer" | "+noquestion" | "+nocomments" | "+nostats" | "+nocmd" => is_bare = true,
            "+search" => searches = true,
            "A" | "AAAA" | "SRV" | "CNAME" | "ANY" => kind.clone_from(word),
            "-t" => {}
            at if at.starts_with('@') => server = Some(at.trim_start_matches('@').to_owned()),
            other if other.starts_with(['+', '-']) => return call.not_modelled(other),
            other => name = Some(other.to_owned()),
        }
    }
    let Some(name) = name else {
        return call.not_modelled("dig without a name");
    };
    if let Some(server) = server {
        let Some(address) = call.resolve(&server) else {
            call.err(&format!("dig: couldn't get address for '{server}': not found\n"));
            return 10;
        };
        let outcome = call.send(Protocol::Udp, Endpoint::new(address, 53));
        let why = match &outcome {
            Ok(outcome) if is_silent(outcome) => Some("timed out"),
            Ok(crate::lab::Outcome::Answered { .. }) => None,
            _ => Some("connection refused"),
        };
        if let Some(why) = why {
            let line = format!(";; communications error to {address}#53: {why}\n");
            call.out(&format!(
                "{}\n; <<>> DiG 9.18 <<>> {}\n;; global options: +cmd\n;; no servers could be reached\n\n",
                line.repeat(3),
                words.join(" ")
            ));
            return 9;
        }
    }
    // Names without all of their parts take `+search`: dig does not use the list of resolv.conf by itself.
    let is_full = name.trim_end_matches('.').ends_with(".svc.cluster.local");
    let service = if is_full || searches { call.service_of(&name) } else { None };
    let Some(dns) = service.map(|service| Dns::of(&call.lab.cluster, service)) else {
        call.remark(crate::message!("shell-no-name", name = name));
        return 0;
    };
    let of_kind: Vec<&DnsRecord> =
        dns.records.iter().filter(|record| record.name == dns.name && is_of(&record.data, &kind)).collect();
    let mut text = String::new();
    for record in of_kind {
        let data = match &record.data {
            DnsData::Address(address) => address.to_string(),
            DnsData::Cname(target) => target.clone(),
            DnsData::Srv { weight, port, target } => format!("0 {weight} {port} {target}"),
        };
        let name = match &record.data {
            DnsData::Address(address) if address.is_ipv6() => "AAAA",
            DnsData::Address(_) => "A",
            DnsData::Cname(_) => "CNAME",
            DnsData::Srv { .. } => "SRV",
        };
        text.push_str(&if is_short {
            format!("{data}\n")
        } else {
            format!("{}\t5\tIN\t{name}\t{data}\n", record.name)
        });
    }
    call.out(&text);
    if !is_short && !is_bare {
        call.remark(crate::message!("shell-dig-answer"));
    }
    0
}

fn is_of(data: &DnsData, kind: &str) -> bool {
    match data {
        DnsData::Address(address) => {
            kind == "ANY" || (kind == "AAAA") == address.is_ipv6() && matches!(kind, "A" | "AAAA")
        }
        DnsData::Cname(_) => kind != "SRV",
        DnsData::Srv { .. } => matches!(kind, "SRV" | "ANY"),
    }
}
