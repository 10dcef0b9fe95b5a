use std::sync::Arc;

use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{ActError, ControlPath, Through};
use datapath_core::message::Message;

use super::{Form, Model};

/// Why something was not done, and the form that asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    pub why: Message,
    pub form: Option<Form>,
}

impl Undone {
    /// Why, if a form asked, or none did.
    pub fn told_by(&self, form: Option<Form>) -> Option<Message> {
        (self.form == form).then(|| self.why.clone())
    }
}

impl Model {
    pub(super) fn operate(&mut self, operation: &Operation, form: Option<Form>) {
        let view = self.view();
        let done = self.session.borrow_mut().act(operation, &view);
        self.follow(done, form, |_| true);
    }

    /// Where kube-proxies have had nothing to do, all stays as it was, but for what has aged.
    pub(super) fn wait(&mut self, seconds: u64) {
        let view = self.view();
        let done = self.session.borrow_mut().wait(seconds, &view);
        self.follow(done, None, |path| path.rounds.iter().any(|round| !round.written.is_empty()));
    }

    /// Whether a connection is open, in which a next packet can be sent.
    pub fn is_connected(&self) -> bool {
        self.session.borrow().is_connected()
    }

    fn follow(
        &mut self,
        done: Result<Arc<ControlPath>, ActError>,
        form: Option<Form>,
        is_news: impl Fn(&ControlPath) -> bool,
    ) {
        let path = match done {
            Ok(path) => path,
            Err(error) => {
                self.undone = Some(Undone { why: error.tell(), form });
                return;
            }
        };
        self.show_done(is_news(&path));
    }

    /// After something was done to the lab; whether that changed more than what ages.
    pub(super) fn show_done(&mut self, is_news: bool) {
        self.undone = None;
        self.past.forget_later();
        if is_news {
            self.edition += 1;
            self.refresh_choices();
            self.bring_up_to_date(false);
            self.show(0, 0);
        }
        // The packets before it met rules that are gone, and cannot be shown.
        if self.shown.is_none() && self.session.borrow_mut().also_send_next() {
            self.show(usize::MAX, 0);
        }
    }

    /// Clients and targets come and go with pods; what was chosen stays so while there, and an address that was typed
    /// stays in any case. A target that is gone gives way to the next one of its Service.
    pub(super) fn refresh_choices(&mut self) {
        let (clients, targets) = (self.lab().clients(), self.lab().targets());
        let (client, target) = (self.client.take(), self.target.take());
        let client = client.filter(|client| self.lab().client_of(&client.to_string()).as_ref() == Some(client));
        let client = client.or_else(|| clients.first().cloned());
        let target = target.and_then(|target| match target.through {
            Through::Address => self.lab().target_of(&target.to_string()),
            _ => target.nearest(&targets).cloned(),
        });
        let target = target.or_else(|| self.lab().opening_target()).or_else(|| targets.first().cloned());
        (self.clients, self.targets) = (clients.into(), targets.into());
        match target {
            Some(target) => self.take_in(client, target),
            None => self.client = client,
        }
    }
}
