//! Packets of the model as bytes, and back.

use std::net::IpAddr;
use std::sync::Arc;

use datapath_core::net::{
    Endpoint, Ethernet, Fragment, Frame, Icmp, MacAddress, Packet, Protocol, SctpChunk, TcpFlags, Transport,
};
use etherparse::{
    IpHeaders, IpNumber, Ipv4Header, Ipv6FlowLabel, Ipv6Header, LaxPacketHeaders, LaxPayloadSlice, NetHeaders,
    PacketBuilder, TcpHeader, TcpOptionElement, TransportHeader,
};

use super::sctp;
use crate::kernel::{FRAME, OVERLAY};

/// Both ends of a connection begin with this number and send nothing that counts, so that every segment is in its
/// window.
const FIRST: u32 = 1000;

/// The packet with checksums and as many zeros as its length asks for.
///
/// # Errors
/// Says what cannot be written.
pub fn encode(packet: &Packet) -> Result<Vec<u8>, String> {
    encode_part(packet, None)
}

/// The packet as the first part of a datagram of `whole` bytes behind its IP header, if that is known.
///
/// # Errors
/// Says what cannot be written.
pub fn encode_part(packet: &Packet, whole: Option<u16>) -> Result<Vec<u8>, String> {
    let header = packet.ip_header();
    let extra = if packet.src.is_ipv6() && packet.fragment.is_some() { Packet::FRAGMENT_HEADER } else { 0 };
    let size = packet.length.saturating_sub(header + extra);
    let length = header + whole.unwrap_or(size);
    let mut bytes = self::whole(&Packet { length, ..packet.clone() })?;
    bytes.truncate(usize::from(header + size));
    if packet.src.is_ipv4() {
        if let Some(length) = bytes.get_mut(2..4) {
            length.copy_from_slice(&packet.length.to_be_bytes());
        }
        part(packet, &mut bytes);
    } else if let Some(fragment) = packet.fragment {
        part_of_v6(fragment, size, &mut bytes);
    }
    Ok(bytes)
}

/// Puts the header of a part between that of IPv6 and `size` bytes behind it.
fn part_of_v6(part: Fragment, size: u16, bytes: &mut Vec<u8>) {
    let Some((header, _)) = bytes.split_first_chunk_mut::<40>() else {
        return;
    };
    const FRAGMENT: u8 = 44;
    let next = std::mem::replace(&mut header[6], FRAGMENT);
    header[4..6].copy_from_slice(&(size + Packet::FRAGMENT_HEADER).to_be_bytes());
    let [high, low] = (part.offset | u16::from(part.more)).to_be_bytes();
    let fragment = [&[next, 0, high, low][..], &part.id.to_be_bytes()].concat();
    bytes.splice(40..40, fragment);
}

/// Says in a header of IPv4 which part of a datagram the packet is, and whether it may be taken apart.
fn part(packet: &Packet, bytes: &mut [u8]) {
    let Some((header, _)) = bytes.split_first_chunk_mut::<20>() else {
        return;
    };
    let place = packet.fragment.map_or(0, |part| (u16::from(part.more) << 13) | (part.offset / 8));
    let flags = (u16::from(packet.dont_fragment) << 14) | place;
    if let Some(part) = packet.fragment {
        header[4..6].copy_from_slice(&u16::try_from(part.id).unwrap_or(u16::MAX).to_be_bytes());
    }
    header[6..8].copy_from_slice(&flags.to_be_bytes());
    header[10..12].fill(0);
    let sum: u32 = header.chunks_exact(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]]))).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = (folded & 0xffff) + (folded >> 16);
    let [_, _, high, low] = (!folded).to_be_bytes();
    header[10..12].copy_from_slice(&[high, low]);
}

fn whole(packet: &Packet) -> Result<Vec<u8>, String> {
    let ip = network(packet)?;
    let builder = PacketBuilder::ip(ip);
    let header = if packet.src.is_ipv4() { 20 } else { 40 };
    let payload = |transport: u16| vec![0; usize::from(packet.length.saturating_sub(header + transport))];
    let mut bytes = Vec::new();
    match &packet.transport {
        Transport::Tcp { sport, dport, flags, mss } => {
            let mut header = tcp(*sport, *dport, *flags);
            let options: Vec<_> = mss.iter().map(|mss| TcpOptionElement::MaximumSegmentSize(*mss)).collect();
            header.set_options(&options).map_err(|error| format!("{packet}: {error}"))?;
            let length = header.header_len_u16();
            builder.tcp_header(header).write_to_vec(&mut bytes, &payload(length))
        }
        Transport::Udp { sport, dport } => {
            let payload = match &packet.inside {
                Some(inside) => overlay(inside)?,
                None => payload(8),
            };
            builder.udp(*sport, *dport).write_to_vec(&mut bytes, &payload)
        }
        Transport::Icmp(icmp) => {
            let quote = icmp.cause.as_deref().map(encode).transpose()?.unwrap_or_else(|| payload(8));
            let [high, low] = icmp.id.to_be_bytes();
            let rest = [high, low, 0, 1];
            // The rest of an error's header is unused.
            let rest = if icmp.cause.is_some() { [0; 4] } else { rest };
            if packet.src.is_ipv4() {
                builder.icmpv4_raw(icmp.kind, icmp.code, rest).write_to_vec(&mut bytes, &quote)
            } else {
                builder.icmpv6_raw(icmp.kind, icmp.code, rest).write_to_vec(&mut bytes, &quote)
            }
        }
        Transport::Sctp { sport, dport, tag, chunks } => {
            let segment = sctp::encode([*sport, *dport], *tag, chunks);
            builder.write_to_vec(&mut bytes, IpNumber::SCTP, &segment)
        }
        Transport::Other(protocol) if packet.fragment.is_some() => {
            builder.write_to_vec(&mut bytes, IpNumber(protocol.number()), &payload(0))
        }
        Transport::Other(_) => return Err(format!("{packet} cannot be written")),
    }
    .map_err(|error| format!("{packet}: {error}"))?;
    Ok(bytes)
}

/// VXLAN's header with the number 1, and the frame.
fn overlay(inside: &Frame) -> Result<Vec<u8>, String> {
    let kind: [u8; 2] = if inside.packet.src.is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] };
    let Ethernet { source: Some(source), destination: Some(destination) } = inside.header else {
        return Err(format!("nobody says who sends {} to whom", inside.packet));
    };
    let head = [&[8, 0, 0, 0, 0, 0, 1, 0][..], &destination.0, &source.0, &kind];
    Ok([&head.concat()[..], &encode(&inside.packet)?].concat())
}

fn network(packet: &Packet) -> Result<IpHeaders, String> {
    let dscp = (packet.tos >> 2).try_into().map_err(|error| format!("tos: {error}"))?;
    let ecn = (packet.tos & 3).try_into().map_err(|error| format!("tos: {error}"))?;
    match (packet.src, packet.dst) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let header = Ipv4Header {
                dscp,
                ecn,
                identification: 1,
                dont_fragment: true,
                time_to_live: packet.ttl,
                source: source.octets(),
                destination: destination.octets(),
                ..Ipv4Header::default()
            };
            Ok(IpHeaders::Ipv4(header, etherparse::Ipv4Extensions::default()))
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            let header = Ipv6Header {
                traffic_class: packet.tos,
                flow_label: Ipv6FlowLabel::ZERO,
                payload_length: 0,
                next_header: IpNumber::TCP,
                hop_limit: packet.ttl,
                source: source.octets(),
                destination: destination.octets(),
            };
            Ok(IpHeaders::Ipv6(header, etherparse::Ipv6Extensions::default()))
        }
        _ => Err(format!("{packet} has addresses of two families")),
    }
}

fn tcp(sport: u16, dport: u16, flags: TcpFlags) -> TcpHeader {
    let has = |flag| flags.contains(flag);
    TcpHeader {
        sequence_number: FIRST + u32::from(!has(TcpFlags::SYN)),
        acknowledgment_number: if has(TcpFlags::ACK) { FIRST + 1 } else { 0 },
        fin: has(TcpFlags::FIN),
        syn: has(TcpFlags::SYN),
        rst: has(TcpFlags::RST),
        psh: has(TcpFlags::PSH),
        ack: has(TcpFlags::ACK),
        urg: has(TcpFlags::URG),
        ..TcpHeader::new(sport, dport, FIRST, u16::MAX)
    }
}

/// None for what the model does not speak of: other protocols, neighbour discovery and multicast listeners.
pub fn decode(bytes: &[u8]) -> Option<Packet> {
    if bytes.first()? >> 4 != 4 {
        return if *bytes.get(6)? == 44 { decode_part_of_v6(bytes) } else { decode_whole(bytes) };
    }
    let (header, _) = bytes.split_first_chunk::<20>()?;
    let flags = u16::from_be_bytes([header[6], header[7]]);
    let (more, offset) = (flags & 0x2000 != 0, (flags & 0x1fff) * 8);
    let fragment =
        (more || offset > 0).then(|| Fragment { id: u16::from_be_bytes([header[4], header[5]]).into(), offset, more });
    let dont_fragment = flags & 0x4000 != 0;
    if fragment.is_none() || offset == 0 {
        // Nothing looks for a header in a fragment.
        let mut bytes = bytes.to_vec();
        bytes[6..8].fill(0);
        return Some(Packet { fragment, dont_fragment, ..decode_whole(&bytes)? });
    }
    let (src, dst) = (IpAddr::from(*header[12..].first_chunk::<4>()?), IpAddr::from(*header[16..].first_chunk::<4>()?));
    let packet = Packet::new(src, dst, Transport::Other(Protocol::from_number(header[9])), 0);
    let length = u16::from_be_bytes([header[2], header[3]]);
    Some(Packet { ttl: header[8], tos: header[1], length, fragment, dont_fragment, ..packet })
}

fn decode_part_of_v6(bytes: &[u8]) -> Option<Packet> {
    let header = bytes.get(40..48)?;
    let place = u16::from_be_bytes([header[2], header[3]]);
    let id = u32::from_be_bytes(*header.last_chunk()?);
    let fragment = Fragment { id, offset: place & !7, more: place & 1 == 1 };
    let mut without = [&bytes[..40], bytes.get(48..)?].concat();
    without[6] = header[0];
    let length = u16::try_from(bytes.len()).ok()?;
    without[4..6].copy_from_slice(&(length - 48).to_be_bytes());
    let packet = if fragment.offset == 0 {
        decode_whole(&without)?
    } else {
        let address = |at: usize| Some(IpAddr::from(*without.get(at..)?.first_chunk::<16>()?));
        let other = Transport::Other(Protocol::from_number(header[0]));
        Packet {
            ttl: without[7],
            tos: without[0] << 4 | without[1] >> 4,
            ..Packet::new(address(8)?, address(24)?, other, 0)
        }
    };
    Some(Packet { length, fragment: Some(fragment), ..packet })
}

fn decode_whole(bytes: &[u8]) -> Option<Packet> {
    let headers = LaxPacketHeaders::from_ip(bytes).ok()?;
    let (src, dst, ttl, tos, length) = match headers.net? {
        NetHeaders::Ipv4(ip, _) => {
            let tos = ip.dscp.value() << 2 | ip.ecn.value();
            (IpAddr::from(ip.source), IpAddr::from(ip.destination), ip.time_to_live, tos, ip.total_len)
        }
        NetHeaders::Ipv6(ip, _) => {
            let length = ip.payload_length + 40;
            (IpAddr::from(ip.source), IpAddr::from(ip.destination), ip.hop_limit, ip.traffic_class, length)
        }
        NetHeaders::Arp(_) => return None,
    };
    let Some(transport) = headers.transport else {
        if let Some(transport) = sctp::decode(bytes) {
            return Some(Packet { ttl, tos, length, ..Packet::new(src, dst, transport, 0) });
        }
        return tunnel(bytes).map(|protocol| Packet {
            ttl,
            tos,
            length,
            ..Packet::new(src, dst, Transport::Other(protocol), 0)
        });
    };
    let transport = match transport {
        TransportHeader::Tcp(tcp) => {
            let bits = [tcp.fin, tcp.syn, tcp.rst, tcp.psh, tcp.ack, tcp.urg];
            let flags = bits.into_iter().enumerate().map(|(bit, set)| u8::from(set) << bit).sum();
            let mss = tcp.options_iterator().find_map(|option| match option {
                Ok(TcpOptionElement::MaximumSegmentSize(mss)) => Some(mss),
                _ => None,
            });
            Transport::Tcp { sport: tcp.source_port, dport: tcp.destination_port, flags: TcpFlags(flags), mss }
        }
        TransportHeader::Udp(udp) => Transport::Udp { sport: udp.source_port, dport: udp.destination_port },
        TransportHeader::Icmpv4(icmp) => icmp_of(&icmp.to_bytes(), &headers.payload, |kind| !matches!(kind, 0 | 8)),
        TransportHeader::Icmpv6(icmp) if icmp.to_bytes().first().is_some_and(|kind| *kind > 129) => return None,
        TransportHeader::Icmpv6(icmp) => icmp_of(&icmp.to_bytes(), &headers.payload, |kind| kind < 128),
        TransportHeader::Igmp(_) => return None,
    };
    let inside = match (&transport, &headers.payload) {
        (Transport::Udp { dport: 8472, .. }, LaxPayloadSlice::Udp { payload, .. }) => {
            payload.get(usize::from(OVERLAY - FRAME)..).and_then(frame).map(Arc::new)
        }
        _ => None,
    };
    Some(Packet { ttl, tos, length, inside, ..Packet::new(src, dst, transport, 0) })
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    let address = |at: usize| bytes.get(at..at + 6)?.try_into().ok().map(MacAddress);
    let header = Ethernet { source: address(6), destination: address(0) };
    Some(Frame { header, packet: decode(bytes.get(usize::from(FRAME)..)?)? })
}

/// The protocol of a packet with another one inside: the first of IPv4, IPv6 and GRE that its header names.
fn tunnel(bytes: &[u8]) -> Option<Protocol> {
    let protocol = match bytes.first()? >> 4 {
        4 => *bytes.get(9)?,
        _ => *bytes.get(6)?,
    };
    matches!(protocol, 4 | 41 | 47).then_some(Protocol::from_number(protocol))
}

fn icmp_of(header: &[u8], payload: &LaxPayloadSlice<'_>, is_error: impl Fn(u8) -> bool) -> Transport {
    let byte = |at: usize| header.get(at).copied().unwrap_or_default();
    let kind = byte(0);
    let cause = match payload {
        LaxPayloadSlice::Icmpv4 { payload, .. } | LaxPayloadSlice::Icmpv6 { payload, .. } if is_error(kind) => {
            decode(payload).map(Box::new)
        }
        _ => None,
    };
    let id = if is_error(kind) { 0 } else { u16::from_be_bytes([byte(4), byte(5)]) };
    Transport::Icmp(Icmp { kind, code: byte(1), id, cause })
}

/// The packet that answers this one, with these flags if it is TCP. None where nobody answers.
pub fn answer(packet: &Packet, flags: TcpFlags) -> Option<Packet> {
    let back = packet.tuple().inverse();
    if let (Some(inside), Transport::Udp { sport, dport }) = (&packet.inside, &packet.transport) {
        let Ethernet { source, destination } = inside.header;
        let header = Ethernet { source: destination, destination: source };
        let inside = Frame { header, packet: answer(&inside.packet, flags)? };
        let from = Endpoint::new(packet.dst, sport + 1);
        let mut around = Packet::udp(from, Endpoint::new(packet.src, *dport));
        around.length += OVERLAY + inside.packet.length;
        return Some(Packet { inside: Some(Arc::new(inside)), ..around });
    }
    match &packet.transport {
        Transport::Tcp { .. } => Some(Packet::tcp(back.src, back.dst, flags)),
        Transport::Udp { .. } => Some(Packet::udp(back.src, back.dst)),
        Transport::Sctp { tag, chunks, .. } => {
            // Who asked for a tag gets it; a first packet is a client's.
            let to_client = *tag != SctpChunk::ASKED;
            let [tag, own] = if to_client {
                [SctpChunk::ASKED, SctpChunk::ANSWERED]
            } else {
                [SctpChunk::ANSWERED, SctpChunk::ASKED]
            };
            Some(Packet::sctp(back.src, back.dst, tag, vec![sctp::answer(chunks, flags, own)]))
        }
        Transport::Icmp(Icmp { kind: 8 | 128, .. }) => packet.refusal(),
        _ => None,
    }
}

/// What the sender of a packet goes on with, by these flags if it is TCP.
pub fn next(mut packet: Packet, flags: TcpFlags) -> Packet {
    match &mut packet.transport {
        Transport::Tcp { flags: of_packet, .. } => *of_packet = flags,
        Transport::Sctp { tag, .. } => {
            let chunk = sctp::next(flags);
            let tag = match (chunk, *tag) {
                (SctpChunk::Init { .. }, _) => 0,
                (_, 0) => SctpChunk::ANSWERED,
                (_, tag) => tag,
            };
            let ends = packet.tuple();
            return Packet { ttl: packet.ttl, tos: packet.tos, ..Packet::sctp(ends.src, ends.dst, tag, vec![chunk]) };
        }
        _ => {}
    }
    packet
}

/// The error that a router at `from` sends for this packet.
pub fn error(packet: &Packet, from: IpAddr, kind: u8, code: u8) -> Packet {
    let icmp = Icmp { kind, code, id: 0, cause: Some(Box::new(packet.clone())) };
    let mut error = Packet::new(from, packet.src, Transport::Icmp(icmp), 8 + packet.length);
    error.ttl = 60;
    error
}
