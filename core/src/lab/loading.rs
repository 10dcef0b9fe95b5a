use super::open::Sending;
use super::{Client, Lab, Refused, Target};
use crate::proxy::Mode;

/// A lab that is being opened, until the first packet has gone through every lane: step by step, since a large cluster
/// takes seconds, in which whoever waits wants to hear how far it is and may think better of it.
#[derive(Debug)]
pub struct Loading {
    seed: u64,
    state: State,
}

/// What the next step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadingStep {
    /// Reads the text and starts the controllers.
    Read,
    /// Starts the nodes that the first packet comes by, in this mode, and sends it.
    Send(Mode),
    Done,
}

#[derive(Debug)]
enum State {
    Unread(String),
    Read { lab: Box<Lab>, packet: Option<(Client, Target, Sending)>, lane: usize },
    Refused,
}

impl Loading {
    pub fn new(text: &str, seed: u64) -> Self {
        Self { seed, state: State::Unread(text.to_owned()) }
    }

    pub fn step(&self) -> LoadingStep {
        match &self.state {
            State::Unread(_) => LoadingStep::Read,
            State::Read { lab, packet: Some(_), lane } => {
                lab.lanes.get(*lane).map_or(LoadingStep::Done, |lane| LoadingStep::Send(lane.mode))
            }
            State::Read { .. } | State::Refused => LoadingStep::Done,
        }
    }

    /// Does one step.
    ///
    /// # Errors
    /// Says why the text is no lab.
    pub fn advance(&mut self) -> Result<(), Refused> {
        match &mut self.state {
            State::Unread(text) => {
                let text = std::mem::take(text);
                self.state = State::Refused;
                let mut lab = Lab::open(&text, self.seed)?;
                let packet = lab.opening_packet().map(|(client, target)| (client, target, lab.begin()));
                self.state = State::Read { lab: Box::new(lab), packet, lane: 0 };
            }
            State::Read { lab, packet: Some((client, target, sending)), lane } => {
                lab.send_in(*lane, client, target, *sending);
                *lane += 1;
            }
            State::Read { .. } | State::Refused => {}
        }
        Ok(())
    }

    /// The lab, and between whom its first packet went, once there is nothing more to do.
    pub fn into_lab(self) -> Option<(Lab, Option<(Client, Target)>)> {
        match self.state {
            State::Read { lab, packet, .. } => Some((*lab, packet.map(|(client, target, _)| (client, target)))),
            State::Unread(_) | State::Refused => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Loading, LoadingStep};
    use crate::lab::{Lab, WEB_SHOP};
    use crate::proxy::Mode;

    #[test]
    fn step_by_step_is_what_opening_and_sending_is() {
        let mut loading = Loading::new(WEB_SHOP, 1);
        let mut steps = Vec::new();
        while loading.step() != LoadingStep::Done {
            steps.push(loading.step());
            loading.advance().expect("the example opens");
        }
        let sends = Mode::ALL.map(LoadingStep::Send);
        assert_eq!(steps, [&[LoadingStep::Read], &sends[..]].concat());
        let (lab, packet) = loading.into_lab().expect("a lab");
        let (client, target) = packet.expect("a packet");
        let mut other = Lab::open(WEB_SHOP, 1).expect("the example opens");
        assert!(other.send(&client, &target));
        for (lane, other) in lab.lanes.iter().zip(&other.lanes) {
            assert_eq!(format!("{:?}", lane.journeys), format!("{:?}", other.journeys));
        }
    }

    #[test]
    fn what_is_no_cluster_is_refused() {
        let mut loading = Loading::new("kind: Service", 1);
        let refused = loading.advance().expect_err("no Service");
        assert!(!refused.diagnostics.is_empty());
        assert_eq!((loading.step(), loading.into_lab().is_none()), (LoadingStep::Done, true));
    }
}
