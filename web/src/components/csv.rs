//! What charts show, as tables with a comma between two fields.

use std::fmt::{Display, Write};

use datapath_core::lab::{Answers, ChiSquare, ControlPath, CostPoint, FIRST_PACKET, Lane, Published};
use datapath_core::proxy::{Effort, Mode, Objects};

use super::counters::COUNTERS;
use super::measuring::Points;
use super::published::of_model;
use crate::state::Track;
use crate::text;

/// Every count that was measured: a row for each size, datapath and packet.
pub fn costs(points: &Points) -> String {
    let mut text = "services,endpoints of each,datapath,packet".to_owned();
    for counter in &COUNTERS {
        text.push(',');
        text.push_str(&field(&(counter.name)()));
    }
    text.push('\n');
    for (mode, CostPoint { size, first, following }) in points {
        for (packet, cost) in [("first", first), ("following", following)] {
            // Writing into a string never fails.
            let _ = write!(text, "{},{},{mode},{packet}", size.services, size.endpoints);
            for counter in &COUNTERS {
                let _ = write!(text, ",{}", (counter.of)(cost));
            }
            text.push('\n');
        }
    }
    text
}

/// What every packet of the connection cost in each lane.
pub fn totals(lanes: &[Lane], tracks: &[Track]) -> String {
    let mut text = "datapath,packet".to_owned();
    for counter in &COUNTERS {
        text.push(',');
        text.push_str(&field(&(counter.name)()));
    }
    text.push('\n');
    for (lane, track) in lanes.iter().zip(tracks) {
        for (packet, tally) in (1..).zip(&track.totals) {
            let _ = write!(text, "{},{packet}", lane.mode);
            for counter in &COUNTERS {
                let _ = write!(text, ",{}", (counter.of)(&tally.total()));
            }
            text.push('\n');
        }
    }
    text
}

/// Who answered how often, beside what chance makes of it: no probability where nothing is drawn.
pub fn answers(answers: &Answers) -> String {
    let mut text =
        "datapath,answered by,probability,connections,of,expected,chi-square,degrees of freedom,p\n".to_owned();
    for lane in answers.lanes() {
        let fit = lane.fit().map(|ChiSquare { statistic, degrees, probability }| (statistic, degrees, probability));
        let fit = fit.map_or(",,".to_owned(), |(statistic, degrees, p)| format!("{statistic},{degrees},{p}"));
        for answer in lane.answers {
            let probability = lane.draws.then_some(answer.probability);
            let expected = lane.expected(answer.probability);
            let (by, sampled, all) = (field(&text::say(&answer.text)), answer.sampled, lane.connections);
            let (probability, expected) = (known(probability), known(expected));
            let _ = writeln!(text, "{},{by},{probability},{sampled},{all},{expected},{fit}", lane.mode);
        }
    }
    text
}

/// Published measurements with the model's counts beside them.
pub fn published(points: &Points) -> String {
    let mut text = "services,datapath,p50_us,p99_us,model_rules_and_lookups,model_estimate_us\n".to_owned();
    for published in &FIRST_PACKET {
        let model = of_model(published, points);
        let (count, time) = (known(model.map(|model| model.count)), known(model.map(|model| model.microseconds())));
        let Published { services, mode, p50, p99 } = published;
        let _ = writeln!(text, "{services},{mode},{p50},{p99},{count},{time}");
    }
    text
}

/// What a change cost the kube-proxies of each lane.
pub fn change(path: &ControlPath, modes: &[Mode]) -> String {
    type Kind = (&'static str, fn(&Effort) -> Objects);
    let kinds: [Kind; 6] = [
        ("rules", |effort| effort.rules),
        ("chains", |effort| effort.chains),
        ("elements", |effort| effort.elements),
        ("virtual servers", |effort| effort.virtual_servers),
        ("real servers", |effort| effort.real_servers),
        ("addresses", |effort| effort.addresses),
    ];
    let mut text = "datapath,syncs,programs started,netlink requests,lines,bytes".to_owned();
    for (kind, _) in kinds {
        let _ = write!(text, ",{kind} written,{kind} deleted");
    }
    text.push_str(",connections deleted\n");
    for (lane, mode) in modes.iter().enumerate() {
        let (syncs, effort) = path.effort(lane);
        let Effort { tool_runs, netlink_requests, lines, bytes, connections_deleted, .. } = effort;
        let _ = write!(text, "{mode},{syncs},{tool_runs},{netlink_requests},{lines},{bytes}");
        for (_, objects) in kinds {
            let Objects { written, deleted } = objects(&effort);
            let _ = write!(text, ",{written},{deleted}");
        }
        let _ = writeln!(text, ",{connections_deleted}");
    }
    text
}

fn known(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// RFC 4180: in quotes if it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
