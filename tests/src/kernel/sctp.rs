//! The chunks of SCTP as cases write them: `DATA`, `INIT 7` with the tag that it asks for, `ABORT T` with the T bit.

use datapath_core::net::SctpChunk;

const PLAIN: [SctpChunk; 9] = [
    SctpChunk::Data,
    SctpChunk::Sack,
    SctpChunk::Heartbeat,
    SctpChunk::HeartbeatAck,
    SctpChunk::Shutdown,
    SctpChunk::ShutdownAck,
    SctpChunk::Error,
    SctpChunk::CookieEcho,
    SctpChunk::CookieAck,
];

/// # Errors
/// Says that there is no such chunk.
pub fn chunk(name: &str) -> Result<SctpChunk, String> {
    let wrong = || format!("{name:?} is no chunk of SCTP");
    let tag = |text: &str| text.parse().map_err(|_| wrong());
    let reflected = name.ends_with(" T");
    if let Some(known) = PLAIN.into_iter().find(|known| known.to_string() == name) {
        return Ok(known);
    }
    match name.strip_suffix(" T").unwrap_or(name) {
        "ABORT" => Ok(SctpChunk::Abort { reflected }),
        "SHUTDOWN COMPLETE" => Ok(SctpChunk::ShutdownComplete { reflected }),
        other => match other.rsplit_once(' ') {
            Some(("INIT", text)) => Ok(SctpChunk::Init { tag: tag(text)? }),
            Some(("INIT ACK", text)) => Ok(SctpChunk::InitAck { tag: tag(text)? }),
            Some(("chunk", text)) => Ok(SctpChunk::Other(text.parse().map_err(|_| wrong())?)),
            _ => Err(wrong()),
        },
    }
}

/// The name of [`chunk`].
pub fn name(chunk: &SctpChunk) -> String {
    match chunk {
        SctpChunk::Init { tag } | SctpChunk::InitAck { tag } => format!("{chunk} {tag}"),
        SctpChunk::Abort { reflected: true } | SctpChunk::ShutdownComplete { reflected: true } => format!("{chunk} T"),
        _ => chunk.to_string(),
    }
}
