//! What the kernel tells over netlink: which rules a packet matched, and the conntrack table.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use datapath_core::net::{Endpoint, Protocol, Tuple};
use netlink_sys::protocols::NETLINK_NETFILTER;
use netlink_sys::{Socket, SocketAddr};

use crate::kernel::Entry;

/// `<linux/netlink.h>` and `<linux/netfilter/nfnetlink.h>`.
const HEADER: usize = 16;
const NFGENMSG: usize = 4;
const REQUEST: u16 = 1;
const ACKNOWLEDGE: u16 = 4;
const DUMP: u16 = 0x300;
const ERROR: u16 = 2;
const DONE: u16 = 3;
const GROUP_NFTRACE: u32 = 9;
const CT_GET: u16 = 1 << 8 | 1;
const CT_NEW: u16 = 1 << 8;
const LOG_PACKET: u16 = 4 << 8;
const LOG_CONFIG: u16 = 4 << 8 | 1;
const NFT_TRACE: u16 = 10 << 8 | 17;

/// How nft's trace names a rule: family and table, chain, handle.
pub type RuleHandle = (String, String, u64);

/// Hears of every rule that a traced packet matches.
pub struct Rules {
    socket: Socket,
    names: Names,
}

/// What the model calls the rules.
#[derive(Default)]
pub struct Names {
    pub of_nft: HashMap<RuleHandle, String>,
    /// How many rules each chain of iptables-legacy has, by table and name.
    pub lengths: HashMap<String, usize>,
}

impl Rules {
    /// Listens in the namespace of the calling thread. Traces of iptables-legacy come by nfnetlink_log.
    ///
    /// # Errors
    /// The kernel's.
    pub fn listen(names: Names) -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        socket.set_rx_buf_sz(16 << 20_i32)?;
        socket.add_membership(GROUP_NFTRACE)?;
        const INET: u8 = 2;
        const INET6: u8 = 10;
        // nfulnl_cfg_cmd: BIND 1, PF_BIND 3, PF_UNBIND 4.
        for (family, command) in [(INET, 4), (INET, 3), (INET6, 4), (INET6, 3), (0, 1)] {
            configure_log(&socket, family, 1, &[command])?;
        }
        // nfulnl_cfg_mode: copy 128 bytes of the packet. Then a queue of one message, so that none waits.
        configure_log(&socket, 0, 2, &[0, 0, 0, 128, 2, 0])?;
        configure_log(&socket, 0, 5, &1_u32.to_be_bytes())?;
        socket.set_non_blocking(true)?;
        Ok(Self { socket, names })
    }

    /// The rules that were matched since the last call: those of each packet together, in the order in which the
    /// packets were made.
    ///
    /// # Errors
    /// The kernel's, above all that messages were lost.
    pub fn matched(&self) -> io::Result<Vec<String>> {
        let mut packets: Vec<(Vec<u8>, Vec<String>)> = Vec::new();
        loop {
            match self.socket.recv_from_full() {
                Ok((bytes, _)) => {
                    for (kind, body) in messages(&bytes) {
                        let attributes = attributes(body.get(NFGENMSG..).unwrap_or_default());
                        let rule = self.rule(kind, body, &attributes);
                        // nft names the packet; a legacy trace is in order by itself.
                        let id = attributes.get(&6).filter(|_| kind == NFT_TRACE && self.names.lengths.is_empty());
                        let id = id.copied().unwrap_or_default();
                        match packets.iter_mut().find(|(known, _)| known == id) {
                            Some((_, rules)) => rules.extend(rule),
                            None => packets.push((id.to_vec(), rule.into_iter().collect())),
                        }
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(packets.into_iter().flat_map(|(_, rules)| rules).collect())
    }

    fn rule(&self, kind: u16, body: &[u8], attributes: &HashMap<u16, &[u8]>) -> Option<String> {
        match kind {
            LOG_PACKET => {
                let prefix = text(attributes.get(&10)?);
                let mut parts = prefix.strip_prefix("TRACE: ")?.trim().split(':');
                let (table, chain, kind, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
                // A rule without a match is taken for the end of its chain (`get_chainname_rulenum`).
                let length = self.names.lengths.get(&format!("{table} {chain}"));
                // Not those that only trace.
                let length = length?;
                let is_rule = kind == "rule" || number.parse::<usize>().ok()? <= *length;
                is_rule.then(|| format!("{table} {chain} {number}"))
            }
            NFT_TRACE => {
                let family = match body.first()? {
                    1 => "inet",
                    2 => "ip",
                    5 => "netdev",
                    10 => "ip6",
                    _ => return None,
                };
                const OF_RULE: u64 = 3;
                let handle = attributes.get(&3).map(|bytes| number(bytes))?;
                let is_rule = attributes.get(&4).map(|bytes| number(bytes)) == Some(OF_RULE);
                let key = (format!("{family} {}", text(attributes.get(&1)?)), text(attributes.get(&2)?), handle);
                self.names.of_nft.get(&key).filter(|_| is_rule).cloned()
            }
            _ => None,
        }
    }
}

fn configure_log(socket: &Socket, family: u8, attribute: u16, value: &[u8]) -> io::Result<()> {
    let mut message = request(LOG_CONFIG, REQUEST | ACKNOWLEDGE, family);
    message.extend(u16::try_from(4 + value.len()).unwrap_or(u16::MAX).to_ne_bytes());
    message.extend(attribute.to_ne_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
    send(socket, message)?;
    let (answer, _) = socket.recv_from_full()?;
    match messages(&answer).next() {
        Some((ERROR, body)) => refused(body),
        _ => Ok(()),
    }
}

/// The conntrack table of the namespace that the socket was made in.
pub struct Table(Socket);

impl Table {
    /// # Errors
    /// The kernel's.
    pub fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        Ok(Self(socket))
    }

    /// # Errors
    /// The kernel's.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        send(&self.0, request(CT_GET, REQUEST | DUMP, 0))?;
        let mut entries = Vec::new();
        loop {
            let (bytes, _) = self.0.recv_from_full()?;
            for (kind, body) in messages(&bytes) {
                match kind {
                    DONE => return Ok(entries),
                    ERROR => refused(body)?,
                    CT_NEW => entries.extend(body.get(NFGENMSG..).and_then(entry)),
                    _ => {}
                }
            }
        }
    }
}

/// `<linux/netfilter/nfnetlink_conntrack.h>`
fn entry(body: &[u8]) -> Option<Entry> {
    const STATUS: [&str; 9] =
        ["expected", "seen_reply", "assured", "confirmed", "snat", "dnat", "", "snat_done", "dnat_done"];
    const SCTP_STATES: [&str; 9] = [
        "NONE",
        "CLOSED",
        "COOKIE_WAIT",
        "COOKIE_ECHOED",
        "ESTABLISHED",
        "SHUTDOWN_SENT",
        "SHUTDOWN_RECD",
        "SHUTDOWN_ACK_SENT",
        "HEARTBEAT_SENT",
    ];
    const STATES: [&str; 10] = [
        "NONE",
        "SYN_SENT",
        "SYN_RECV",
        "ESTABLISHED",
        "FIN_WAIT",
        "CLOSE_WAIT",
        "LAST_ACK",
        "TIME_WAIT",
        "CLOSE",
        "SYN_SENT2",
    ];
    let attributes = attributes(body);
    let value = |kind: u16| attributes.get(&kind).map_or(0, |bytes| number(bytes));
    let bits = value(3);
    let set = STATUS.iter().enumerate().filter(|(bit, name)| bits >> bit & 1 == 1 && !name.is_empty());
    let status: Vec<_> = set.map(|(_, name)| *name).collect();
    let state = |protocol: u16, names: &'static [&'static str]| {
        let state = nested(nested(attributes.get(&4)?, protocol)?, 1).map(number)?;
        names.get(usize::try_from(state).ok()?).copied()
    };
    let state = state(1, &STATES).or_else(|| state(3, &SCTP_STATES)).unwrap_or_default();
    let mark = u32::try_from(value(8)).unwrap_or_default();
    let (original, reply) = (attributes.get(&1)?, attributes.get(&2)?);
    let mut entry = Entry::new(&tuple(original)?, &tuple(reply)?, &status, mark, state, value(7));
    // One zone for both tuples, or a zone of each.
    let zone = |bytes: &[u8]| attributes.get(&18).copied().or_else(|| nested(bytes, 3)).map_or(0, number);
    entry.set_zones(u16::try_from(zone(original)).ok()?, u16::try_from(zone(reply)).ok()?);
    Some(entry)
}

fn tuple(bytes: &[u8]) -> Option<Tuple> {
    let (addresses, ends) = (attributes(nested(bytes, 1)?), attributes(nested(bytes, 2)?));
    let address = |v4: u16, v6: u16| -> Option<IpAddr> {
        let of_v4 = addresses.get(&v4).and_then(|bytes| <[u8; 4]>::try_from(*bytes).ok());
        let of_v6 = addresses.get(&v6).and_then(|bytes| <[u8; 16]>::try_from(*bytes).ok());
        of_v4.map(|v4| Ipv4Addr::from(v4).into()).or_else(|| of_v6.map(|v6| Ipv6Addr::from(v6).into()))
    };
    let port = |kinds: [u16; 3]| {
        let bytes = kinds.iter().find_map(|kind| ends.get(kind));
        bytes.and_then(|bytes| <[u8; 2]>::try_from(*bytes).ok()).map_or(0, u16::from_be_bytes)
    };
    // An echo's identifier stands for both ports.
    let (sport, dport) = (port([2, 4, 7]), port([3, 4, 7]));
    let protocol = Protocol::from_number(*ends.get(&1)?.first()?);
    Some(Tuple { protocol, src: Endpoint::new(address(1, 3)?, sport), dst: Endpoint::new(address(2, 4)?, dport) })
}

fn request(kind: u16, flags: u16, family: u8) -> Vec<u8> {
    let mut message = vec![0; 4];
    message.extend(kind.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]);
    message.extend([family, 0, 0, 0]);
    message
}

fn send(socket: &Socket, mut message: Vec<u8>) -> io::Result<()> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_ne_bytes();
    message[..4].copy_from_slice(&length);
    socket.send_to(&message, &SocketAddr::new(0, 0), 0).map(drop)
}

/// An error message of number 0 is an acknowledgement.
fn refused(body: &[u8]) -> io::Result<()> {
    match body.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)) {
        Some(0) | None => Ok(()),
        Some(number) => Err(io::Error::from_raw_os_error(-number)),
    }
}

/// Kind and body of each message.
fn messages(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut left = bytes;
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(*left.first_chunk()?) as usize;
        let kind = u16::from_ne_bytes(*left.get(4..)?.first_chunk()?);
        let body = left.get(HEADER..length)?;
        left = left.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, body))
    })
}

fn attributes(bytes: &[u8]) -> HashMap<u16, &[u8]> {
    const KIND: u16 = 0x3fff;
    let mut left = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(*left.first_chunk()?));
        let kind = u16::from_ne_bytes(*left.get(2..)?.first_chunk()?) & KIND;
        let value = left.get(4..length)?;
        left = left.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
    .collect()
}

fn nested(bytes: &[u8], kind: u16) -> Option<&[u8]> {
    attributes(bytes).get(&kind).copied()
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
