use datapath_core::lab::{FIRST_PACKET, Published};

use super::chart::{Bar, Bars, Chart, Group, Plot};
use super::measuring::Points;
use super::published::of_model;
use crate::text::{published as t, say};

/// What others have measured, with the model's estimate where it has run.
pub fn chart(points: &Points) -> Chart {
    let mut groups = Vec::new();
    for measured in FIRST_PACKET.chunk_by(|one, other| one.services == other.services) {
        groups.push(Group {
            name: say!("published-group", services = measured[0].services),
            bars: measured.iter().map(|published| bar(published, points)).collect(),
        });
    }
    let bars = Bars {
        groups,
        axis: Some(say!("published-axis")),
        mark: (!points.is_empty()).then(|| say!("published-mark")),
        reach: Some(say!("published-reach")),
    };
    let (title, about) = (say!("published-title"), say!("published-about"));
    let axis = say!("published-axis");
    Chart { spoken: bars.spoken(&title, &format!("{about}; {axis}")), title, about, plot: Plot::Bars(bars) }
}

fn bar(published: &Published, points: &Points) -> Bar {
    let estimate = of_model(published, points).map(|model| model.microseconds());
    let Published { mode, p50, p99, .. } = *published;
    Bar { mode, value: f64::from(p50), text: t::bar(p50, p99, estimate), mark: estimate, reach: Some(f64::from(p99)) }
}
