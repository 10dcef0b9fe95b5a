//! `dig` for the names of Services.

use super::Status;
use super::call::Call;
use super::sending::is_silent;
use crate::lab::{Dns, DnsData, DnsRecord, Outcome};
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
    if let Some(server) = server
        && let Err(status) = ask(call, &server, &words)
    {
        return status;
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
    let text: String = of_kind.into_iter().map(|record| line(record, is_short)).collect();
    call.out(&text);
    if !is_short && !is_bare {
        call.remark(crate::message!("shell-dig-answer"));
    }
    0
}

/// Sends the question. What a server answers is what cluster DNS knows.
fn ask(call: &mut Call<'_>, server: &str, words: &[String]) -> Result<(), Status> {
    let Some(address) = call.resolve(server) else {
        call.err(&format!("dig: couldn't get address for '{server}': not found\n"));
        return Err(10);
    };
    let why = match call.send(Protocol::Udp, Endpoint::new(address, 53)) {
        Ok(Outcome::Answered { .. }) => return Ok(()),
        Ok(outcome) if is_silent(&outcome) => "timed out",
        _ => "connection refused",
    };
    let line = format!(";; communications error to {address}#53: {why}\n");
    call.out(&format!(
        "{}\n; <<>> DiG 9.18 <<>> {}\n;; global options: +cmd\n;; no servers could be reached\n\n",
        line.repeat(3),
        words.join(" ")
    ));
    Err(9)
}

fn line(DnsRecord { name, data }: &DnsRecord, is_short: bool) -> String {
    /// What kubeadm writes into CoreDNS's configuration.
    const TTL: u32 = 30;
    let (kind, text) = match data {
        DnsData::Address(address) if address.is_ipv6() => ("AAAA", address.to_string()),
        DnsData::Address(address) => ("A", address.to_string()),
        DnsData::Cname(target) => ("CNAME", target.clone()),
        DnsData::Srv { weight, port, target } => ("SRV", format!("0 {weight} {port} {target}")),
    };
    if is_short { format!("{text}\n") } else { format!("{name}\t{TTL}\tIN\t{kind}\t{text}\n") }
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
