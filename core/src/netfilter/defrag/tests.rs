use proptest::prelude::*;

use super::*;
use crate::net::Endpoint;

fn datagram(family: Family, payload: u16) -> Packet {
    let end = |text: &str| Endpoint::new(text.parse().unwrap(), 53);
    let (from, to) = match family {
        Family::V4 => ("10.0.0.1", "10.0.0.2"),
        Family::V6 => ("fd00::1", "fd00::2"),
    };
    let mut packet = Packet::udp(end(from), end(to));
    packet.length += payload;
    Packet { dont_fragment: family == Family::V6, ..packet }
}

fn gather(waiting: &mut Fragments, packet: &Packet, now: Seconds) -> Gathered {
    waiting.gather(Gatherer::Incoming, packet, packet.fragment.expect("a part"), None, now)
}

/// The part, as many bytes further on.
fn moved(part: &Packet, bytes: i32) -> Packet {
    let offset = |part: Fragment| u16::try_from(i32::from(part.offset) + bytes).unwrap();
    Packet { fragment: part.fragment.map(|part| Fragment { offset: offset(part), ..part }), ..part.clone() }
}

proptest! {
    #[test]
    fn what_is_taken_apart_comes_together_in_any_order(
        is_v6 in any::<bool>(),
        payload in 3_000_u16..9000,
        mtu in 68_u16..2000,
        order in any::<prop::sample::Index>(),
    ) {
        let family = if is_v6 { Family::V6 } else { Family::V4 };
        let whole = datagram(family, payload);
        let mut parts = take_apart(&whole, None, mtu);
        prop_assert!(parts.iter().all(|part| part.length <= mtu));
        prop_assert_eq!(parts.iter().map(|part| part.length - header(part)).sum::<u16>(), whole.length - whole.ip_header());
        let first = order.index(parts.len());
        parts.rotate_left(first);
        let mut waiting = Fragments::default();
        let mut gathered: Vec<_> = parts.iter().map(|part| gather(&mut waiting, part, 0)).collect();
        let Some(Gathered::Whole(again, kept)) = gathered.pop() else {
            return Err(TestCaseError::fail("not whole after its last part"));
        };
        prop_assert!(gathered.iter().all(|part| *part == Gathered::Waits));
        prop_assert_eq!(&again, &whole);
        let mut out = take_apart(&again, Some(&kept), 9100);
        parts.sort_by_key(|part| part.fragment.map(|part| part.offset));
        out.iter_mut().chain(&mut parts).for_each(|part| part.dont_fragment = false);
        prop_assert_eq!(out, parts);
    }
}

#[test]
fn overlapping_parts_are_given_up() {
    for family in [Family::V4, Family::V6] {
        let parts = take_apart(&datagram(family, 2000), None, 1500);
        let mut waiting = Fragments::default();
        assert_eq!(gather(&mut waiting, &parts[0], 0), Gathered::Waits);
        assert_eq!(gather(&mut waiting, &moved(&parts[1], -8), 0), Gathered::Refused);
        assert_eq!(gather(&mut waiting, &parts[1], 0), Gathered::Waits, "nothing is left of the first");
    }
}

#[test]
fn the_same_part_once_more_changes_nothing() {
    let twice = |family| {
        let parts = take_apart(&datagram(family, 2000), None, 1500);
        let mut waiting = Fragments::default();
        gather(&mut waiting, &parts[0], 0);
        let again = gather(&mut waiting, &parts[0], 0);
        assert!(matches!(gather(&mut waiting, &parts[1], 0), Gathered::Whole(..)));
        again
    };
    // IPv4 drops it, IPv6 says that it has kept it: neither goes on.
    assert_eq!(twice(Family::V4), Gathered::Refused);
    assert_eq!(twice(Family::V6), Gathered::Waits);
}

#[test]
fn a_part_that_is_no_multiple_of_eight_is_cut_in_ipv4_and_no_part_in_ipv6() {
    let odd = |family| {
        let mut part = take_apart(&datagram(family, 2000), None, 1500).swap_remove(0);
        part.length -= 4;
        gather(&mut Fragments::default(), &part, 0)
    };
    assert_eq!(odd(Family::V4), Gathered::Waits);
    assert_eq!(odd(Family::V6), Gathered::Passed);
}

#[test]
fn what_waits_too_long_is_given_up_with_its_first_part() {
    for (family, lifetime) in [(Family::V4, 30), (Family::V6, 60)] {
        let parts = take_apart(&datagram(family, 2000), None, 1500);
        let mut waiting = Fragments::default();
        assert_eq!(gather(&mut waiting, &parts[0], 0), Gathered::Waits);
        assert!(waiting.expire(lifetime - 1).is_empty());
        let expired = waiting.expire(lifetime);
        assert_eq!(expired.iter().map(|given_up| &given_up.first).collect::<Vec<_>>(), [&Some(parts[0].clone())]);
        assert_eq!(gather(&mut waiting, &parts[1], lifetime), Gathered::Waits);
        assert_eq!(waiting.expire(1000)[0].first, None);
    }
}

#[test]
fn parts_that_contradict_each_other_about_congestion_are_no_datagram() {
    let joined = |first, second| {
        let mut parts = take_apart(&datagram(Family::V4, 2000), None, 1500);
        (parts[0].tos, parts[1].tos) = (first, second);
        let mut waiting = Fragments::default();
        gather(&mut waiting, &parts[0], 0);
        match gather(&mut waiting, &parts[1], 0) {
            Gathered::Whole(whole, _) => Some(whole.tos),
            _ => None,
        }
    };
    assert_eq!(joined(2, 3), Some(3));
    assert_eq!(joined(0, 0), Some(0));
    assert_eq!(joined(1, 2), Some(1));
    assert_eq!(joined(0, 3), None);
}
