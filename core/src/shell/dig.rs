//! `dig` 9.18 for the names of Services.

mod reply;

use std::net::IpAddr;

use reply::{Question, Reply, Show};

use super::Status;
use super::call::Call;
use super::sending::is_silent;
use super::{Host, clock};
use crate::lab::{Dns, DnsData, DnsRecord, Outcome};
use crate::net::{Endpoint, Family, Protocol};

/// What dig has and the lab does not.
const KNOWN: [&str; 31] = [
    "aaflag",
    "adflag",
    "aaonly",
    "besteffort",
    "bufsize",
    "cdflag",
    "class",
    "crypto",
    "defname",
    "dnssec",
    "do",
    "domain",
    "expire",
    "fail",
    "identify",
    "idnin",
    "idnout",
    "ignore",
    "multiline",
    "ndots",
    "nsid",
    "nssearch",
    "onesoa",
    "rdflag",
    "recurse",
    "retry",
    "tcp",
    "time",
    "trace",
    "tries",
    "ttlid",
];
const USAGE: &str = "Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            \
    {global-d-opt} host [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\n\
    Use \"dig -h\" (or \"dig -h | more\") for complete list of options\n";
/// A place of kubeadm's choice in the range of Services, which the kubelets tell their pods.
const NAME_SERVER: usize = 9;

#[derive(Debug, Default)]
struct Asked {
    name: Option<String>,
    kind: Option<String>,
    server: Option<String>,
    searches: bool,
    show: Show,
}

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let asked = match read(call, &words) {
        Ok(asked) => asked,
        Err(status) => return status,
    };
    let Some(name) = asked.name else {
        return call.not_modelled("dig without a name");
    };
    let server = match &asked.server {
        Some(server) => match ask(call, server, &words) {
            Ok(address) => Some(address),
            Err(status) => return status,
        },
        // Nodes and machines outside ask others.
        None if !matches!(call.at.host, Host::Pod(_)) => None,
        None => name_server(call),
    };
    // Names without all of their parts take `+search`: dig does not use the list of resolv.conf by itself.
    let is_full = name.trim_end_matches('.').ends_with(".cluster.local");
    let found = server.and_then(|_| if is_full || asked.searches { call.service_of_cluster(&name) } else { None });
    let dns = found.map(|service| Dns::of(&call.lab.cluster, service));
    let (Some(server), true) = (server, is_full || dns.is_some()) else {
        if !(asked.show.is_short && asked.searches && server.is_some()) {
            call.remark(crate::message!("shell-no-name", name = name));
        }
        return 0;
    };
    let kind = asked.kind.unwrap_or_else(|| "A".to_owned());
    let full = dns.as_ref().map_or_else(|| format!("{}.", name.trim_end_matches('.')), |dns| dns.name.clone());
    let records = dns.map_or_else(Vec::new, |dns| dns.records);
    let own: Vec<_> = records.into_iter().filter(|record| record.name == full).collect();
    let exists = !own.is_empty();
    let answers = own.into_iter().filter(|record| is_of(&record.data, &kind)).collect();
    let question = Question { name: full, kind, words: words.join(" ") };
    let reply = Reply { question, exists, answers, server, now: clock::date(call.now()) };
    call.out(&reply.print(&asked.show));
    0
}

fn read(call: &mut Call<'_>, words: &[String]) -> Result<Asked, Status> {
    let mut asked = Asked::default();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "A" | "AAAA" | "SRV" | "CNAME" | "ANY" | "a" | "aaaa" | "srv" | "cname" | "any" => {
                asked.kind = Some(word.to_ascii_uppercase());
            }
            "IN" | "in" | "-4" | "-6" => {}
            "-t" => asked.kind = words.next().map(str::to_ascii_uppercase),
            "-q" => asked.name = words.next().map(str::to_owned),
            other => match (other.split_at(1), other.strip_prefix("+no")) {
                (("@", server), _) => asked.server = Some(server.to_owned()),
                (("+", option), _) if asked.show.set(option, true) => {}
                (("+", _), Some(option)) if asked.show.set(option, false) => {}
                (("+", "search"), _) => asked.searches = true,
                (("+", _), Some("search")) => asked.searches = false,
                (("+", option), negated) => {
                    let name = negated.unwrap_or(option).split('=').next().unwrap_or_default();
                    if KNOWN.contains(&name) {
                        return Err(call.not_modelled(other));
                    }
                    call.err(&format!("Invalid option: {other}\n{USAGE}"));
                    return Err(1);
                }
                (("-", _), _) => return Err(call.not_modelled(other)),
                _ => asked.name = Some(other.to_owned()),
            },
        }
    }
    Ok(asked)
}

/// Whom the resolv.conf of a pod names.
fn name_server(call: &Call<'_>) -> Option<IpAddr> {
    let cluster = &call.lab.cluster;
    let is_it = |name: &crate::k8s::NamespacedName| &*name.namespace == "kube-system" && &*name.name == "kube-dns";
    let written = cluster.services.iter().find(|service| is_it(&service.name));
    let assumed = || call.lab.assumptions.service_cidrs.first()?.hosts().nth(NAME_SERVER);
    written.and_then(|service| service.cluster_ips.first().copied()).or_else(assumed)
}

/// Sends the question. What a server answers is what cluster DNS knows.
fn ask(call: &mut Call<'_>, server: &str, words: &[String]) -> Result<IpAddr, Status> {
    let Some(address) = call.resolve(server) else {
        call.err(&format!("dig: couldn't get address for '{server}': not found\n"));
        return Err(10);
    };
    let why = match call.send(Protocol::Udp, Endpoint::new(address, 53)) {
        Ok(Outcome::Answered { .. }) => return Ok(address),
        Ok(outcome) if is_silent(&outcome) => "timed out",
        _ => "connection refused",
    };
    let line = format!(";; communications error to {address}#53: {why}\n");
    call.out(&format!("{}{};; no servers could be reached\n", line.repeat(3), reply::banner(&words.join(" "))));
    Err(9)
}

fn is_of(data: &DnsData, kind: &str) -> bool {
    match data {
        DnsData::Address(address) => {
            let own = if Family::of(*address) == Family::V4 { "A" } else { "AAAA" };
            kind == "ANY" || kind == own
        }
        DnsData::Cname(_) => kind != "SRV",
        DnsData::Srv { .. } => matches!(kind, "SRV" | "ANY"),
    }
}
