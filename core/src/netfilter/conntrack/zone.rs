use super::Direction;

/// A part of the conntrack table of its own: the same tuple may be in several (`struct nf_conntrack_zone`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    pub id: u16,
    /// The directions whose tuples are in it; a tuple of another direction is in the zone 0.
    pub original: bool,
    pub reply: bool,
}

impl Default for Zone {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Zone {
    /// Where nearly all connections are.
    pub const USUAL: Self = Self { id: 0, original: true, reply: true };

    /// The zone of the tuple of a direction (`nf_ct_zone_id`).
    pub const fn id_in(self, direction: Direction) -> u16 {
        let counts = match direction {
            Direction::Original => self.original,
            Direction::Reply => self.reply,
        };
        if counts { self.id } else { 0 }
    }
}

/// How a rule names a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneChoice {
    pub id: u16,
    /// The mark of the packet names it.
    pub from_mark: bool,
    pub original_only: bool,
    pub reply_only: bool,
}

/// What a rule before conntrack says of the connection to come (`nf_ct_tmpl_alloc`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    pub zone: ZoneChoice,
}

impl Template {
    /// `nf_ct_zone_tmpl`.
    #[expect(clippy::cast_possible_truncation, reason = "the kernel takes the low half of the mark")]
    pub const fn zone(self, mark: u32) -> Zone {
        let ZoneChoice { id, from_mark, original_only, reply_only } = self.zone;
        let both = original_only == reply_only;
        Zone {
            id: if from_mark { mark as u16 } else { id },
            original: both || original_only,
            reply: both || reply_only,
        }
    }
}
