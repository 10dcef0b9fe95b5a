use super::*;
use crate::net::{Endpoint, Packet, SctpChunk, TcpFlags};
use crate::netfilter::{CtLink, Seconds};

fn end(number: u32) -> Endpoint {
    Endpoint::new(std::net::Ipv4Addr::from_bits(0x0a00_0000 + (number >> 8)).into(), 1000 + (number & 0xff) as u16)
}

fn udp(number: u32) -> Packet {
    Packet::udp(end(number), Endpoint::new([10, 96, 0, 10].into(), 53))
}

fn enter(table: &mut Conntrack, packet: &Packet, now: Seconds) -> Option<CtLink> {
    match table.track(packet, Zone::USUAL, now) {
        Tracked::Created(link) => (table.confirm(link, now) == Confirmed::Entered).then_some(link),
        Tracked::Found(link) => Some(link),
        _ => None,
    }
}

fn state(table: &Conntrack, link: CtLink) -> &'static str {
    table.get(link.id).and_then(|entry| entry.progress.state()).unwrap_or("gone")
}

/// The walk of RFC 9260, figure 3, and what `/proc/net/nf_conntrack` says of it.
#[test]
fn an_sctp_association_is_opened_and_shut_down() {
    let (client, server) = (end(1), end(2));
    let mut table = Conntrack::default();
    let walk = [
        (true, 0, SctpChunk::Init { tag: 7 }, "CLOSED", 10, false),
        (false, 7, SctpChunk::InitAck { tag: 9 }, "COOKIE_WAIT", 3, false),
        (true, 9, SctpChunk::CookieEcho, "COOKIE_ECHOED", 3, false),
        (false, 7, SctpChunk::CookieAck, "ESTABLISHED", 210, true),
        (true, 9, SctpChunk::Data, "ESTABLISHED", 210, true),
        (false, 7, SctpChunk::Shutdown, "SHUTDOWN_RECD", 3, true),
        (true, 9, SctpChunk::ShutdownAck, "SHUTDOWN_ACK_SENT", 3, true),
        (false, 7, SctpChunk::ShutdownComplete { reflected: false }, "CLOSED", 10, true),
    ];
    for (from_client, tag, chunk, expected, lifetime, assured) in walk {
        let (src, dst) = if from_client { (client, server) } else { (server, client) };
        let link = enter(&mut table, &Packet::sctp(src, dst, tag, vec![chunk]), 5).expect("a valid packet");
        let entry = table.get(link.id).unwrap();
        assert_eq!((state(&table, link), entry.expires), (expected, 5 + lifetime), "{chunk}");
        assert_eq!(entry.status.assured, assured, "{chunk}");
    }
}

#[test]
fn an_sctp_packet_with_a_wrong_tag_belongs_to_nothing() {
    let (client, server) = (end(1), end(2));
    let mut table = Conntrack::default();
    let link = enter(&mut table, &Packet::sctp(client, server, 0, vec![SctpChunk::Init { tag: 7 }]), 0).unwrap();
    let forged = [
        (6, vec![SctpChunk::InitAck { tag: 9 }]),
        (6, vec![SctpChunk::Abort { reflected: false }]),
        (7, vec![SctpChunk::Abort { reflected: true }]),
        (7, vec![SctpChunk::InitAck { tag: 9 }, SctpChunk::Data]),
        (7, vec![]),
    ];
    for (tag, chunks) in forged {
        let packet = Packet::sctp(server, client, tag, chunks);
        assert!(matches!(table.track(&packet, Zone::USUAL, 1), Tracked::Invalid(_)), "{packet}");
    }
    assert_eq!(state(&table, link), "CLOSED");
    enter(&mut table, &Packet::sctp(server, client, 7, vec![SctpChunk::Abort { reflected: false }]), 1).unwrap();
    // An INIT again does not keep a closed entry alive.
    enter(&mut table, &Packet::sctp(client, server, 0, vec![SctpChunk::Init { tag: 7 }]), 8).unwrap();
    assert_eq!(table.get(link.id).unwrap().expires, 11);
    assert_eq!(table.statistics().invalid, 5);
}

#[test]
fn sctp_begins_with_what_may_begin() {
    let mut table = Conntrack::default();
    let mut begins = |tag, chunk| enter(&mut table, &Packet::sctp(end(1), end(2), tag, vec![chunk]), 0).is_some();
    for chunk in [SctpChunk::Data, SctpChunk::CookieAck, SctpChunk::Abort { reflected: false }, SctpChunk::Sack] {
        assert!(!begins(3, chunk), "{chunk}");
    }
    assert!(!begins(3, SctpChunk::Init { tag: 1 }), "an INIT has no tag");
    assert!(begins(3, SctpChunk::Heartbeat));
}

#[test]
fn a_full_table_gives_up_what_is_near_and_not_assured() {
    let mut table = Conntrack::default();
    table.settings.max = 100;
    table.settings.buckets = 16;
    for number in 0..100 {
        assert!(enter(&mut table, &udp(number), 0).is_some());
    }
    // Half of the buckets are searched, in which some of a hundred entries are.
    assert!(enter(&mut table, &udp(1000), 0).is_some());
    assert!(table.count() <= 100 && table.statistics().early_drop > 0);
    assert_eq!(table.statistics().drop, 0);
}

#[test]
fn a_full_table_of_assured_entries_drops_and_says_so() {
    let mut table = Conntrack::default();
    table.settings.max = 100;
    table.settings.buckets = 16;
    for number in 0..100 {
        let link = enter(&mut table, &udp(number), 0).unwrap();
        table.get_mut(link.id).unwrap().status.assured = true;
    }
    assert_eq!(table.track(&udp(1000), Zone::USUAL, 0), Tracked::Full);
    assert_eq!((table.count(), table.statistics().drop, table.statistics().early_drop), (100, 1, 0));
    // What is in the table goes on.
    assert!(matches!(table.track(&udp(5), Zone::USUAL, 0), Tracked::Found(_)));
}

/// `gc_worker`: the next collection leaves less than 95 of a hundred.
#[test]
fn after_a_drop_the_collector_makes_room() {
    let mut table = Conntrack::default();
    table.settings.max = 100;
    table.settings.buckets = 1 << 24;
    for number in 0..100 {
        enter(&mut table, &udp(number), 0).unwrap();
    }
    // Of so many buckets the eight that are searched are empty.
    assert_eq!(table.track(&udp(1000), Zone::USUAL, 0), Tracked::Full);
    table.expire(1);
    assert_eq!(table.count(), 94);
}

#[test]
fn without_a_limit_nothing_is_dropped() {
    let mut table = Conntrack::default();
    table.settings.max = 0;
    assert!((0..2000).all(|number| enter(&mut table, &udp(number), 0).is_some()));
    assert_eq!(table.count(), 2000);
}

fn race(bind: impl Fn(&mut Conntrack, [CtLink; 2])) -> (Conntrack, [CtLink; 2], [Confirmed; 2]) {
    let mut table = Conntrack::default();
    let links = [0, 0].map(|now| match table.track(&udp(1), Zone::USUAL, now) {
        Tracked::Created(link) => link,
        other => panic!("{other:?}"),
    });
    bind(&mut table, links);
    let confirmed = links.map(|link| table.confirm(link, 0));
    (table, links, confirmed)
}

fn to_backend(table: &mut Conntrack, link: CtLink, backend: u8) {
    let entry = table.get_mut(link.id).unwrap();
    entry.status.dst_nat = true;
    entry.status.dst_nat_done = true;
    let reply = crate::net::Tuple { src: Endpoint::new([10, 244, 1, backend].into(), 53), ..entry.reply };
    table.alter_reply(link.id, reply);
}

#[test]
fn two_datagrams_at_once_share_the_entry_of_the_first() {
    let (table, [first, second], confirmed) = race(|_, _| {});
    assert_eq!(confirmed, [Confirmed::Entered, Confirmed::Joined(CtLink { id: first.id, ..second })]);
    assert_eq!((table.count(), table.get(first.id).unwrap().packets), (1, [2, 0]));
    assert_eq!(table.statistics().clash_resolve, 1);
    let same = race(|table, links| links.into_iter().for_each(|link| to_backend(table, link, 2)));
    assert!(matches!(same.2[1], Confirmed::Joined(_)));
}

/// `nf_ct_resolve_clash_harder`
#[test]
fn two_datagrams_at_once_to_different_backends_both_pass() {
    let (mut table, [first, second], confirmed) = race(|table, [first, second]| {
        to_backend(table, first, 2);
        to_backend(table, second, 3);
    });
    assert_eq!(confirmed, [Confirmed::Entered, Confirmed::ForReplies]);
    assert_eq!(table.entries().map(|entry| entry.id).collect::<Vec<_>>(), [first.id]);
    let reply = Packet::udp(Endpoint::new([10, 244, 1, 3].into(), 53), end(1));
    assert!(matches!(table.track(&reply, Zone::USUAL, 0), Tracked::Found(link) if link.id == second.id));
    assert!(matches!(table.track(&udp(1), Zone::USUAL, 0), Tracked::Found(link) if link.id == first.id));
    // For a second, whatever passes.
    assert_eq!(table.track(&reply, Zone::USUAL, 1), Tracked::Created(CtLink { id: ConnectionId(2), ..first }));
}

#[test]
fn two_syns_at_once_are_one_too_many() {
    let mut table = Conntrack::default();
    let syn = Packet::tcp(end(1), end(2), TcpFlags::SYN);
    let links = [0, 0].map(|now| table.track(&syn, Zone::USUAL, now));
    let [Tracked::Created(first), Tracked::Created(second)] = links else { panic!("{links:?}") };
    assert_eq!([first, second].map(|link| table.confirm(link, 0)), [Confirmed::Entered, Confirmed::Refused]);
    assert_eq!((table.statistics().insert_failed, table.count()), (1, 1));
}

#[test]
fn an_ack_begins_a_connection_only_if_conntrack_is_loose() {
    let ack = Packet::tcp(end(1), end(2), TcpFlags::ACK);
    let mut table = Conntrack::default();
    let link = enter(&mut table, &ack, 0).unwrap();
    assert_eq!(table.get(link.id).unwrap().expires, 300);
    let mut table = Conntrack::default();
    table.settings.tcp_loose = false;
    assert_eq!(enter(&mut table, &ack, 0), None);
    assert!(enter(&mut table, &Packet::tcp(end(1), end(2), TcpFlags::SYN), 0).is_some());
}

#[test]
fn a_syn_that_is_sent_again_does_not_keep_its_entry_alive() {
    let syn = Packet::tcp(end(1), end(2), TcpFlags::SYN);
    let mut table = Conntrack::default();
    let link = enter(&mut table, &syn, 0).unwrap();
    enter(&mut table, &syn, 60).unwrap();
    assert_eq!((table.get(link.id).unwrap().expires, table.get(link.id).unwrap().packets), (120, [1, 0]));
}

/// Both ends open at the same time (RFC 9293, figure 8).
#[test]
fn two_syns_that_cross_make_one_connection() {
    let mut table = Conntrack::default();
    let (one, two) = (end(1), end(2));
    let mut link = None;
    for (src, dst, flags) in [
        (one, two, TcpFlags::SYN),
        (two, one, TcpFlags::SYN),
        (one, two, TcpFlags::SYN | TcpFlags::ACK),
        (two, one, TcpFlags::ACK),
    ] {
        link = enter(&mut table, &Packet::tcp(src, dst, flags), 0);
    }
    assert_eq!(state(&table, link.unwrap()), "ESTABLISHED");
}
