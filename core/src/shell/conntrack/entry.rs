//! `conntrack -I`, `-G` and `-U`, which name an entry by its flow, and `-S`: `do_parse` and `main` of src/conntrack.c.

use super::super::Status;
use super::super::call::Call;
use super::{Filter, NAME, entries, wrong};
use crate::message;
use crate::net::{Endpoint, Family, Protocol, Tuple};
use crate::netfilter::Seconds;
use crate::netfilter::conntrack::listing::{Ends, Entry, Fact, Flow, Form, Hold, Listing, State};
use crate::netfilter::conntrack::{Connection, Progress, TcpState};

fn needs(call: &mut Call<'_>, option: &str) -> Status {
    wrong(call, &format!("You need to supply the `--{option}' option for this command"))
}

fn failed(call: &mut Call<'_>, why: &str) -> Status {
    call.err(&format!("{NAME}: Operation failed: {why}\n"));
    1
}

/// The flow that the options name.
fn flow(call: &mut Call<'_>, filter: &Filter<'_>, command: char) -> Result<Tuple, Status> {
    let Some(protocol) = filter.protocol else {
        return Err(needs(call, "protonum"));
    };
    if command == 'I' && filter.timeout.is_none() {
        return Err(needs(call, "timeout"));
    }
    if filter.translated != [false, false] || (filter.source, filter.destination) == (None, None) && filter.has_reply()
    {
        return Err(call.not_modelled(&format!("-{command} without both ends")));
    }
    let (Some(source), Some(destination)) = (filter.source, filter.destination) else {
        return Err(wrong(call, "you have to specify `--src' and `--dst'"));
    };
    if Family::of(source) != Family::of(destination) {
        return Err(wrong(call, "mismatched address family"));
    }
    if !matches!(protocol, Protocol::Tcp | Protocol::Udp) {
        return Err(call.not_modelled(&format!("-{command} -p {protocol}")));
    }
    if command == 'I' && protocol == Protocol::Tcp && filter.state.is_none() {
        return Err(needs(call, "state"));
    }
    let [Some(from), Some(to), ..] = filter.ports else {
        return Err(wrong(call, "you have to specify `--sport' and `--dport'"));
    };
    Ok(Tuple { protocol, src: Endpoint::new(source, from), dst: Endpoint::new(destination, to) })
}

/// What answers look like; None where the options say only a part of it.
fn reply(filter: &Filter<'_>, original: Tuple) -> Option<Tuple> {
    if !filter.has_reply() {
        return Some(original.inverse());
    }
    let [.., from, to] = filter.ports;
    let (src, dst) = (Endpoint::new(filter.reply_source?, from?), Endpoint::new(filter.reply_destination?, to?));
    Some(Tuple { src, dst, ..original })
}

const fn listed(Tuple { src, dst, .. }: Tuple) -> Flow {
    let ends = Ends::Ports { src: src.port, dst: dst.port };
    Flow { src: src.address, dst: dst.address, ends, zone: None, counters: None }
}

pub(super) fn create(call: &mut Call<'_>, filter: &Filter<'_>) -> Status {
    let original = match flow(call, filter, 'I') {
        Ok(original) => original,
        Err(status) => return status,
    };
    let Some(reply) = reply(filter, original) else {
        return failed(call, "invalid parameters");
    };
    let state = filter.state.filter(|_| original.protocol == Protocol::Tcp).and_then(TcpState::from_name);
    let entry = Entry {
        protocol: original.protocol,
        timeout: filter.timeout,
        state: state.map(State::Tcp),
        original: listed(original),
        unreplied: !filter.status.seen_reply,
        reply: listed(reply),
        hold: filter.status.assured.then_some(Hold::Assured),
        facts: vec![Fact::Mark(filter.mark.unwrap_or(0))],
        line: 0,
    };
    let now = call.now();
    let mut is_entered = false;
    call.forget(|node| is_entered = entry.enter(&mut node.stack.conntrack, now));
    if !is_entered {
        return failed(call, "Such conntrack exists, try -U to update");
    }
    call.err(&format!("{NAME}: 1 flow entries have been created.\n"));
    0
}

/// As the tool prints what it holds in its hands: the kernel counts that as another user.
fn print(connections: &[&Connection], form: Form, now: Seconds) -> String {
    let mut listing = Listing::of_entries(connections.iter().copied(), form, now);
    for fact in listing.entries.iter_mut().flat_map(|entry| &mut entry.facts) {
        if let Fact::Use(users) = fact {
            *users += 1;
        }
    }
    listing.to_string()
}

pub(super) fn get(call: &mut Call<'_>, filter: &Filter<'_>, form: Form) -> Status {
    let flow = match flow(call, filter, 'G') {
        Ok(flow) => flow,
        Err(status) => return status,
    };
    let now = call.now();
    let found = call.node().and_then(|node| {
        let (id, _) = node.stack.conntrack.find_flow(&flow)?;
        node.stack.conntrack.get(id).filter(|entry| entry.expires > now)
    });
    let Some(found) = found else {
        return failed(call, "such conntrack doesn't exist");
    };
    // The kernel finds it by its answers too; the tool then does not show it.
    let shown: Vec<&Connection> = [found].into_iter().filter(|entry| entry.original == flow).collect();
    let (text, count) = (print(&shown, form, now), shown.len());
    call.out(&text);
    call.err(&format!("{NAME}: {count} flow entries have been shown.\n"));
    Status::from(count == 0)
}

/// What `-U` makes of an entry.
fn updated(connection: &Connection, filter: &Filter<'_>, now: Seconds) -> Connection {
    let mut new = connection.clone();
    new.mark = filter.mark.unwrap_or(new.mark);
    new.status.assured |= filter.status.assured;
    new.status.seen_reply |= filter.status.seen_reply;
    if let Some(left) = filter.timeout {
        new.expires = now + left;
    }
    if let (Progress::Tcp(tcp), Some(state)) = (&mut new.progress, filter.state.and_then(TcpState::from_name)) {
        tcp.state = state;
    }
    new
}

pub(super) fn update(call: &mut Call<'_>, filter: &Filter<'_>, form: Form) -> Status {
    let named = Filter { state: None, mark: None, timeout: None, status: super::Wanted::default(), ..*filter };
    let now = call.now();
    let changed: Vec<Connection> = entries(call, &named)
        .into_iter()
        .map(|old| (old, updated(old, filter, now)))
        .filter(|(old, new)| *old != new || filter.timeout.is_some())
        .map(|(_, new)| new)
        .collect();
    if !changed.is_empty() && (filter.source.is_none() || filter.destination.is_none()) {
        return call.not_modelled("-U without -s and -d");
    }
    if !changed.is_empty() {
        call.forget(|node| {
            for new in &changed {
                if let Some(entry) = node.stack.conntrack.get_mut(new.id) {
                    entry.clone_from(new);
                }
            }
        });
    }
    let shown: Vec<&Connection> = changed.iter().collect();
    call.out(&print(&shown, form, now));
    call.err(&format!("{NAME}: {} flow entries have been updated.\n", shown.len()));
    Status::from(shown.is_empty())
}

/// What the lab counts, of a machine with one processor.
pub(super) fn statistics(call: &mut Call<'_>) -> Status {
    let Some(counted) = call.node().map(|node| node.stack.conntrack.statistics()) else {
        return 1;
    };
    call.remark(message!("shell-conntrack-statistics"));
    call.out(&format!(
        "cpu=0   \tfound=0 invalid={} insert={} insert_failed={} drop={} early_drop={} error=0 search_restart=0 \
         clash_resolve={} chaintoolong=0 \n",
        counted.invalid, counted.insert, counted.insert_failed, counted.drop, counted.early_drop, counted.clash_resolve
    ));
    0
}
