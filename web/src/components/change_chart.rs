use std::sync::Arc;

use datapath_core::lab::ControlPath;
use datapath_core::proxy::{Effort, Mode};
use yew::prelude::*;

use super::chart::{Bar, Bars, Chart, ChartFigure, Group, Plot};
use super::csv;
use crate::text::{self, say};
use crate::theme::Theme;

/// What is measured of kube-proxies' work: how it is called with its unit, and its count.
type Measure = (fn() -> String, fn(&Effort) -> usize);

const MEASURES: [Measure; 4] = [
    (|| say!("change-tools"), |effort| effort.tool_runs),
    (|| say!("change-netlink"), |effort| effort.netlink_requests),
    (|| say!("change-lines"), |effort| effort.lines),
    (|| say!("change-bytes"), |effort| effort.bytes),
];

#[derive(Properties, PartialEq)]
pub struct Props {
    pub path: Arc<ControlPath>,
    /// Of the lanes.
    pub modes: Vec<Mode>,
    pub theme: Theme,
}

/// What a change cost the kube-proxies, each measure on a scale of its own.
#[component]
pub fn ChangeChart(props: &Props) -> Html {
    let csv = {
        let (path, modes) = (Arc::clone(&props.path), props.modes.clone());
        Callback::from(move |()| csv::change(&path, &modes))
    };
    html! { <ChartFigure chart={chart(&props.path, &props.modes)} name="change" {csv} theme={props.theme} /> }
}

fn chart(path: &ControlPath, modes: &[Mode]) -> Chart {
    let bar = |count: fn(&Effort) -> usize| {
        move |(lane, mode): (usize, &Mode)| {
            let count = count(&path.effort(lane).1);
            #[expect(clippy::cast_precision_loss, reason = "bytes of some rules")]
            let value = count as f64;
            Bar { mode: *mode, value, text: text::number(count), mark: None, reach: None }
        }
    };
    let group =
        |(name, count): &Measure| Group { name: name(), bars: modes.iter().enumerate().map(bar(*count)).collect() };
    let bars = Bars { groups: MEASURES.iter().map(group).collect(), axis: None, mark: None, reach: None };
    let (title, about) = (say!("change-title"), say!("change-about", command = &path.command));
    Chart { spoken: bars.spoken(&title, &about), title, about, plot: Plot::Bars(bars) }
}
