use std::fmt;

/// A chunk of an SCTP packet, as far as its way depends on it (RFC 9260, section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SctpChunk {
    Data,
    /// `tag` is what packets to its sender have to carry.
    Init {
        tag: u32,
    },
    InitAck {
        tag: u32,
    },
    Sack,
    Heartbeat,
    HeartbeatAck,
    /// `reflected` (the T bit): the packet carries the tag of the one that it answers.
    Abort {
        reflected: bool,
    },
    Shutdown,
    ShutdownAck,
    Error,
    CookieEcho,
    CookieAck,
    ShutdownComplete {
        reflected: bool,
    },
    Other(u8),
}

impl SctpChunk {
    /// The tags that the ends of the lab's associations ask for: who opens, and who answers.
    pub const ASKED: u32 = 1;
    pub const ANSWERED: u32 = 2;

    /// The type in its header.
    pub const fn number(&self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Init { .. } => 1,
            Self::InitAck { .. } => 2,
            Self::Sack => 3,
            Self::Heartbeat => 4,
            Self::HeartbeatAck => 5,
            Self::Abort { .. } => 6,
            Self::Shutdown => 7,
            Self::ShutdownAck => 8,
            Self::Error => 9,
            Self::CookieEcho => 10,
            Self::CookieAck => 11,
            Self::ShutdownComplete { .. } => 14,
            Self::Other(number) => *number,
        }
    }

    /// Bytes of the chunk without anything that it need not have.
    pub const fn length(&self) -> u16 {
        match self {
            Self::Data | Self::Sack => 16,
            Self::Init { .. } | Self::InitAck { .. } => 20,
            Self::Shutdown => 8,
            _ => 4,
        }
    }
}

/// The name in RFC 9260.
impl fmt::Display for SctpChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "DATA",
            Self::Init { .. } => "INIT",
            Self::InitAck { .. } => "INIT ACK",
            Self::Sack => "SACK",
            Self::Heartbeat => "HEARTBEAT",
            Self::HeartbeatAck => "HEARTBEAT ACK",
            Self::Abort { .. } => "ABORT",
            Self::Shutdown => "SHUTDOWN",
            Self::ShutdownAck => "SHUTDOWN ACK",
            Self::Error => "ERROR",
            Self::CookieEcho => "COOKIE ECHO",
            Self::CookieAck => "COOKIE ACK",
            Self::ShutdownComplete { .. } => "SHUTDOWN COMPLETE",
            Self::Other(number) => return write!(f, "chunk {number}"),
        })
    }
}
