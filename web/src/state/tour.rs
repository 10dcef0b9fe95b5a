use datapath_core::lab::Stage;
use serde::{Deserialize, Serialize};

use super::{Action, Go, Model};

/// The stops of the tour, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    #[default]
    Send,
    Step,
    Chosen,
    Home,
    Next,
    Change,
}

impl Stop {
    pub const ALL: [Self; 6] = [Self::Send, Self::Step, Self::Chosen, Self::Home, Self::Next, Self::Change];

    pub const fn index(self) -> usize {
        self as usize
    }

    /// As the style sheet knows it, which marks what the stop is about.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Step => "step",
            Self::Chosen => "chosen",
            Self::Home => "home",
            Self::Next => "next",
            Self::Change => "change",
        }
    }

    pub fn before(self) -> Option<Self> {
        self.index().checked_sub(1).map(|index| Self::ALL[index])
    }

    pub fn after(self) -> Option<Self> {
        Self::ALL.get(self.index() + 1).copied()
    }
}

impl Model {
    /// Goes on where the user has done what the stop asks for.
    pub(super) fn follow_tour(&mut self, action: &Action) {
        let is_done = match self.stop {
            Stop::Send => matches!(action, Action::Send),
            Stop::Step => matches!(action, Action::Go(Go::Step)),
            Stop::Chosen => matches!(action, Action::Go(Go::Stage(Stage::Chosen))),
            Stop::Home => matches!(action, Action::Go(Go::Last | Go::Stage(Stage::Home))),
            Stop::Next => matches!(action, Action::SendNext),
            Stop::Change => false,
        };
        if self.touring && is_done {
            self.stop = self.stop.after().unwrap_or(self.stop);
        }
    }
}
