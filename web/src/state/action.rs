use datapath_core::lab::{Client, Stage, Target};
use datapath_core::trace::ChainId;

use crate::theme::Theme;

/// Everything that a user can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Client(Client),
    Target(Target),
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
    Load,
    Example,
    /// Shows a chain in the ruleset of a lane; None goes back to the current rule.
    Peek(Option<(usize, ChainId)>),
    /// Whether the browser kept the last state that it was given.
    Kept(bool),
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
