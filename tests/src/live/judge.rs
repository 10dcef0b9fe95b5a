//! The same packets through the model and through the kernel.

use datapath_core::chance::Chance;
use serde::{Deserialize, Serialize};

use super::kernel::Kernel;
use super::namespace::within;
use super::script::{Done, Step};
use crate::kernel::{Case, Machine, Observation};

/// A case with the packets as they were sent, and what the kernel did with each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recording {
    pub case: Case,
    pub kernel: Vec<Observation>,
}

/// What the two did.
#[derive(Clone, Debug)]
pub struct Trial {
    pub recording: Recording,
    /// The last packet sent is the one about which they disagree, if they do.
    pub disagreement: Option<Disagreement>,
}

#[derive(Clone, Debug)]
pub enum Disagreement {
    /// Only one of them takes the rules.
    Rules {
        model: Result<(), String>,
        kernel: Result<(), String>,
    },
    Packet {
        what: &'static str,
        model: Observation,
    },
}

/// Runs a case until model and kernel disagree. None if neither takes the rules.
///
/// # Errors
/// Says why there is no kernel to ask.
pub fn run(case: &Case, steps: &[Step]) -> Result<Option<Trial>, String> {
    within(|| {
        let mut trial = Trial { recording: Recording { case: case.clone(), kernel: Vec::new() }, disagreement: None };
        trial.recording.case.packets.clear();
        let (mut model, kernel) = match (Machine::new(case), Kernel::new(case)) {
            (Ok(model), Ok(kernel)) => (model, kernel),
            (Err(_), Err(_)) => return Ok(None),
            (model, kernel) => {
                let disagreement = Disagreement::Rules { model: model.map(drop), kernel: kernel.map(drop) };
                trial.disagreement = Some(disagreement);
                return Ok(Some(trial));
            }
        };
        let mut chance = Chance::seeded(1);
        let mut done: Vec<Option<Done>> = Vec::new();
        for step in steps {
            let Some(sent) = step.packet(&done) else {
                done.push(None);
                continue;
            };
            let headers = sent.headers()?;
            let (seen, out) = kernel.send(&sent.iface, &headers)?;
            let expected = model.observe(&sent.iface, headers, &mut chance);
            trial.recording.case.packets.push(sent.clone());
            done.push(Some(Done { sent, out }));
            let difference = expected.difference(&seen);
            trial.recording.kernel.push(seen);
            if let Some(what) = difference {
                trial.disagreement = Some(Disagreement::Packet { what, model: expected });
                break;
            }
        }
        Ok(Some(trial))
    })
}

/// The steps that send a case's packets as they are.
pub fn steps_of(case: &Case) -> Vec<Step> {
    case.packets.iter().map(|packet| Step::Open(Box::new(packet.clone()))).collect()
}
