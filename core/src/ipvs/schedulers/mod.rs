//! The schedulers of IPVS, one a file, with the arithmetic and the hashes of Linux 6.1.
//!
//! In: the real servers of a virtual service in list order, and the packet that opens a connection.
//! Out: a real server, or none, and then the packet is refused. Left out on purpose: MH and SH tables
//! of another size than the kernel's defaults.

mod dh;
mod fo;
mod hash;
mod lblc;
mod lblcr;
mod lc;
mod locality;
mod mh;
mod nq;
mod ovf;
mod rr;
mod sed;
mod sh;
mod twos;
mod wlc;
mod wrr;

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;

use super::destination::{Destination, DestinationId, Destinations};
use super::service::SchedulerFlags;
use crate::chance::Chance;
use crate::netfilter::Seconds;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheduler {
    RoundRobin,
    WeightedRoundRobin,
    LeastConnection,
    WeightedLeastConnection,
    LocalityBasedLeastConnection,
    LocalityBasedLeastConnectionReplicated,
    DestinationHashing,
    SourceHashing,
    MaglevHashing,
    ShortestExpectedDelay,
    NeverQueue,
    WeightedFailover,
    WeightedOverflow,
    PowerOfTwos,
}

impl Scheduler {
    pub const ALL: [Self; 14] = [
        Self::RoundRobin,
        Self::WeightedRoundRobin,
        Self::LeastConnection,
        Self::WeightedLeastConnection,
        Self::LocalityBasedLeastConnection,
        Self::LocalityBasedLeastConnectionReplicated,
        Self::DestinationHashing,
        Self::SourceHashing,
        Self::MaglevHashing,
        Self::ShortestExpectedDelay,
        Self::NeverQueue,
        Self::WeightedFailover,
        Self::WeightedOverflow,
        Self::PowerOfTwos,
    ];

    /// The name of the kernel module, after `ip_vs_`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "rr",
            Self::WeightedRoundRobin => "wrr",
            Self::LeastConnection => "lc",
            Self::WeightedLeastConnection => "wlc",
            Self::LocalityBasedLeastConnection => "lblc",
            Self::LocalityBasedLeastConnectionReplicated => "lblcr",
            Self::DestinationHashing => "dh",
            Self::SourceHashing => "sh",
            Self::MaglevHashing => "mh",
            Self::ShortestExpectedDelay => "sed",
            Self::NeverQueue => "nq",
            Self::WeightedFailover => "fo",
            Self::WeightedOverflow => "ovf",
            Self::PowerOfTwos => "twos",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheduler| scheduler.name() == name)
    }
}

impl fmt::Display for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The real servers of one virtual service.
#[derive(Clone, Copy)]
pub(super) struct Pool<'a> {
    pub order: &'a VecDeque<DestinationId>,
    /// Those of all services, and the trash: lblc and lblcr remember removed ones.
    pub all: &'a Destinations,
}

impl<'a> Pool<'a> {
    pub fn iter(self) -> impl Iterator<Item = &'a Destination> + Clone {
        self.order.iter().filter_map(move |id| self.all.get(id))
    }

    /// The place of a real server in the list.
    fn place(self, id: DestinationId) -> Option<usize> {
        self.order.iter().position(|other| *other == id)
    }

    /// Of those with a smallest load for their weight the first; only the first one looked at must
    /// have a weight, since a weight of 0 never compares as less (`ip_vs_wlc_schedule` and its kin).
    fn least_loaded(self, load: impl Fn(&Destination) -> u64) -> Option<&'a Destination> {
        let usable = |destination: &&Destination| !destination.overloaded && destination.config.weight > 0;
        self.iter().filter(usable).reduce(
            |least, other| {
                if is_less_loaded(other, least, &load) { other } else { least }
            },
        )
    }
}

/// Compares load by weight without division: `a/wa < b/wb` as `a·wb < b·wa`.
fn is_less_loaded(a: &Destination, b: &Destination, load: impl Fn(&Destination) -> u64) -> bool {
    u128::from(load(a)) * u128::from(b.config.weight) < u128::from(load(b)) * u128::from(a.config.weight)
}

/// What a scheduler may know of the packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub client: IpAddr,
    pub client_port: u16,
    pub virtual_address: IpAddr,
    pub flags: SchedulerFlags,
    pub now: Seconds,
    /// See [`super::Sysctls::locality_expiration`].
    pub locality_expiration: Seconds,
}

/// What happened to the list of real servers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Added,
    /// `before` is what stood before it in the list, if anything.
    Removed {
        removed: DestinationId,
        before: Option<DestinationId>,
    },
    Updated,
}

/// What a scheduler remembers for one virtual service (`svc->sched_data`).
#[derive(Clone, Debug)]
pub(super) enum SchedulerState {
    RoundRobin(rr::RoundRobin),
    WeightedRoundRobin(wrr::WeightedRoundRobin),
    LocalityBased(lblc::LocalityBased),
    LocalityBasedReplicated(lblcr::Replicated),
    DestinationHashing(dh::DestinationHashing),
    SourceHashing(sh::SourceHashing),
    Maglev(mh::Maglev),
    /// These choose by the counters of the real servers alone.
    Stateless(Stateless),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Stateless {
    LeastConnection,
    WeightedLeastConnection,
    ShortestExpectedDelay,
    NeverQueue,
    Failover,
    Overflow,
    PowerOfTwos,
}

impl SchedulerState {
    /// Binds a scheduler to a service that may have real servers already (`ip_vs_bind_scheduler`).
    pub fn new(scheduler: Scheduler, pool: Pool<'_>, now: Seconds) -> Self {
        match scheduler {
            Scheduler::RoundRobin => Self::RoundRobin(rr::RoundRobin::default()),
            Scheduler::WeightedRoundRobin => Self::WeightedRoundRobin(wrr::WeightedRoundRobin::new(pool)),
            Scheduler::LocalityBasedLeastConnection => Self::LocalityBased(lblc::LocalityBased::new(now)),
            Scheduler::LocalityBasedLeastConnectionReplicated => {
                Self::LocalityBasedReplicated(lblcr::Replicated::new(now))
            }
            Scheduler::DestinationHashing => Self::DestinationHashing(dh::DestinationHashing::new(pool)),
            Scheduler::SourceHashing => Self::SourceHashing(sh::SourceHashing::new(pool)),
            Scheduler::MaglevHashing => Self::Maglev(mh::Maglev::new(pool)),
            Scheduler::LeastConnection => Self::Stateless(Stateless::LeastConnection),
            Scheduler::WeightedLeastConnection => Self::Stateless(Stateless::WeightedLeastConnection),
            Scheduler::ShortestExpectedDelay => Self::Stateless(Stateless::ShortestExpectedDelay),
            Scheduler::NeverQueue => Self::Stateless(Stateless::NeverQueue),
            Scheduler::WeightedFailover => Self::Stateless(Stateless::Failover),
            Scheduler::WeightedOverflow => Self::Stateless(Stateless::Overflow),
            Scheduler::PowerOfTwos => Self::Stateless(Stateless::PowerOfTwos),
        }
    }

    /// `add_dest`, `del_dest` and `upd_dest`.
    pub fn changed(&mut self, change: Change, pool: Pool<'_>) {
        match self {
            Self::RoundRobin(state) => state.changed(change),
            Self::WeightedRoundRobin(state) => state.reassess(pool),
            Self::DestinationHashing(state) => state.changed(change, pool),
            Self::SourceHashing(state) => *state = sh::SourceHashing::new(pool),
            Self::Maglev(state) => state.reassign(pool),
            Self::LocalityBased(_) | Self::LocalityBasedReplicated(_) | Self::Stateless(_) => {}
        }
    }

    pub fn schedule(&mut self, pool: Pool<'_>, request: &Request, chance: &mut Chance) -> Option<DestinationId> {
        match self {
            Self::RoundRobin(state) => state.schedule(pool),
            Self::WeightedRoundRobin(state) => state.schedule(pool),
            Self::LocalityBased(state) => state.schedule(pool, request),
            Self::LocalityBasedReplicated(state) => state.schedule(pool, request),
            Self::DestinationHashing(state) => state.schedule(pool, request),
            Self::SourceHashing(state) => state.schedule(pool, request),
            Self::Maglev(state) => state.schedule(pool, request),
            Self::Stateless(stateless) => match stateless {
                Stateless::LeastConnection => lc::schedule(pool),
                Stateless::WeightedLeastConnection => wlc::schedule(pool),
                Stateless::ShortestExpectedDelay => sed::schedule(pool),
                Stateless::NeverQueue => nq::schedule(pool),
                Stateless::Failover => fo::schedule(pool),
                Stateless::Overflow => ovf::schedule(pool),
                Stateless::PowerOfTwos => twos::schedule(pool, chance),
            },
        }
    }

    /// Lets what is remembered age.
    pub fn advance(&mut self, now: Seconds, expiration: Seconds) {
        match self {
            Self::LocalityBased(state) => state.advance(now, expiration),
            Self::LocalityBasedReplicated(state) => state.advance(now, expiration),
            _ => {}
        }
    }

    /// Whether a real server is remembered here, which keeps it in the trash.
    pub fn remembers(&self, id: DestinationId) -> bool {
        match self {
            Self::LocalityBased(state) => state.remembers(id),
            Self::LocalityBasedReplicated(state) => state.remembers(id),
            _ => false,
        }
    }
}
