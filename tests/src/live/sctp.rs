//! SCTP as bytes, and what the ends of an association say.

use datapath_core::net::{SctpChunk, TcpFlags, Transport};

const HEADER: usize = 12;

/// Without a checksum, which nobody looks at.
pub fn encode(ports: [u16; 2], tag: u32, chunks: &[SctpChunk]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(ports.into_iter().flat_map(u16::to_be_bytes));
    bytes.extend(tag.to_be_bytes());
    bytes.extend([0; 4]);
    for chunk in chunks {
        let flags =
            matches!(chunk, SctpChunk::Abort { reflected: true } | SctpChunk::ShutdownComplete { reflected: true });
        let begin = bytes.len();
        bytes.extend([chunk.number(), u8::from(flags)]);
        bytes.extend(chunk.length().to_be_bytes());
        if let SctpChunk::Init { tag } | SctpChunk::InitAck { tag } = chunk {
            bytes.extend(tag.to_be_bytes());
        }
        bytes.resize(begin + usize::from(chunk.length()), 0);
    }
    bytes
}

/// None if the packet is not of SCTP.
pub fn decode(packet: &[u8]) -> Option<Transport> {
    const SCTP: u8 = 132;
    let (protocol, header) = match packet.first()? {
        first if first >> 4 == 4 => (*packet.get(9)?, usize::from(first & 15) * 4),
        _ => (*packet.get(6)?, 40),
    };
    let segment = packet.get(header..).filter(|_| protocol == SCTP)?;
    let short = |at: usize| Some(u16::from_be_bytes(*segment.get(at..)?.first_chunk()?));
    let word = |at: usize| Some(u32::from_be_bytes(*segment.get(at..)?.first_chunk()?));
    let (mut chunks, mut at) = (Vec::new(), HEADER);
    while let (Some([kind, flags]), Some(length)) = (segment.get(at..at + 2), short(at + 2)) {
        chunks.push(chunk(*kind, flags & 1 == 1, word(at + 4).unwrap_or_default()));
        at += usize::from(length.max(4)).next_multiple_of(4);
    }
    Some(Transport::Sctp { sport: short(0)?, dport: short(2)?, tag: word(4)?, chunks })
}

const fn chunk(kind: u8, reflected: bool, tag: u32) -> SctpChunk {
    match kind {
        0 => SctpChunk::Data,
        1 => SctpChunk::Init { tag },
        2 => SctpChunk::InitAck { tag },
        3 => SctpChunk::Sack,
        4 => SctpChunk::Heartbeat,
        5 => SctpChunk::HeartbeatAck,
        6 => SctpChunk::Abort { reflected },
        7 => SctpChunk::Shutdown,
        8 => SctpChunk::ShutdownAck,
        9 => SctpChunk::Error,
        10 => SctpChunk::CookieEcho,
        11 => SctpChunk::CookieAck,
        14 => SctpChunk::ShutdownComplete { reflected },
        other => SctpChunk::Other(other),
    }
}

/// What answers these chunks: what the flags would be for TCP. `own` is the tag that the answering end asks for.
pub fn answer(chunks: &[SctpChunk], flags: TcpFlags, own: u32) -> SctpChunk {
    const SYN_ACK: u8 = TcpFlags::SYN.0 | TcpFlags::ACK.0;
    const FIN_ACK: u8 = TcpFlags::FIN.0 | TcpFlags::ACK.0;
    match flags.0 {
        SYN_ACK if chunks.contains(&SctpChunk::Heartbeat) => SctpChunk::HeartbeatAck,
        SYN_ACK => SctpChunk::InitAck { tag: own },
        FIN_ACK => SctpChunk::ShutdownAck,
        _ if flags.contains(TcpFlags::RST) => SctpChunk::Abort { reflected: false },
        _ => SctpChunk::CookieAck,
    }
}

/// What an end says next: what the flags would be for TCP.
pub const fn next(flags: TcpFlags) -> SctpChunk {
    if flags.contains(TcpFlags::SYN) {
        SctpChunk::Init { tag: SctpChunk::ASKED }
    } else if flags.contains(TcpFlags::FIN) {
        SctpChunk::Shutdown
    } else if flags.contains(TcpFlags::RST) {
        SctpChunk::ShutdownComplete { reflected: false }
    } else if flags.contains(TcpFlags::PSH) {
        SctpChunk::Data
    } else {
        SctpChunk::CookieEcho
    }
}
