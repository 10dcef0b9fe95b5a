//! Smaller cases about which model and kernel still disagree.

use super::judge::{self, Trial};
use crate::kernel::{Case, Load};

/// Leaves out packets and lines of the rules as long as the disagreement stays of its kind.
///
/// # Errors
/// Says why there is no kernel to ask.
pub fn shrink(trial: Trial) -> Result<Trial, String> {
    let mut best = trial;
    loop {
        let size = size(&best.recording.case);
        best = without_packets(best)?;
        best = without_lines(best)?;
        if self::size(&best.recording.case) == size {
            return Ok(best);
        }
    }
}

fn size(case: &Case) -> usize {
    let lines: usize = case.load.iter().map(|load| text(load).lines().count()).sum();
    case.packets.len() + lines
}

fn text(load: &Load) -> &str {
    match load {
        Load::Fed(_, text) => text,
        Load::Plain(_) => "",
    }
}

/// The trial of the smaller case, if it shows the same kind of disagreement.
fn attempt(best: &Trial, case: &Case) -> Result<Option<Trial>, String> {
    let trial = judge::run(case, &judge::steps_of(case))?;
    Ok(Some(trial).filter(|trial| trial.disagreement() == best.disagreement()))
}

fn without_packets(mut best: Trial) -> Result<Trial, String> {
    let mut at = 0;
    while at < best.recording.case.packets.len() {
        let mut case = best.recording.case.clone();
        case.packets.remove(at);
        match attempt(&best, &case)? {
            Some(smaller) => best = smaller,
            None => at += 1,
        }
    }
    Ok(best)
}

fn without_lines(mut best: Trial) -> Result<Trial, String> {
    for load in 0..best.recording.case.load.len() {
        let mut step = text(&best.recording.case.load[load]).lines().count().div_ceil(2);
        while step > 0 {
            let mut at = 0;
            while at < text(&best.recording.case.load[load]).lines().count() {
                let mut case = best.recording.case.clone();
                if let Load::Fed(_, rules) = &mut case.load[load] {
                    let kept = rules.lines().enumerate().filter(|(line, _)| !(at..at + step).contains(line));
                    *rules = kept.map(|(_, line)| format!("{line}\n")).collect();
                }
                match attempt(&best, &case)? {
                    Some(smaller) => best = smaller,
                    None => at += step,
                }
            }
            step /= 2;
        }
    }
    Ok(best)
}
