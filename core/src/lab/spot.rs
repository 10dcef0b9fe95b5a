use crate::message;
use crate::message::Message;
use crate::netfilter::Hook;
use crate::trace::{Event, Step};

/// Where on a node a packet is, as a map of the hooks shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// Coming in by a device.
    In,
    Hook(Hook),
    Routing,
    /// With a process, or with the kernel itself as sender.
    Process,
    /// Leaving by a device.
    Out,
}

impl Spot {
    pub const fn of(step: &Step) -> Self {
        match (&step.event, step.hook) {
            (_, Some(hook)) => Self::Hook(hook),
            (Event::Arrived { .. }, None) => Self::In,
            (Event::Transmitted { .. }, None) => Self::Out,
            (Event::Sent | Event::Delivered | Event::Answered { .. }, None) => Self::Process,
            (_, None) => Self::Routing,
        }
    }

    pub fn name(&self) -> Message {
        match self {
            Self::In => message!("spot-in"),
            Self::Hook(hook) => message!("spot-hook", hook = hook.chain()),
            Self::Routing => message!("spot-routing"),
            Self::Process => message!("spot-process"),
            Self::Out => message!("spot-out"),
        }
    }
}
