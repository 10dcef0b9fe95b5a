//! Charts: what one shows, and a figure that draws it, says it, and saves it as a picture and as a table.

mod bars;
mod draw;
mod figure;
mod heading;
mod legend;
mod lines;
mod look;

use datapath_core::proxy::Mode;

pub use figure::{ChartFigure, ChartFiles};

use crate::text;

/// What a chart shows.
#[derive(Clone, PartialEq)]
pub struct Chart {
    pub title: String,
    /// Which packet it is of, or how much was measured; a picture says it under its title.
    pub about: String,
    pub plot: Plot,
    /// What there is to see, in words.
    pub spoken: String,
}

#[derive(Clone, PartialEq)]
pub enum Plot {
    Lines(Lines),
    Bars(Bars),
}

/// Logarithmic both ways, so that what grows with the cluster is a straight slope and what does not is level.
#[derive(Clone, PartialEq)]
pub struct Lines {
    pub x_axis: String,
    pub y_axis: String,
    /// Where the x axis ends.
    pub most: usize,
    pub series: Vec<Series>,
}

#[derive(Clone, PartialEq)]
pub struct Series {
    pub mode: Mode,
    pub points: Vec<(usize, u32)>,
}

/// Bars beside each other in groups.
#[derive(Clone, PartialEq)]
pub struct Bars {
    pub groups: Vec<Group>,
    /// What the length of all bars says. None where each group has a scale of its own, and its name says of what.
    pub axis: Option<String>,
    /// What the line across a bar says, where there is one.
    pub mark: Option<String>,
    /// What the line out of a bar says, where there is one.
    pub reach: Option<String>,
}

#[derive(Clone, PartialEq)]
pub struct Group {
    pub name: String,
    pub bars: Vec<Bar>,
}

#[derive(Clone, PartialEq)]
pub struct Bar {
    pub mode: Mode,
    pub value: f64,
    /// Stands at its end.
    pub text: String,
    pub mark: Option<f64>,
    pub reach: Option<f64>,
}

impl Chart {
    /// The datapaths in it, in their order.
    fn modes(&self) -> Vec<Mode> {
        let is_in = |mode: &Mode| match &self.plot {
            Plot::Lines(lines) => lines.series.iter().any(|series| series.mode == *mode),
            Plot::Bars(bars) => bars.groups.iter().flat_map(|group| &group.bars).any(|bar| bar.mode == *mode),
        };
        Mode::ALL.into_iter().filter(is_in).collect()
    }
}

impl Bars {
    /// Every bar in words, after the title and what it is of.
    pub fn spoken(&self, title: &str, about: &str) -> String {
        let group = |group: &Group| {
            let bars = group.bars.iter().map(|bar| format!("{} {}", text::mode(bar.mode), bar.text));
            format!("{}: {}", group.name, bars.collect::<Vec<_>>().join(", "))
        };
        let groups = self.groups.iter().map(group);
        [title.to_owned(), about.to_owned()].into_iter().chain(groups).collect::<Vec<_>>().join("; ")
    }
}

impl Bar {
    /// How far it reaches, with its lines.
    fn end(&self) -> f64 {
        self.value.max(self.mark.unwrap_or(0.0)).max(self.reach.unwrap_or(0.0))
    }
}
