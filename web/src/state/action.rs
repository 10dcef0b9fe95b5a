use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{Client, Reason, Stage, Target};
use datapath_core::trace::ChainId;

use crate::theme::Theme;

/// Everything that a user can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Client(Client),
    Target(Target),
    /// Chooses what was typed and sends a packet there; an empty source stands for the one that is chosen.
    Ask {
        source: String,
        destination: String,
    },
    /// Opens a connection and sends its first packet.
    Send,
    /// Sends the next packet of the open connection.
    SendNext,
    /// Shows a packet of the open connection, by index.
    Packet(usize),
    Go(Go),
    TogglePlay,
    /// The player's clock.
    Beat,
    Pace(usize),
    Lane(usize),
    ToggleWhy,
    Keys(bool),
    Theme(Theme),
    Draft(String),
    /// Begins to load the draft; each [`Action::LoadOn`] does a step once that is shown.
    Load,
    LoadOn,
    /// Stays with the cluster that is in the lanes.
    StopLoading,
    Example,
    /// Puts back the text that the example took the place of.
    BackFromExample,
    /// Does something to the cluster.
    Operate(Operation),
    /// Lets seconds of the nodes' clocks pass.
    Wait(u64),
    /// Shows a chain in the ruleset of a lane; None goes back to the current rule.
    Peek(Option<(usize, ChainId)>),
    /// Shows where in the text the field of a reason is.
    Reveal(Reason),
    /// Whether the browser kept the last state that it was given.
    Kept(bool),
}

impl Action {
    /// Whether it changes no more than where on the packet's way the page is, and how that is looked at.
    pub const fn only_moves(&self) -> bool {
        matches!(
            self,
            Self::Go(_)
                | Self::TogglePlay
                | Self::Beat
                | Self::Pace(_)
                | Self::Lane(_)
                | Self::ToggleWhy
                | Self::Keys(_)
                | Self::Peek(_)
        )
    }
}

/// Where to go on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    First,
    Back,
    Step,
    Last,
    To(usize),
    Stage(Stage),
    /// To a moment of a lane.
    Moment {
        lane: usize,
        moment: usize,
    },
}
