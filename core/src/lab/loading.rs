use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use super::{Client, Lab, Refused, Target};
use crate::proxy::Mode;
use crate::task::{block_on, turn, yield_now};

/// A lab that is being opened, until the first packet has gone through every lane: in short turns, since a large
/// cluster takes seconds, in which whoever waits wants to hear how far it is, do something else, or think better of it.
pub struct Loading {
    step: Rc<Cell<LoadingStep>>,
    state: State,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadingStep {
    /// Reads the text and starts the controllers.
    Read,
    /// Starts the nodes that the first packet comes by, in this mode, and sends it.
    Send(Mode),
    Done,
}

/// A lab, and between whom its first packet went.
type Loaded = (Lab, Option<(Client, Target)>);

enum State {
    Underway(Pin<Box<dyn Future<Output = Result<Loaded, Refused>>>>),
    Over(Result<Box<Loaded>, Refused>),
}

impl fmt::Debug for Loading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loading").field("step", &self.step.get()).finish_non_exhaustive()
    }
}

impl Loading {
    pub fn new(text: &str, seed: u64) -> Self {
        let step = Rc::new(Cell::new(LoadingStep::Read));
        Self { state: State::Underway(Box::pin(load(text.to_owned(), seed, Rc::clone(&step)))), step }
    }

    pub fn step(&self) -> LoadingStep {
        self.step.get()
    }

    /// Takes one turn, of some milliseconds in a browser. A step is told in [`Self::step`] before its first turn.
    pub fn advance(&mut self) {
        if let State::Underway(task) = &mut self.state
            && let Poll::Ready(result) = turn(task)
        {
            self.step.set(LoadingStep::Done);
            self.state = State::Over(result.map(Box::new));
        }
    }

    /// Does what is left to do.
    ///
    /// # Errors
    /// Says why the text is no lab.
    pub fn finish(self) -> Result<Loaded, Refused> {
        match self.state {
            State::Underway(task) => block_on(task),
            State::Over(result) => result.map(|loaded| *loaded),
        }
    }
}

async fn load(text: String, seed: u64, step: Rc<Cell<LoadingStep>>) -> Result<Loaded, Refused> {
    let mut lab = Lab::open_in_turns(&text, seed).await?;
    drop(text);
    yield_now().await;
    let packet = lab.opening_packet();
    if let Some((client, target)) = &packet {
        let sending = lab.begin();
        for lane in 0..lab.lanes.len() {
            step.set(LoadingStep::Send(lab.lanes[lane].mode));
            yield_now().await;
            lab.send_in(lane, client, target, sending).await;
        }
    }
    Ok((lab, packet))
}

#[cfg(test)]
mod tests {
    use super::{Loading, LoadingStep};
    use crate::lab::{Lab, WEB_SHOP};
    use crate::proxy::Mode;

    #[test]
    fn turn_by_turn_is_what_opening_and_sending_is() {
        let mut loading = Loading::new(WEB_SHOP, 1);
        let mut steps = vec![loading.step()];
        while loading.step() != LoadingStep::Done {
            loading.advance();
            if steps.last() != Some(&loading.step()) {
                steps.push(loading.step());
            }
        }
        let sends = Mode::ALL.map(LoadingStep::Send);
        assert_eq!(steps, [&[LoadingStep::Read], &sends[..], &[LoadingStep::Done]].concat());
        let (lab, packet) = loading.finish().expect("the example opens");
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
        while loading.step() != LoadingStep::Done {
            loading.advance();
        }
        assert!(!loading.finish().expect_err("no Service").diagnostics.is_empty());
    }
}
