use std::rc::Rc;

use datapath_core::controllers::Action as Operation;
use datapath_core::lab::{Asked, Client, Packets, Reason, Stage, Target};
use datapath_core::lesson::Lesson;
use datapath_core::shell::Location;

use super::{Course, Known, LabId, Mistakes, Notice, Peek, Stop};
use crate::language::Preference;
use crate::shelf::Unkept;
use crate::theme::Theme;

/// Everything that a user can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Client(Client),
    Target(Target),
    /// Somebody outside comes by the balancer that this target stands for.
    Balancer(Target),
    /// Chooses what was typed and sends a packet there; what is empty stands for what is chosen.
    Ask(Asked, Packets),
    /// Opens the connection of before once more: between the same two, from the same port.
    SendAgain,
    /// Opens a connection and sends its first packet.
    Send,
    /// The same between others than those who are chosen.
    SendBetween(Client, Target),
    /// Sends the next packet of the open connection.
    SendNext,
    /// Closes the open connection.
    Close,
    /// Shows a packet of the open connection, by index.
    Packet(usize),
    Go(Go),
    /// Lets a lane go alone, or brings it back to the others.
    Apart(usize),
    TogglePlay,
    /// The player's clock.
    Beat,
    Pace(usize),
    Lane(usize),
    ToggleWhy,
    Keys(bool),
    Theme(Theme),
    Language(Preference),
    /// The language has come, or could not be had.
    Spoken(bool),
    Draft(String),
    /// Begins to load the draft; each [`Action::LoadOn`] does a step once that is shown.
    Load,
    /// Writes what was done into a long text.
    BringUpToDate,
    /// Puts the text of the cluster in place of what was typed, and back again.
    Discard,
    BackFromDiscard,
    LoadOn,
    /// Stays with the cluster that is in the lanes.
    StopLoading,
    Example,
    /// Puts back the text that the example took the place of.
    BackFromExample,
    /// Does something to the cluster.
    Operate(Operation),
    /// The same as a form has it, which says itself why it was not done.
    Fill(Form, Operation),
    /// Lets seconds of the nodes' clocks pass.
    Wait(u64),
    /// Shows a chain in the ruleset of a lane; None goes back to the current rule.
    Peek(Option<Peek>),
    /// Shows where in the text the field of a reason is.
    Reveal(Reason),
    Undo,
    Redo,
    /// Opens a lab that is in the list of those that the browser keeps.
    Bring(Rc<Known>),
    /// Opens a lab that came with a link.
    FromLink(Rc<Known>),
    /// Opens what was dropped or chosen; empty if none of it could be read as text.
    Files(Vec<String>),
    Notice(Option<Notice>),
    /// Opens or closes the sheet for keeping and sharing.
    Keeping(bool),
    /// Begins the tour, or takes it up where it was left; leaves it.
    Tour(bool),
    TourTo(Stop),
    /// Goes on as another lab, with a number of its own: this one is open in another tab.
    Fork(LabId),
    /// Opens or closes the command line.
    Shell(bool),
    /// Goes to another place with it.
    ShellTo(Location),
    /// Runs a line there.
    Type(String),
    /// Forgets what was printed.
    ClearShell,
    /// Ends the programs that listen.
    StopListening,
    /// Saves what is edited; None leaves it as it was.
    SaveEdit(Option<String>),
    /// Why the browser did not keep the last state that it was given.
    Unkept(Option<Unkept>),
    Study(Study),
}

impl Action {
    /// Whether it changes no more than where on the packet's way the page is, and how that is looked at.
    pub const fn only_moves(&self) -> bool {
        matches!(
            self,
            Self::Go(_)
                | Self::Apart(_)
                | Self::TogglePlay
                | Self::Beat
                | Self::Pace(_)
                | Self::Lane(_)
                | Self::ToggleWhy
                | Self::Keys(_)
                | Self::Peek(_)
                | Self::Keeping(_)
                | Self::Notice(_)
                | Self::Tour(_)
                | Self::Shell(_)
                | Self::ShellTo(_)
                | Self::ClearShell
                | Self::StopListening
                | Self::TourTo(_)
        )
    }

    /// Whether it changes the lab, so that another one is not to come in its place meanwhile.
    pub const fn is_deed(&self) -> bool {
        matches!(
            self,
            Self::Ask(..)
                | Self::SendAgain
                | Self::Send
                | Self::SendBetween(..)
                | Self::SendNext
                | Self::Close
                | Self::Operate(_)
                | Self::Fill(..)
                | Self::Type(_)
                | Self::SaveEdit(_)
                | Self::Wait(_)
                | Self::Undo
                | Self::Redo
                | Self::Bring(_)
                | Self::FromLink(_)
                | Self::Files(_)
        )
    }
}

/// What is done with lessons.
#[derive(Clone, Debug, PartialEq)]
pub enum Study {
    /// Opens or closes the list.
    List(bool),
    /// The lessons are there.
    Course(Rc<Course>),
    /// Opens a lesson at a step.
    Open {
        name: Rc<str>,
        step: usize,
    },
    /// Opens a lesson that is none of the course.
    Bring {
        name: Rc<str>,
        lesson: Rc<Lesson>,
        step: usize,
    },
    /// The file of the lesson that is open, read again.
    Reread {
        name: Rc<str>,
        lesson: Rc<Lesson>,
    },
    /// Shows what is wrong with a file, or no more.
    Mistakes(Option<Rc<Mistakes>>),
    Step(usize),
    /// Says which answer is expected to be right.
    Pick(usize),
    Run,
    /// Shows one hint more.
    Hint,
    /// Closes the lesson, and stays in its lab.
    Leave,
}

/// The forms of what is in the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Adding,
    Fields,
}

/// Where to go on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    First,
    Back,
    Step,
    /// Past the chain that the selected lane is in, or that its rule jumps to.
    Over,
    /// To the next verdict in the selected lane.
    Verdict,
    Last,
    To(usize),
    Stage(Stage),
    /// To a moment of a lane.
    Moment {
        lane: usize,
        moment: usize,
    },
}
