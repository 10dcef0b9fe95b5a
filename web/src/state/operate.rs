use std::rc::Rc;

use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{ActError, ControlPath, command, parse_command};

use super::Model;
use crate::saved::{Deed, Sent};

/// How a saved lab writes that time passed, before the seconds.
const SLEEP: &str = "sleep ";

impl Model {
    pub(super) fn operate(&mut self, operation: &Operation) {
        let done = self.lab.borrow_mut().act(operation);
        self.follow(done, command(operation));
    }

    /// Where kube-proxies have had nothing to do, all stays as it was, but for what has aged.
    pub(super) fn wait(&mut self, seconds: u64) {
        let done = self.lab.borrow_mut().wait(seconds);
        let line = format!("{SLEEP}{seconds}");
        match &done {
            Ok(path) if path.rounds.iter().all(|round| round.written.is_empty()) => {
                Rc::make_mut(&mut self.deeds).push(Deed::Acted(line));
            }
            _ => self.follow(done, line),
        }
    }

    /// Does again what a saved lab says was done. What cannot be done any more is passed over.
    pub(super) fn redo(&mut self, line: &str) {
        if let Some(seconds) = line.strip_prefix(SLEEP).and_then(|seconds| seconds.parse().ok()) {
            self.wait(seconds);
        } else if let Some(operation) = parse_command(line) {
            self.operate(&operation);
        }
    }

    /// Sends the next packet of the open connection: those before it met rules that are gone, and cannot be shown.
    pub(super) fn go_on(&mut self) {
        if self.shown.is_none() && self.is_connected() {
            self.send_next();
        }
    }

    /// Whether a connection is open, in which a next packet can be sent.
    pub fn is_connected(&self) -> bool {
        self.lab.borrow().lanes.iter().all(|lane| lane.flow().is_some())
    }

    fn follow(&mut self, done: Result<ControlPath, ActError>, line: String) {
        let path = match done {
            Ok(path) => path,
            Err(error) => {
                self.undone = Some(error.to_string().into());
                return;
            }
        };
        self.undone = None;
        self.path = Some(Rc::new(path));
        Rc::make_mut(&mut self.deeds).push(Deed::Acted(line));
        self.edition += 1;
        self.refresh_choices();
        self.show(0, 0);
    }

    /// Clients and targets come and go with pods; who was chosen stays so while there.
    fn refresh_choices(&mut self) {
        let (clients, targets) = (self.lab.borrow().clients(), self.lab.borrow().targets());
        let same_client = |other: &_| Some(other) == self.client.as_ref();
        self.client = clients.iter().find(|client| same_client(client)).or(clients.first()).cloned();
        let same_target = |other: &_| Some(other) == self.target.as_ref();
        self.target = targets.iter().find(|target| same_target(target)).or(targets.first()).cloned();
        self.clients = clients.into();
        self.targets = targets.into();
    }

    pub(super) fn last_sent(&self) -> Option<&Sent> {
        self.deeds.iter().rev().find_map(|deed| match deed {
            Deed::Sent(sent) => Some(sent),
            Deed::Acted(_) => None,
        })
    }

    /// One more packet of the open connection. After an action it is an entry of its own, for the order counts.
    pub(super) fn note_next(&mut self) {
        let last = self.last_sent().cloned();
        let deeds = Rc::make_mut(&mut self.deeds);
        match deeds.last_mut() {
            Some(Deed::Sent(sent)) => sent.packets += 1,
            _ => deeds.extend(last.map(|sent| Deed::Sent(Sent { continues: true, packets: 1, ..sent }))),
        }
    }
}
