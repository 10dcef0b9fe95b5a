//! A lab with what was done in it: to be taken back and done again, kept, and passed on.
//!
//! In: a cluster's text and [`Deed`]s. Out: the lab as it is after them, [`Kept`] as a file or the fragment of an
//! address, and from these the same lab again, since the same seed gives the same choices. Left out on purpose:
//! where any of it is stored, and the kernels' state, which follows from the deeds.

mod checkpoints;
mod deed;
mod file;
mod kept;
mod link;
mod replay;
mod scenario;
mod step;
mod taking_back;
#[cfg(test)]
mod tests;

pub use deed::{Deed, UnknownDeed};
pub use file::Damage;
pub use kept::{EXAMPLES, Kept, View};
pub use link::{pack, unpack};
pub use replay::Replay;
pub use scenario::Scenario;
pub use step::Step;
pub use taking_back::Undo;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::controllers::Action;
use crate::lab::{ActError, Client, ControlPath, Lab, Packets, Refused, Target};
use crate::netfilter::Seconds;
use crate::shell::{self, Environment, Location, Ran};
use checkpoints::Checkpoints;

/// A lab, what was done in it, and how much of that is not taken back.
#[derive(Debug)]
pub struct Session {
    lab: Lab,
    /// The lab's, shared with all that is kept.
    text: Arc<str>,
    /// What was done at once with opening it.
    opening: Vec<Deed>,
    entries: Vec<Entry>,
    /// How many of the entries are done; those behind were taken back.
    done: usize,
    /// What was looked at after so many steps, when another one was done or taken back.
    left_at: BTreeMap<usize, View>,
    checkpoints: Checkpoints,
    /// What the shell remembers. Nothing that is done again depends on it.
    environment: Environment,
}

#[derive(Clone, Debug)]
struct Entry {
    step: Step,
    /// What it led to, where it was an action.
    path: Option<Arc<ControlPath>>,
    /// How often it did something to the cluster or its nodes: a line may have several commands.
    actions: usize,
}

impl Session {
    /// The same choices on every opening.
    pub const SEED: u64 = 1;

    /// A lab in which nothing was done yet.
    pub fn new(lab: Lab) -> Self {
        let text = lab.text.as_str().into();
        let (opening, entries, left_at) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self {
            lab,
            text,
            opening,
            entries,
            done: 0,
            left_at,
            checkpoints: Checkpoints::NONE,
            environment: Environment::default(),
        }
    }

    /// A lab that opened with a packet already sent.
    pub fn opened(lab: Lab, packet: Option<(Client, Target)>) -> Self {
        let send = packet.map(|(client, target)| Deed::send(&client, &target));
        Self { opening: send.into_iter().collect(), ..Self::new(lab) }
    }

    /// Opens a text and sends the packet that it opens with.
    ///
    /// # Errors
    /// Says why it is no lab.
    pub fn open(text: &str) -> Result<Self, Refused> {
        let mut lab = Lab::open(text, Self::SEED)?;
        let packet = lab.opening_packet();
        if let Some((client, target)) = &packet {
            lab.send(client, target);
        }
        Ok(Self::opened(lab, packet))
    }

    /// Does what belongs to opening it, in a lab in which nothing was done yet. What cannot be done is passed over.
    pub fn open_with<'d>(&mut self, deeds: impl IntoIterator<Item = &'d Deed>) {
        for deed in deeds {
            deed.perform(&mut self.lab);
            self.opening.push(deed.clone());
        }
    }

    pub const fn lab(&self) -> &Lab {
        &self.lab
    }

    /// What was done at once with opening it.
    pub fn opening(&self) -> &[Deed] {
        &self.opening
    }

    /// What was done and not taken back, in order, since the text was opened.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.entries[..self.done].iter().map(|entry| &entry.step)
    }

    /// Between whom the last connection was opened, by the words of [`Client`] and [`Target`].
    pub fn last_sent(&self) -> Option<(&str, &str)> {
        self.newest_first().find_map(Deed::between)
    }

    /// Where the last line was typed.
    pub fn last_typed_at(&self) -> Option<&Location> {
        self.newest_first().find_map(|deed| match deed {
            Deed::Type { at, .. } => Some(at),
            _ => None,
        })
    }

    fn newest_first(&self) -> impl Iterator<Item = &Deed> {
        self.steps().rev().flat_map(|step| step.deeds.iter().rev()).chain(self.opening.iter().rev())
    }

    /// How often something was done to the cluster or its nodes and not taken back, by action or command.
    pub fn actions(&self) -> usize {
        self.entries[..self.done].iter().map(|entry| entry.actions).sum()
    }

    /// How many packets were sent and not taken back.
    pub fn packets_sent(&self) -> usize {
        let deeds = self.opening.iter().chain(self.steps().flat_map(|step| &step.deeds));
        let packets = |deed: &Deed| match deed {
            Deed::Send { packets: Packets::TwoAtOnce, .. } => 2,
            Deed::Send { packets: Packets::One, .. } | Deed::Next => 1,
            Deed::Close | Deed::Act(_) | Deed::Wait(_) | Deed::Type { .. } => 0,
        };
        deeds.map(packets).sum()
    }

    /// What the last action led to.
    pub fn path(&self) -> Option<&Arc<ControlPath>> {
        self.entries[..self.done].iter().rev().find_map(|entry| entry.path.as_ref())
    }

    /// Opens a new connection in every lane and sends its first packet. False where the client has no address of
    /// the target's family in one of them.
    pub fn send(&mut self, client: &Client, target: &Target, from: &View) -> bool {
        self.send_from(client, target, None, Packets::One, from)
    }

    /// As [`Self::send`], from a source port.
    pub fn send_from(
        &mut self,
        client: &Client,
        target: &Target,
        port: Option<u16>,
        packets: Packets,
        from: &View,
    ) -> bool {
        self.begin(from);
        let sent = self.lab.send_from(client, target, port, packets);
        self.note(Deed::send_from(client, target, port, packets), None);
        sent
    }

    /// Between whom the open connection is, and from which port.
    pub fn last_flow(&self) -> Option<(Client, Target, u16)> {
        let done = self.entries[..self.done].iter().rev().map(|entry| entry.step.deed());
        let (client, target) = done.chain(self.opening.iter().rev()).find_map(Deed::between)?;
        let flow = self.lab.lanes.first()?.flow()?;
        Some((self.lab.client_of(client)?, self.lab.target_of(target)?, flow.tuple.src.port))
    }

    /// Whether a connection is open, in which a next packet can be sent.
    pub fn is_connected(&self) -> bool {
        self.lab.lanes.iter().all(|lane| lane.flow().is_some())
    }

    /// Sends the next packet of the open connection. False if none is open.
    pub fn send_next(&mut self, from: &View) -> bool {
        if !self.is_connected() {
            return false;
        }
        self.begin(from);
        self.lab.send_next();
        self.note(Deed::Next, None);
        true
    }

    /// Closes the open TCP connection. False if there is none.
    pub fn close(&mut self, from: &View) -> bool {
        if !self.lab.can_close() {
            return false;
        }
        self.begin(from);
        self.lab.close();
        self.note(Deed::Close, None);
        true
    }

    /// As [`Self::send_next`], but taken back together with the step before.
    pub fn also_send_next(&mut self) -> bool {
        let also = self.is_connected() && self.lab.send_next();
        if also && let Some(entry) = self.entries.last_mut() {
            entry.step.deeds.push(Deed::Next);
        }
        also
    }

    /// Does something to the cluster.
    ///
    /// # Errors
    /// Says why not; then the lab is as it was, as far as that was kept.
    pub fn act(&mut self, action: &Action, from: &View) -> Result<Arc<ControlPath>, ActError> {
        self.begin(from);
        let done = self.lab.act(action);
        self.follow(Deed::Act(action.clone()), done)
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// As [`Self::act`].
    pub fn wait(&mut self, seconds: Seconds, from: &View) -> Result<Arc<ControlPath>, ActError> {
        self.begin(from);
        let done = self.lab.wait(seconds);
        self.follow(Deed::Wait(seconds), done)
    }

    /// Types a line in a shell. It is a step if it did something to the lab, and else nothing but looked at.
    pub fn type_line(&mut self, at: &Location, line: &str, from: &View) -> Ran {
        self.begin(from);
        let mut ran = shell::run_in(&mut self.lab, at, &self.environment, line);
        let line = self.environment.with_values(line);
        self.environment = ran.environment.clone();
        if ran.changed {
            let path = ran.path.take().map(Arc::new);
            self.note_actions(Deed::Type { at: at.clone(), line }, path, ran.actions);
        }
        ran
    }

    fn follow(&mut self, deed: Deed, done: Result<ControlPath, ActError>) -> Result<Arc<ControlPath>, ActError> {
        match done {
            Ok(path) => {
                let path = Arc::new(path);
                let news = deed.is_news(&path).then(|| Arc::clone(&path));
                self.note(deed, news);
                Ok(path)
            }
            Err(error) => {
                if let Some(lab) = self.checkpoints.take(self.done) {
                    self.lab = lab;
                }
                Err(error)
            }
        }
    }

    /// Before something is done.
    fn begin(&mut self, from: &View) {
        self.leave(from);
        self.checkpoints.keep(self.done, &self.lab);
    }

    /// After something was done: what was taken back before cannot be done again.
    fn note(&mut self, deed: Deed, path: Option<Arc<ControlPath>>) {
        let actions = deed.actions();
        self.note_actions(deed, path, actions);
    }

    fn note_actions(&mut self, deed: Deed, path: Option<Arc<ControlPath>>, actions: usize) {
        self.entries.truncate(self.done);
        self.left_at.split_off(&(self.done + 1));
        self.entries.push(Entry { step: Step::from(deed), path, actions });
        self.done += 1;
    }

    fn leave(&mut self, view: &View) {
        self.left_at.insert(self.done, view.clone());
    }
}
