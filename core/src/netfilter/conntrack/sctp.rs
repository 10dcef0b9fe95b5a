//! The SCTP state machine of `nf_conntrack_proto_sctp.c` (Linux 6.1).

use std::fmt;

use super::{Direction, Moved};
use crate::net::SctpChunk;
use crate::trace::Fault;

/// `enum sctp_conntrack`
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SctpState {
    None,
    Closed,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,
    HeartbeatSent,
}

use SctpState::{
    Closed as CL, CookieEchoed as CE, CookieWait as CW, Established as ES, HeartbeatSent as HS, None as NO,
    ShutdownAckSent as SA, ShutdownReceived as SR, ShutdownSent as SS,
};

/// Rows: INIT, INIT ACK, ABORT, SHUTDOWN, SHUTDOWN ACK, ERROR, COOKIE ECHO, COOKIE ACK, SHUTDOWN COMPLETE, HEARTBEAT,
/// HEARTBEAT ACK. Columns: the states. [`NO`] is no state to come to: the packet is invalid.
type Transitions = [[SctpState; SctpState::COUNT]; 11];

#[rustfmt::skip]
const ORIGINAL: Transitions = [
    [CL, CL, CW, CE, ES, CL, CL, SA, CW],
    [CL, CL, CW, CE, ES, SS, SR, SA, CL],
    [CL, CL, CL, CL, CL, CL, CL, CL, CL],
    [CL, CL, CW, CE, SS, SS, SR, SA, CL],
    [SA, CL, CW, CE, ES, SA, SA, SA, SA],
    [CL, CL, CW, CE, ES, SS, SR, SA, CL],
    [CL, CL, CE, CE, ES, SS, SR, SA, CL],
    [CL, CL, CW, ES, ES, SS, SR, SA, CL],
    [CL, CL, CW, CE, ES, SS, SR, CL, CL],
    [HS, CL, CW, CE, ES, SS, SR, SA, HS],
    [CL, CL, CW, CE, ES, SS, SR, SA, HS],
];

#[rustfmt::skip]
const REPLY: Transitions = [
    [NO, CL, CW, CE, ES, SS, SR, SA, NO],
    [NO, CW, CW, CE, ES, SS, SR, SA, NO],
    [NO, CL, CL, CL, CL, CL, CL, CL, NO],
    [NO, CL, CW, CE, SR, SS, SR, SA, NO],
    [NO, CL, CW, CE, ES, SA, SA, SA, NO],
    [NO, CL, CW, CL, ES, SS, SR, SA, NO],
    [NO, CL, CE, CE, ES, SS, SR, SA, NO],
    [NO, CL, CW, ES, ES, SS, SR, SA, NO],
    [NO, CL, CW, CE, ES, SS, SR, CL, NO],
    [NO, CL, CW, CE, ES, SS, SR, SA, HS],
    [NO, CL, CW, CE, ES, SS, SR, SA, ES],
];

/// What conntrack knows of an association (`struct ip_ct_sctp`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sctp {
    pub state: SctpState,
    /// The verification tag that packets of each direction carry; 0 as long as it is unknown.
    tags: [u32; 2],
    /// Which directions have sent an INIT that nothing has settled.
    has_init: [bool; 2],
    /// The direction of a heartbeat whose tag was not the one that is known.
    odd_heartbeat: Option<Direction>,
}

impl Sctp {
    /// An association of which a listing tells no more than the state.
    pub const fn listed(state: SctpState) -> Self {
        Self { state, tags: [0; 2], has_init: [false; 2], odd_heartbeat: None }
    }

    /// What a first packet begins (`nf_conntrack_sctp_packet`, `sctp_new`).
    pub(super) fn begin(tag: u32, chunks: &[SctpChunk]) -> Result<Self, Fault> {
        check(chunks)?;
        let mut new = Self::listed(SctpState::None);
        for chunk in chunks {
            match chunk {
                SctpChunk::Abort { .. } | SctpChunk::ShutdownComplete { .. } | SctpChunk::CookieAck => {
                    return Err(Fault::SctpOutOfTheBlue);
                }
                SctpChunk::Init { .. } if tag != 0 => return Err(Fault::SctpInitWithTag),
                SctpChunk::Init { tag: own } => new.tags[Direction::Reply as usize] = *own,
                SctpChunk::Heartbeat => new.tags[Direction::Original as usize] = tag,
                SctpChunk::ShutdownAck => new.tags[Direction::Reply as usize] = tag,
                chunk if row(chunk).is_none() => return Err(Fault::SctpBeginsNothing),
                _ => {}
            }
        }
        match new.packet(Direction::Original, tag, chunks, false) {
            Moved::Invalid(reason) => Err(reason),
            _ => Ok(new),
        }
    }

    /// Moves on with a packet (`nf_conntrack_sctp_packet`).
    pub(super) fn packet(&mut self, direction: Direction, tag: u32, chunks: &[SctpChunk], is_confirmed: bool) -> Moved {
        if let Err(reason) = check(chunks) {
            return Moved::Invalid(reason);
        }
        if !chunks.iter().any(has_rule_of_its_own) && tag != self.tag(direction) {
            return Moved::Invalid(Fault::SctpWrongTag);
        }
        let has_data = chunks.contains(&SctpChunk::Data);
        let (mut ignored, mut assured) = (false, false);
        for chunk in chunks {
            if matches!(chunk, SctpChunk::Heartbeat | SctpChunk::HeartbeatAck) {
                match self.heartbeat(direction, tag, chunk, has_data || ignored) {
                    Heartbeat::Counts => {}
                    Heartbeat::Passes => {
                        ignored = true;
                        continue;
                    }
                    Heartbeat::Invalid => return Moved::Invalid(Fault::SctpWrongTag),
                }
            } else if !self.accepts(direction, tag, chunk) {
                return Moved::Invalid(Fault::SctpWrongTag);
            }
            let old = self.state;
            let Some(new) = after(old, direction, chunk) else {
                return Moved::Invalid(Fault::SctpChunkOutOfPlace);
            };
            if !self.note_tag(direction, chunk) {
                return Moved::Invalid(Fault::SctpOtherInitAck);
            }
            // Else an entry that NAT has bound to ports would live as long as somebody tries.
            ignored |= is_confirmed && matches!(chunk, SctpChunk::Init { .. }) && (old, new) == (CL, CL);
            assured |= old != ES && new == ES;
            self.state = new;
        }
        Moved::Accepted { assured, counts: !ignored }
    }

    const fn tag(&self, direction: Direction) -> u32 {
        self.tags[direction as usize]
    }

    /// RFC 9260, section 8.5.1.
    fn accepts(&mut self, direction: Direction, tag: u32, chunk: &SctpChunk) -> bool {
        match chunk {
            SctpChunk::Init { .. } => tag == 0,
            SctpChunk::Abort { reflected } | SctpChunk::ShutdownComplete { reflected } => {
                tag == self.tag(if *reflected { direction.other() } else { direction })
            }
            SctpChunk::CookieEcho => tag == self.tag(direction),
            SctpChunk::CookieAck => {
                self.has_init = [false; 2];
                true
            }
            _ => true,
        }
    }

    fn heartbeat(&mut self, direction: Direction, tag: u32, chunk: &SctpChunk, has_more: bool) -> Heartbeat {
        let known = &mut self.tags[direction as usize];
        if *known == 0 {
            *known = tag;
            return Heartbeat::Counts;
        }
        if *known == tag {
            self.odd_heartbeat = None;
            return Heartbeat::Counts;
        }
        if has_more {
            return Heartbeat::Invalid;
        }
        if *chunk == SctpChunk::Heartbeat {
            self.odd_heartbeat = Some(direction);
            return Heartbeat::Passes;
        }
        // Its answer shows that the association is another one now.
        if self.odd_heartbeat != Some(direction.other()) {
            return Heartbeat::Invalid;
        }
        *known = tag;
        self.tags[direction.other() as usize] = 0;
        self.odd_heartbeat = None;
        Heartbeat::Counts
    }

    /// Whoever opens says which tag it wants to see. False if that is not to be believed.
    fn note_tag(&mut self, direction: Direction, chunk: &SctpChunk) -> bool {
        let (own, other) = (direction as usize, direction.other() as usize);
        match chunk {
            SctpChunk::Init { tag } => {
                // A stale or repeated INIT counts for nothing.
                if self.state == NO || self.tags[other] != *tag {
                    if self.has_init[own] {
                        self.has_init[other] = false;
                    }
                    self.has_init[own] = true;
                }
                self.tags[other] = *tag;
                true
            }
            SctpChunk::InitAck { tag } => {
                let known = self.tags[other];
                let collides = self.has_init == [true; 2] && known != *tag;
                if (!self.has_init[other] && known != 0 && known != *tag) || collides {
                    return false;
                }
                self.tags[other] = *tag;
                true
            }
            _ => true,
        }
    }
}

enum Heartbeat {
    Counts,
    Passes,
    Invalid,
}

/// `do_basic_checks`
fn check(chunks: &[SctpChunk]) -> Result<(), Fault> {
    let stands_alone = |chunk: &SctpChunk| {
        matches!(chunk, SctpChunk::Init { .. } | SctpChunk::InitAck { .. } | SctpChunk::ShutdownComplete { .. })
    };
    let comes_first = |chunk: &SctpChunk| matches!(chunk, SctpChunk::CookieEcho | SctpChunk::CookieAck);
    if chunks.is_empty() {
        return Err(Fault::SctpWithoutChunks);
    }
    if chunks.len() > 1 && chunks.iter().any(stands_alone) || chunks[1..].iter().any(comes_first) {
        return Err(Fault::SctpChunksApart);
    }
    Ok(())
}

/// Whether the tag of a packet with this chunk is not simply compared.
const fn has_rule_of_its_own(chunk: &SctpChunk) -> bool {
    matches!(
        chunk,
        SctpChunk::Init { .. }
            | SctpChunk::ShutdownComplete { .. }
            | SctpChunk::CookieEcho
            | SctpChunk::Abort { .. }
            | SctpChunk::ShutdownAck
            | SctpChunk::Heartbeat
            | SctpChunk::HeartbeatAck
    )
}

const fn row(chunk: &SctpChunk) -> Option<usize> {
    Some(match chunk {
        SctpChunk::Init { .. } => 0,
        SctpChunk::InitAck { .. } => 1,
        SctpChunk::Abort { .. } => 2,
        SctpChunk::Shutdown => 3,
        SctpChunk::ShutdownAck => 4,
        SctpChunk::Error => 5,
        SctpChunk::CookieEcho => 6,
        SctpChunk::CookieAck => 7,
        SctpChunk::ShutdownComplete { .. } => 8,
        SctpChunk::Heartbeat => 9,
        SctpChunk::HeartbeatAck => 10,
        SctpChunk::Data | SctpChunk::Sack | SctpChunk::Other(_) => return None,
    })
}

/// `sctp_new_state`; none if the packet is invalid.
fn after(state: SctpState, direction: Direction, chunk: &SctpChunk) -> Option<SctpState> {
    let Some(row) = row(chunk) else {
        return Some(state);
    };
    let table = if direction == Direction::Original { &ORIGINAL } else { &REPLY };
    Some(table[row][state as usize]).filter(|state| *state != NO)
}

impl SctpState {
    pub const COUNT: usize = 9;
    const ALL: [Self; Self::COUNT] = [NO, CL, CW, CE, ES, SS, SR, SA, HS];

    /// The state whose time-out `nf_conntrack_sctp_timeout_…` sets.
    pub(super) fn of_setting(name: &str) -> Option<Self> {
        Self::ALL[1..].iter().copied().find(|state| state.name().eq_ignore_ascii_case(name))
    }

    /// The state that `conntrack -L` calls so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The name that `conntrack -L` prints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Closed => "CLOSED",
            Self::CookieWait => "COOKIE_WAIT",
            Self::CookieEchoed => "COOKIE_ECHOED",
            Self::Established => "ESTABLISHED",
            Self::ShutdownSent => "SHUTDOWN_SENT",
            Self::ShutdownReceived => "SHUTDOWN_RECD",
            Self::ShutdownAckSent => "SHUTDOWN_ACK_SENT",
            Self::HeartbeatSent => "HEARTBEAT_SENT",
        }
    }

    /// Whether the entry may be given up although it is assured (`sctp_can_early_drop`).
    pub const fn is_closing(self) -> bool {
        matches!(self, Self::ShutdownSent | Self::ShutdownReceived | Self::ShutdownAckSent)
    }
}

/// [`SctpState::name`]
impl fmt::Display for SctpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
