use std::fmt::Write;
use std::hash::BuildHasher;
use std::net::IpAddr;

use super::{DnsData, DnsRecord};
use crate::fixed_hash::FixedState;

/// What kubeadm writes into CoreDNS's configuration, in seconds.
const TTL: u32 = 30;
/// The zone of which CoreDNS says that it is the authority.
const ZONE: &str = "cluster.local.";

/// What is printed of a reply (`dig_lookup`).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "dig's display flags, each independent")]
pub(super) struct Show {
    pub is_short: bool,
    command: bool,
    comments: bool,
    question: bool,
    answer: bool,
    authority: bool,
    additional: bool,
    stats: bool,
    cookie: bool,
    edns: bool,
}

impl Default for Show {
    fn default() -> Self {
        Self {
            is_short: false,
            command: true,
            comments: true,
            question: true,
            answer: true,
            authority: true,
            additional: true,
            stats: true,
            cookie: true,
            edns: true,
        }
    }
}

impl Show {
    /// Whether there is such an option.
    pub fn set(&mut self, option: &str, to: bool) -> bool {
        match option {
            "short" => self.is_short = to,
            "cmd" => self.command = to,
            "comments" => self.comments = to,
            "question" => self.question = to,
            "answer" => self.answer = to,
            "authority" => self.authority = to,
            "additional" => self.additional = to,
            "stats" => self.stats = to,
            "cookie" => self.cookie = to,
            "edns" => self.edns = to,
            "all" => {
                for flag in [
                    &mut self.command,
                    &mut self.comments,
                    &mut self.question,
                    &mut self.answer,
                    &mut self.authority,
                    &mut self.additional,
                    &mut self.stats,
                ] {
                    *flag = to;
                }
            }
            _ => return false,
        }
        true
    }
}

/// What was asked of whom (`printgreeting`).
pub(super) fn banner(words: &str) -> String {
    let found = if words.split(' ').any(|word| word.starts_with('@')) { "; (1 server found)\n" } else { "" };
    format!("\n; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> {words}\n{found};; global options: +cmd\n")
}

#[derive(Debug)]
pub(super) struct Question {
    /// With the dot at its end.
    pub name: String,
    pub kind: String,
    /// What stands behind `dig` on the command line.
    pub words: String,
}

/// What CoreDNS answers, of which dig prints parts.
#[derive(Debug)]
pub(super) struct Reply {
    pub question: Question,
    /// Whether the name has a record of any kind.
    pub exists: bool,
    pub answers: Vec<DnsRecord>,
    pub server: IpAddr,
    /// The time as dig prints it.
    pub now: String,
}

impl Reply {
    pub fn print(&self, show: &Show) -> String {
        let mut out = String::new();
        if show.is_short {
            self.answers.iter().for_each(|record| out.extend([&*data(&record.data).1, "\n"]));
            return out;
        }
        let Question { name, kind, words } = &self.question;
        if show.command {
            out.push_str(&banner(words));
        }
        if show.comments {
            self.head(show, &mut out);
        }
        let records = |records: Vec<String>| records.concat();
        let answers: Vec<_> = self.answers.iter().map(record).collect();
        let authority = if answers.is_empty() { vec![authority()] } else { Vec::new() };
        let question = aligned(&format!(";{name}"), &[(32, "IN"), (40, kind)]);
        for (is_shown, title, text) in [
            (show.question, "QUESTION", question),
            (show.answer, "ANSWER", records(answers)),
            (show.authority, "AUTHORITY", records(authority)),
        ] {
            if is_shown && !text.is_empty() {
                if show.comments {
                    let _ = writeln!(out, ";; {title} SECTION:");
                }
                out.push_str(&text);
                if show.comments {
                    out.push('\n');
                }
            }
        }
        if show.stats {
            let transport = if kind == "ANY" { "TCP" } else { "UDP" };
            let (server, size, now) = (self.server, self.size(show), &self.now);
            let _ = writeln!(
                out,
                ";; Query time: 0 msec\n;; SERVER: {server}#53({server}) ({transport})\n;; WHEN: {now}\n\
                 ;; MSG SIZE  rcvd: {size}\n"
            );
        }
        out
    }

    /// `printmessage`
    fn head(&self, show: &Show, out: &mut String) {
        let status = if self.exists { "NOERROR" } else { "NXDOMAIN" };
        let (answers, authorities) = (self.answers.len(), usize::from(self.answers.is_empty()));
        // Drawn at random by the real one.
        let drawn = FixedState::default().hash_one((&self.question.name, &self.question.kind, &self.now));
        let _ = writeln!(
            out,
            ";; Got answer:\n;; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens \
             when an mDNS query is leaked to DNS\n;; ->>HEADER<<- opcode: QUERY, status: {status}, id: {}\n;; flags: qr \
             aa rd; QUERY: 1, ANSWER: {answers}, AUTHORITY: {authorities}, ADDITIONAL: {}\n;; WARNING: recursion \
             requested but not available\n",
            drawn & 0xffff,
            u8::from(show.edns)
        );
        if show.edns && show.additional {
            out.push_str(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n");
            if show.cookie {
                let _ = writeln!(out, "; COOKIE: {drawn:016x} (echoed)");
            }
        }
    }

    /// Bytes of the message, which CoreDNS does not compress while it is short.
    fn size(&self, show: &Show) -> usize {
        const HEAD: usize = 12;
        const OF_QUESTION: usize = 4;
        const OF_RECORD: usize = 10;
        const OPTIONS: usize = 11;
        const COOKIE: usize = 12;
        const NUMBERS_OF_SOA: usize = 20;
        let answers = self.answers.iter().map(|record| wire(&record.name) + OF_RECORD + data(&record.data).0);
        let authority = match self.answers.as_slice() {
            [] => {
                wire(ZONE)
                    + OF_RECORD
                    + wire("ns.dns.cluster.local.")
                    + wire("hostmaster.cluster.local.")
                    + NUMBERS_OF_SOA
            }
            _ => 0,
        };
        let options = if show.edns { OPTIONS + if show.cookie { COOKIE } else { 0 } } else { 0 };
        HEAD + wire(&self.question.name) + OF_QUESTION + answers.sum::<usize>() + authority + options
    }
}

/// Bytes of a name with the dot at its end.
const fn wire(name: &str) -> usize {
    name.len() + 1
}

/// The bytes of a record's data, and its text.
fn data(data: &DnsData) -> (usize, String) {
    match data {
        DnsData::Address(address @ IpAddr::V4(_)) => (4, address.to_string()),
        DnsData::Address(address @ IpAddr::V6(_)) => (16, address.to_string()),
        DnsData::Cname(target) => (wire(target), target.clone()),
        DnsData::Srv { weight, port, target } => (6 + wire(target), format!("0 {weight} {port} {target}")),
    }
}

fn record(DnsRecord { name, data: held }: &DnsRecord) -> String {
    let kind = match held {
        DnsData::Address(IpAddr::V4(_)) => "A",
        DnsData::Address(IpAddr::V6(_)) => "AAAA",
        DnsData::Cname(_) => "CNAME",
        DnsData::Srv { .. } => "SRV",
    };
    line(name, kind, &data(held).1)
}

/// The zone's own record, which stands for what is not there (`SOA` of CoreDNS's backend_lookup.go). Its serial is the
/// time of the last change, which the lab does not keep.
fn authority() -> String {
    line(ZONE, "SOA", &format!("ns.dns.{ZONE} hostmaster.{ZONE} 0 7200 1800 86400 {TTL}"))
}

fn line(name: &str, kind: &str, data: &str) -> String {
    aligned(name, &[(24, &TTL.to_string()), (32, "IN"), (40, kind), (48, data)])
}

/// A line whose fields begin at these columns, or behind one blank where they are taken (`indent` of BIND's masterdump.c).
fn aligned(first: &str, fields: &[(usize, &str)]) -> String {
    const TAB: usize = 8;
    let (mut line, mut at) = (first.to_owned(), first.len());
    for (column, text) in fields {
        let to = (at + 1).max(*column);
        let tabs = to / TAB - at / TAB;
        let blanks = if tabs > 0 { to % TAB } else { to - at };
        line.extend(std::iter::repeat_n('\t', tabs).chain(std::iter::repeat_n(' ', blanks)).chain(text.chars()));
        at = to + text.len();
    }
    line.push('\n');
    line
}
