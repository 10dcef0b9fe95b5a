//! The tables of connections as a step left them are those that were there when it was taken.

use datapath_core::lab::{Connections, Lab, Moment, Packets, WEB_SHOP};
use datapath_core::trace::Event;

fn lab() -> Lab {
    Lab::open(WEB_SHOP, 1).expect("the example opens")
}

/// What each lane listed before the first packet, and after each.
fn send(lab: &mut Lab, port: u16, packets: usize) -> Vec<Vec<Vec<Connections>>> {
    let (client, target) = (lab.clients().remove(0), lab.opening_target().expect("a target"));
    let mut listed = vec![lab.connections()];
    assert!(lab.send_from(&client, &target, Some(port), Packets::One));
    listed.push(lab.connections());
    for _ in 1..packets {
        assert!(lab.send_next());
        listed.push(lab.connections());
    }
    listed
}

/// Every entry without the seconds that it has left.
fn timeless(tables: &[Connections]) -> Vec<String> {
    let listings = tables.iter().flat_map(|table| &table.listings);
    let entry = |command: &str, line: &String| {
        let timer = if command.starts_with("conntrack") { 2 } else { 1 };
        let words = line.split_whitespace().enumerate().filter(|(place, _)| *place != timer);
        words.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    };
    listings.flat_map(|listing| listing.lines.iter().map(|line| entry(listing.command, line))).collect()
}

#[test]
fn the_tables_of_any_packet_are_those_that_were_seen_then() {
    let mut lab = lab();
    // Another connection, which stays as it is.
    send(&mut lab, 4444, 2);
    let listed = send(&mut lab, 5555, 4);
    for (lane, of) in lab.lanes.iter().enumerate() {
        for (packet, journey) in of.journeys.iter().enumerate() {
            let moments = journey.moments();
            let at = |moment: &Moment| lab.connections_at(lane, packet, moment).expect("tables");
            let (first, last) = (moments.first().expect("steps"), moments.last().expect("steps"));
            // A second passes between two packets.
            let before = timeless(&listed[packet][lane]);
            assert_eq!(timeless(&at(first)), before, "{} before packet {packet}", of.mode);
            assert_eq!(at(last), listed[packet + 1][lane], "{} after packet {packet}", of.mode);
        }
    }
}

#[test]
fn an_entry_is_listed_from_the_step_that_confirms_it() {
    let mut lab = lab();
    send(&mut lab, 5555, 1);
    for (lane, of) in lab.lanes.iter().enumerate() {
        let journey = &of.journeys[0];
        let mut confirmed = 0;
        for moment in journey.moments() {
            let step = journey.step(&moment).expect("a step");
            let node = &journey.legs[moment.leg].node_name;
            let is_listed = |moment: &Moment| {
                let tables = lab.connections_at(lane, 0, moment).expect("tables");
                let listings = tables.iter().filter(|table| table.node == *node).flat_map(|table| &table.listings);
                let lines =
                    listings.filter(|listing| listing.command == "conntrack -L").flat_map(|listing| &listing.lines);
                lines.filter(|line| line.contains("sport=5555")).count()
            };
            if matches!(step.event, Event::ConnectionConfirmed { .. }) {
                confirmed += 1;
                let before = Moment { step: moment.step - 1, ..moment };
                assert_eq!((is_listed(&before), is_listed(&moment)), (0, 1), "{} on {node}", of.mode);
            }
        }
        assert!(confirmed > 0, "{}", of.mode);
    }
}

#[test]
fn two_packets_at_once_leave_what_was_seen_after_both() {
    let mut lab = lab();
    let before = lab.connections();
    let (client, target) = (lab.clients().remove(0), lab.opening_target().expect("a target"));
    assert!(lab.send_from(&client, &target, Some(5555), Packets::TwoAtOnce));
    let after = lab.connections();
    for (lane, of) in lab.lanes.iter().enumerate() {
        let (first, last) = (of.journeys[0].moments(), of.journeys[1].moments());
        assert_eq!(lab.connections_at(lane, 0, &first[0]), Some(before[lane].clone()), "{}", of.mode);
        let last = last.last().expect("steps");
        assert_eq!(lab.connections_at(lane, 1, last), Some(after[lane].clone()), "{}", of.mode);
    }
}

#[test]
fn once_the_clock_goes_on_the_tables_are_those_of_now() {
    let mut lab = lab();
    send(&mut lab, 5555, 1);
    lab.wait(30).expect("time passes");
    let moments = lab.lanes[0].journeys[0].moments();
    assert_eq!(lab.connections_at(0, 0, &moments[0]), None);
}
