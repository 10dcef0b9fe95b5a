use datapath_core::lab::{Answers, Backend, Share};

use super::answers::LISTED;
use super::chart::{Bar, Bars, Chart, Group, Plot};
use crate::text::{self, answers as t, say};

/// How often each backend answered, beside how often fair draws would have it answer. None before the first connection.
pub fn chart(answers: &Answers) -> Option<Chart> {
    let connections = answers.lanes().map(|lane| lane.connections).min().filter(|least| *least > 0)?;
    let backends = answers.backends();
    let is_drawn = backends.iter().flat_map(|backend| &backend.shares).any(|share| share.expected.is_some());
    let bars = Bars {
        groups: backends.iter().take(LISTED).map(group).collect(),
        axis: Some(say!("answers-axis")),
        mark: is_drawn.then(|| say!("answers-expected-mark")),
        reach: None,
    };
    let title = say!("answers-chart");
    let of = say!("answers-about", connections = connections);
    let about = t::about(of, backends.len().saturating_sub(LISTED), answers.lanes());
    Some(Chart { spoken: bars.spoken(&title, &about), title, about, plot: Plot::Bars(bars) })
}

fn group(backend: &Backend<'_>) -> Group {
    Group { name: text::say(backend.text), bars: backend.shares.iter().map(bar).collect() }
}

fn bar(Share { mode, sampled, expected }: &Share) -> Bar {
    Bar { mode: *mode, value: f64::from(*sampled), text: text::number(*sampled as usize), mark: *expected, reach: None }
}
