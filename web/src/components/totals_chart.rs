use datapath_core::lab::Lane;

use super::chart::{Bar, Bars, Chart, Group, Plot};
use super::counters::{COUNTERS, Counter};
use crate::state::{Shown, Track};
use crate::text::{self, say};

/// What the first packet cost in each lane, and, across its bar, what the latest one did.
pub fn chart(lanes: &[Lane], shown: &Shown) -> Chart {
    let latest = shown.tracks.iter().map(|track| track.totals.len()).min().filter(|packets| *packets > 1);
    let bars = Bars {
        groups: COUNTERS.iter().map(|counter| group(counter, lanes, shown, latest)).collect(),
        axis: None,
        mark: latest.map(|packet| say!("compare-mark", number = packet)),
        reach: None,
    };
    let (title, about) = (say!("compare-totals"), say!("compare-totals-note"));
    Chart { spoken: bars.spoken(&title, &about), title, about, plot: Plot::Bars(bars) }
}

fn group(counter: &Counter, lanes: &[Lane], shown: &Shown, latest: Option<usize>) -> Group {
    let bar = |(lane, track): (&Lane, &Track)| {
        let of = |packet: usize| track.totals.get(packet).map(|tally| (counter.of)(&tally.total()));
        let (first, last) = (of(0)?, latest.and_then(|packets| of(packets - 1)));
        let text = match last {
            Some(last) => say!("compare-bar", first = first as usize, last = last as usize),
            None => text::number(first as usize),
        };
        Some(Bar { mode: lane.mode, value: f64::from(first), text, mark: last.map(f64::from), reach: None })
    };
    Group { name: (counter.name)(), bars: lanes.iter().zip(&shown.tracks).filter_map(bar).collect() }
}
