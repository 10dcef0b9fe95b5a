use datapath_core::lab::{Journey, Lab, Moment, Tally, Timeline};
use datapath_core::trace::Cost;

/// One packet of the open connection in all lanes, prepared for stepping.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Index of the packet in its connection.
    pub packet: usize,
    /// How many packets the connection has that can be shown.
    pub packets: usize,
    /// How many it had before the rules changed.
    pub past: usize,
    pub tracks: Vec<Track>,
    pub timeline: Timeline,
    /// The highest count of any lane and packet, for bars that can be compared.
    pub scale: Cost,
}

/// One lane's journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub moments: Vec<Moment>,
    /// The running costs, one for each moment.
    pub tallies: Vec<Tally>,
    /// What each packet of the connection cost in all, from the first.
    pub totals: Vec<Tally>,
}

impl Shown {
    /// The packet in steps of the given lanes; those of the others do not count. None if nothing was sent. A lane in which
    /// the connection ended sooner has none of its last packets.
    pub fn of(lab: &Lab, packet: usize, lanes: &[usize]) -> Option<Self> {
        let packets = lab.lanes.iter().map(|lane| lane.journeys.len()).max()?;
        let packet = packet.min(packets.checked_sub(1)?);
        let tracks: Vec<_> = lab
            .lanes
            .iter()
            .map(|lane| {
                let journey = lane.journeys.get(packet);
                let moments = journey.map(Journey::moments).unwrap_or_default();
                let tallies = journey.map(|journey| journey.tallies(&moments)).unwrap_or_default();
                let totals = lane.past.iter().copied().chain(lane.journeys.iter().map(total)).collect();
                Track { moments, tallies, totals }
            })
            .collect();
        let counted = tracks.iter().zip(&lab.lanes).enumerate().map(|(index, (track, lane))| {
            Some((lane.journeys.get(packet)?, &*track.moments)).filter(|_| lanes.contains(&index))
        });
        let timeline = Timeline::of(&counted.collect::<Vec<_>>());
        let totals = tracks.iter().flat_map(|track| &track.totals);
        let scale = totals.map(Tally::total).fold(Cost::NONE, most);
        let past = lab.lanes.first().map_or(0, |lane| lane.past.len());
        Some(Self { packet, packets, past, tracks, timeline, scale })
    }
}

impl Track {
    pub fn moment(&self, index: usize) -> Option<&Moment> {
        self.moments.get(index)
    }

    pub fn tally(&self, index: Option<usize>) -> Tally {
        index.and_then(|index| self.tallies.get(index)).copied().unwrap_or_default()
    }
}

fn total(journey: &Journey) -> Tally {
    journey.tallies(&journey.moments()).last().copied().unwrap_or_default()
}

fn most(one: Cost, other: Cost) -> Cost {
    Cost {
        rules: one.rules.max(other.rules),
        matches: one.matches.max(other.matches),
        probes: one.probes.max(other.probes),
        connections: one.connections.max(other.connections),
        openings: one.openings.max(other.openings),
        rewrites: one.rewrites.max(other.rewrites),
    }
}
