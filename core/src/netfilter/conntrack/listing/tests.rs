use super::*;

const LIST: &str = include_str!("../../../../../tests/cases/tools/conntrack/list.txt");

fn listed(table: &Conntrack, now: Seconds) -> Vec<String> {
    let mut lines: Vec<_> = Listing::of(table, now).to_string().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_restored_table_lists_what_it_was_read_from() {
    let listing = parse(LIST).unwrap();
    let mut table = Conntrack::default();
    let passed_over = listing.restore(&mut table, 1000);
    let lines: Vec<_> = passed_over.iter().map(|diagnostic| diagnostic.position.line).collect();
    let kept = listing.entries.iter().filter(|entry| !lines.contains(&entry.line));
    // Counters, time stamps and states of SCTP are said in the listing only.
    let comparable = kept.filter(|entry| {
        entry.original.counters.is_none()
            && entry.facts.iter().all(|fact| matches!(fact, Fact::Mark(_) | Fact::Zone(_) | Fact::Use(_)))
            && !matches!(entry.state, Some(State::Kept(_)))
    });
    let mut expected: Vec<_> = comparable.map(|entry| entry.to_string()).collect();
    expected.sort();
    let mut listed = listed(&table, 1000);
    assert_eq!(table.count(), listing.entries.len() - lines.len());
    listed.retain(|line| expected.contains(line));
    assert_eq!(listed, expected);
    assert!(expected.len() > 12, "only {} entries", expected.len());
}

#[test]
fn what_the_table_cannot_hold_is_said() {
    let mut table = Conntrack::default();
    let said = parse(LIST).unwrap().restore(&mut table, 0);
    let said: Vec<_> = said.iter().map(|diagnostic| diagnostic.message.to_string()).collect();
    for part in ["ICMP type 13", "GRE keys", "no ports of protocol 136"] {
        assert!(said.iter().any(|message| message.contains(part)), "{part}: {said:?}");
    }
    assert_eq!(said.len(), 3, "{said:?}");
}

#[test]
fn a_restored_nat_connection_translates_replies() {
    let text = "tcp      6 86399 ESTABLISHED src=10.244.1.5 dst=10.96.0.10 sport=40000 dport=80 src=10.244.2.9 \
                dst=10.244.1.5 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n";
    let mut table = Conntrack::default();
    assert!(parse(text).unwrap().restore(&mut table, 5).is_empty());
    let entry = table.entries().next().unwrap();
    assert!(entry.status.dst_nat && !entry.status.src_nat && entry.status.seen_reply && entry.status.confirmed);
    assert_eq!(entry.expires, 86404);
    assert_eq!(entry.backend().unwrap().to_string(), "10.244.2.9:8080");
}

#[test]
fn errors_are_located() {
    let cases = [
        ("tcp      6 10 ESTABLISHED src=10.0.0.1 dst=10.0.0 sport=1", "1:40", "dst= with an address"),
        ("\ntcp 6 10 GONE src=10.0.0.1", "2:10", "a state such as ESTABLISHED"),
        ("tcp 6 10 SYN_SENT src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2", "1:60", "src= with an address"),
        ("udp 17 10 src=10.0.0.1 dst=fd00::1 src=10.0.0.1 dst=10.0.0.2", "1:11", "four addresses of one family"),
        ("udp seventeen 10", "1:5", "the number of the protocol"),
        ("    [NEW] udp      17 30 src=10.0.0.1", "1:5", "a protocol such as tcp, or ipv4 and ipv6 before it"),
    ];
    for (text, place, expected) in cases {
        let errors = parse(text).unwrap_err();
        assert_eq!(
            (errors[0].position.to_string().as_str(), &*errors[0].expected.to_string()),
            (place, expected),
            "{text}"
        );
    }
}
