use super::*;
use crate::net::{Endpoint, Icmp, Packet, TcpFlags, Transport};

const DST: SetDirection = SetDirection::Dst;
const SRC: SetDirection = SetDirection::Src;

fn sets(text: &str) -> IpSets {
    let mut sets = IpSets::default();
    restore(&mut sets, text, false, 0).unwrap();
    sets
}

fn end(text: &str) -> Endpoint {
    let (address, port) = text.rsplit_once(':').unwrap();
    Endpoint::new(address.parse().unwrap(), port.parse().unwrap())
}

fn tcp(src: &str, dst: &str) -> Skb {
    Skb::sent(Packet::tcp(end(src), end(dst), TcpFlags::SYN))
}

#[test]
fn a_cluster_ip_is_found_by_address_protocol_and_port() {
    let mut sets = sets("create C hash:ip,port\nadd C 10.96.0.1,tcp:80\nadd C 10.96.0.1,udp:53\n");
    let mut ask = |skb: &Skb| sets.test("C", &[DST, DST], skb, 0);
    assert_eq!(ask(&tcp("10.244.0.1:999", "10.96.0.1:80")), Membership::Present);
    assert_eq!(ask(&tcp("10.244.0.1:999", "10.96.0.1:53")), Membership::Absent);
    assert_eq!(ask(&tcp("10.96.0.1:80", "10.244.0.1:80")), Membership::Absent);
    let udp = Skb::sent(Packet::udp(end("10.244.0.1:999"), end("10.96.0.1:53")));
    assert_eq!(ask(&udp), Membership::Present);
    assert_eq!(sets.key("C", &[DST, DST], &udp), "10.96.0.1,udp:53");
}

#[test]
fn fewer_directions_than_dimensions_never_match() {
    let mut sets = sets("create C hash:ip,port\nadd C 10.96.0.1,tcp:80\n");
    assert_eq!(sets.test("C", &[DST], &tcp("10.0.0.1:1", "10.96.0.1:80"), 0), Membership::Absent);
    assert_eq!(sets.test("D", &[DST], &tcp("10.0.0.1:1", "10.96.0.1:80"), 0), Membership::NoSuchSet);
}

#[test]
fn a_bitmap_of_ports_knows_tcp_and_udp_only() {
    let mut sets = sets("create N bitmap:port range 0-65535\nadd N 30080\n");
    let sctp = Skb::sent(Packet::sctp(end("10.0.0.9:1"), end("10.0.0.1:30080"), 0, Vec::new()));
    assert_eq!(sets.test("N", &[DST], &sctp, 0), Membership::Absent);
    assert_eq!(sets.test("N", &[DST], &tcp("10.0.0.9:1", "10.0.0.1:30080"), 0), Membership::Present);
    assert_eq!(sets.test("N", &[SRC], &tcp("10.0.0.9:30080", "10.0.0.1:1"), 0), Membership::Present);
}

#[test]
fn the_longest_prefix_decides_and_may_be_an_exception() {
    let mut sets =
        sets("create S hash:ip,port,net\nadd S 1.1.1.1,tcp:80,10.0.0.0/8\nadd S 1.1.1.1,tcp:80,10.1.0.0/16 nomatch\n");
    let directions = [DST, DST, SRC];
    assert_eq!(sets.test("S", &directions, &tcp("10.9.0.1:1", "1.1.1.1:80"), 0), Membership::Present);
    assert_eq!(sets.test("S", &directions, &tcp("10.1.0.1:1", "1.1.1.1:80"), 0), Membership::Excepted);
    assert_eq!(sets.test("S", &directions, &tcp("11.0.0.1:1", "1.1.1.1:80"), 0), Membership::Absent);
}

#[test]
fn icmp_has_its_type_and_code_for_a_port() {
    let mut sets = sets("create P hash:ip,port\nadd P 10.0.0.1,icmp:echo-request\n");
    let icmp = Transport::Icmp(Icmp { kind: 8, code: 0, id: 7, cause: None });
    let ping = Skb::sent(Packet::new("10.0.0.2".parse().unwrap(), "10.0.0.1".parse().unwrap(), icmp, 8));
    assert_eq!(sets.test("P", &[DST, DST], &ping, 0), Membership::Present);
}

#[test]
fn a_list_asks_its_members_in_turn() {
    let mut sets = sets("create A hash:ip\ncreate B hash:ip\ncreate L list:set\nadd L A\nadd L B\nadd B 10.0.0.1\n");
    assert_eq!(sets.test("L", &[DST], &tcp("10.0.0.2:1", "10.0.0.1:1"), 0), Membership::Present);
    assert_eq!(sets.test("L", &[SRC], &tcp("10.0.0.2:1", "10.0.0.1:1"), 0), Membership::Absent);
    assert_eq!(sets.destroy("A"), Err(SetError::InUse("A".into())));
}

#[test]
fn elements_expire() {
    let mut sets = sets("create T hash:ip timeout 10\nadd T 10.0.0.1\nadd T 10.0.0.3 timeout 0\n");
    let skb = tcp("10.0.0.2:1", "10.0.0.1:1");
    assert_eq!(sets.test("T", &[DST], &skb, 9), Membership::Present);
    assert_eq!(sets.test("T", &[DST], &skb, 10), Membership::Absent);
    assert_eq!(sets.test("T", &[DST], &tcp("10.0.0.2:1", "10.0.0.3:1"), 1000), Membership::Present);
}

#[test]
fn errors_are_the_tool_s() {
    let check = |text: &str, expected: &str| {
        let mut sets = IpSets::default();
        let error = restore(&mut sets, text, false, 0).unwrap_err();
        assert_eq!(format!("{} {}", error.position, error.message), expected);
    };
    check("create a hash:ip\ncreate a hash:ip\n", "2:8 Set cannot be created: set with the same name already exists");
    check("create z hash:foo", "1:10 Syntax error: typename 'hash:foo' is unknown");
    check("add zz 1.1.1.1", "1:5 The set with the given name does not exist");
    check("create a hash:ip,port\nadd a 1.2.3.4", "2:7 Syntax error: Second element is missing from 1.2.3.4.");
    check(
        "create a hash:ip\nadd a 300.1.1.1",
        "2:7 Syntax error: cannot parse 300.1.1.1: resolving to IPv4 address failed",
    );
    check("create a hash:ip maxelem 1\nadd a 1.1.1.1\nadd a 1.1.1.2", "3:7 Hash is full, cannot add more elements");
    check("create y hash:ip foo 3", "1:18 Unknown argument: `foo'");
    check("destroy zz", "1:9 The set with the given name does not exist");
}

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../tests/cases/tools/ipset/", $name))
    };
}

#[test]
fn lists_as_the_real_tool_but_for_the_size_in_memory() {
    let sets = sets(recorded!("save.txt"));
    let mut tables = crate::iptables::Tables::new(crate::net::Family::V4);
    crate::iptables::restore(&mut tables, recorded!("rules.v4"), false).unwrap();
    let printed = |detail| list(&sets, detail, |name| tables.references_to_set(name), 0);
    let without_size = |text: &str| -> String {
        text.split_inclusive('\n').filter(|line| !line.starts_with("Size in memory: ")).collect()
    };
    assert_eq!(printed(Detail::Members), without_size(recorded!("list.txt")));
    assert_eq!(printed(Detail::Members), without_size(recorded!("list-plain.txt")));
    assert_eq!(printed(Detail::Header), without_size(recorded!("list-terse.txt")));
    assert_eq!(printed(Detail::Name), recorded!("list-names.txt"));
    assert_eq!(save(&sets, 0), recorded!("save.txt"));
}
