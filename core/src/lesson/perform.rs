use crate::lab::{ActError, Outcome, Packets, Place};
use crate::message;
use crate::message::Message;
use crate::session::{Deed, Session, View};
use crate::shell::{Location, Output};

/// What became of the packets of some deeds.
#[derive(Clone, Debug, Default)]
pub struct Performed {
    /// By lane: where each packet came to, in order; None where it came to nobody.
    pub(super) servers: Vec<Vec<Option<Place>>>,
    /// What the last line that was typed printed.
    pub(super) output: Output,
    /// The lines that were typed, each with where and what it printed.
    pub typed: Vec<(Location, String, Output)>,
}

/// Why a deed could not be done in a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    NoClient(String),
    NoTarget(String),
    /// The client has no address of the target's family.
    NoAddress(String),
    NotConnected,
    Act(ActError),
}

impl Undone {
    /// The words of the deed that name what there is not.
    pub(super) fn words(&self) -> Option<&str> {
        match self {
            Self::NoClient(words) | Self::NoTarget(words) | Self::NoAddress(words) => Some(words),
            Self::NotConnected | Self::Act(_) => None,
        }
    }

    /// A sentence without a full stop.
    pub fn tell(&self) -> Message {
        match self {
            Self::NoClient(words) => message!("lesson-no-client", client = words),
            Self::NoTarget(words) => message!("lesson-no-target", target = words),
            Self::NoAddress(words) => message!("lesson-no-address", client = words),
            Self::NotConnected => message!("lesson-not-connected"),
            Self::Act(error) => error.tell(),
        }
    }
}

impl Performed {
    /// Does all of it, one after the other.
    ///
    /// # Errors
    /// Says of the first that cannot be done why; then those before it were done.
    pub fn of<'d>(
        session: &mut Session,
        deeds: impl IntoIterator<Item = &'d Deed>,
        from: &View,
    ) -> Result<Self, Undone> {
        let mut performed = Self::default();
        for deed in deeds {
            performed.perform(session, deed, from)?;
        }
        Ok(performed)
    }

    /// Does one thing more.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn perform(&mut self, session: &mut Session, deed: &Deed, from: &View) -> Result<(), Undone> {
        match deed {
            Deed::Send { client, target, port, packets } => {
                let from_whom = session.lab().client_of(client).ok_or_else(|| Undone::NoClient(client.clone()))?;
                let to = session.lab().target_of(target).ok_or_else(|| Undone::NoTarget(target.clone()))?;
                if !session.send_from(&from_whom, &to, *port, *packets, from) {
                    return Err(Undone::NoAddress(client.clone()));
                }
                self.look(session, if *packets == Packets::One { 1 } else { 2 });
            }
            Deed::Next => {
                if !session.send_next(from) {
                    return Err(Undone::NotConnected);
                }
                self.look(session, 1);
            }
            Deed::Close => {
                if !session.close(from) {
                    return Err(Undone::NotConnected);
                }
                self.look(session, 1);
            }
            Deed::Act(action) => drop(session.act(action, from).map_err(Undone::Act)?),
            Deed::Type { at, line } => {
                let ran = session.type_line(at, line, from);
                self.typed.push((at.clone(), line.clone(), ran.output.clone()));
                self.output = ran.output;
                if ran.changed {
                    self.look(session, 1);
                }
            }
            Deed::Wait(seconds) => drop(session.wait(*seconds, from).map_err(Undone::Act)?),
        }
        Ok(())
    }

    fn look(&mut self, session: &Session, packets: usize) {
        let lanes = &session.lab().lanes;
        self.servers.resize(lanes.len(), Vec::new());
        for (servers, lane) in self.servers.iter_mut().zip(lanes) {
            let journeys = &lane.journeys[lane.journeys.len().saturating_sub(packets)..];
            servers.extend(journeys.iter().map(|journey| server(&journey.outcome)));
        }
    }
}

/// Who got the packet.
pub(super) fn server(outcome: &Outcome) -> Option<Place> {
    match outcome {
        Outcome::Answered { server, .. } | Outcome::Delivered { server, .. } | Outcome::Refused { by: server, .. } => {
            Some(server.clone())
        }
        _ => None,
    }
}
