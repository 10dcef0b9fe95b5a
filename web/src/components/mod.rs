//! What the page is made of. Each shows a part of the model and dispatches actions.

mod adding;
mod answers;
mod answers_chart;
mod assumed;
mod because;
mod change_chart;
mod chart;
mod chosen_packet;
mod client_select;
mod cluster;
mod code;
mod compare;
mod connections;
mod control_path;
mod copying;
mod cost_curve;
mod counters;
mod csv;
mod diagnostics;
mod dialog;
mod embedding;
mod findings;
mod footer;
mod form;
mod goal;
mod handout;
mod hook_map;
mod icon;
mod keep;
mod key_sheet;
mod lab_link;
mod lane;
mod lane_tabs;
mod lane_view;
mod lanes;
mod later;
mod learn;
mod learning;
mod listing;
mod live;
mod long_text;
mod masthead;
mod measuring;
mod mistakes;
mod moments;
mod names;
mod notices;
mod object_fields;
mod operate;
mod other_address;
mod packet_header;
mod picker;
mod prose;
mod published;
mod published_chart;
mod reach;
mod route;
mod ruleset;
mod saving;
mod segmented;
mod send_bar;
mod service_select;
mod shell;
mod stages;
mod story;
mod structure;
mod take_away;
mod totals;
mod totals_chart;
mod tour;
mod transport;
mod undoing;
mod worksheet;
mod zooming;

pub use assumed::Assumed;
pub use cluster::Cluster;
pub use compare::Compare;
pub use connections::ConnectionTables;
pub use cost_curve::CostCurve;
pub use diagnostics::Diagnostics;
pub use footer::Footer;
pub use handout::Handout;
pub use keep::Keep;
pub use key_sheet::KeySheet;
pub use lab_link::LabLink;
pub use lane::LaneParts;
pub use lane_tabs::LaneTabs;
pub use lanes::Lanes;
pub use learn::Learn;
pub use learning::Learning;
pub use live::Live;
pub use masthead::Masthead;
pub use names::Names;
pub use notices::Notices;
pub use operate::Operate;
pub use other_address::press_send;
pub use reach::IsWhole;
pub use send_bar::SendBar;
pub use shell::Shell;
pub use structure::Structure;
pub use take_away::TakeAway;
pub use tour::Tour;
pub use transport::Transport;
pub use worksheet::Worksheet;

use std::ops::Deref;

use crate::state::Handle;

/// What components that show a part of the whole state take.
#[derive(yew::Properties, PartialEq)]
pub struct ModelProps {
    pub model: Handle,
}

/// The state for what does not show where the packet is: the same while the user only steps, so that stepping
/// does not render it again. Where the packet is must not be read from it.
#[derive(Clone)]
pub struct Settled {
    model: Handle,
    /// A handle always gives the latest state, so that what was shown is kept here.
    settled_at: u32,
}

impl From<&Handle> for Settled {
    fn from(model: &Handle) -> Self {
        Self { model: model.clone(), settled_at: model.settled }
    }
}

impl PartialEq for Settled {
    fn eq(&self, other: &Self) -> bool {
        self.settled_at == other.settled_at
    }
}

impl Deref for Settled {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.model
    }
}

#[derive(yew::Properties, PartialEq)]
pub struct SettledProps {
    pub model: Settled,
}
