//! The lab as a figure in somebody else's page, or in a frame there.
//!
//! In: [`Words`], as attributes of an element or an address say them, and a text. Out: a figure that runs, or [`Trouble`].
//! Left out on purpose: the host page's address, history, storage, focus and keys, which are not a figure's.

mod code;
mod frame;
mod opening;
mod options;
mod words;

pub use code::Code;
pub use frame::{is_wanted as is_framed, mount as mount_frame};
pub use opening::{Trouble, open};
pub use options::{Controls, Options, Part, Source, Start};
pub use words::Words;

use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lab::{Wanted, parse_command};
use datapath_core::message;
use datapath_core::message::Message;
use yew::Callback;

use crate::pages::{FigurePage, FigureProps};
use crate::state::{Action, Go, Handle};

/// The style sheets of a figure, for the shadow root that it stands in.
pub const STYLES: [&str; 5] = [
    include_str!("../../../static/lab.css"),
    include_str!("../../../static/tables.css"),
    include_str!("../../../static/phone.css"),
    include_str!("../../../static/structure.css"),
    include_str!("../../../static/figure.css"),
];

/// A figure in an element of a page.
pub struct Figure {
    app: yew::AppHandle<FigurePage>,
    model: Rc<RefCell<Option<Handle>>>,
}

impl Figure {
    /// Opens a lab in turns and shows it inside `root`. `heard` is called once it is shown, and after everything that
    /// happens in it.
    ///
    /// # Errors
    /// Says what cannot be shown, and why.
    pub async fn open(root: web_sys::Element, options: Options, heard: Callback<Handle>) -> Result<Self, Trouble> {
        let start = Rc::new(open(&options).await?);
        let model = Rc::new(RefCell::new(None));
        let onchange = {
            let model = Rc::clone(&model);
            Callback::from(move |handle: Handle| {
                model.replace(Some(handle.clone()));
                heard.emit(handle);
            })
        };
        let props = FigureProps { start, part: options.part, controls: options.controls, lab: options.lab, onchange };
        let app = yew::Renderer::<FigurePage>::with_root_and_props(root, props).render();
        Ok(Self { app, model })
    }

    /// Takes the figure out of its element. What is left of it goes away by itself a moment later.
    pub fn close(self) {
        self.app.destroy();
    }

    /// None until it is shown.
    pub fn model(&self) -> Option<Handle> {
        self.model.borrow().clone()
    }

    pub fn act(&self, action: Action) {
        if let Some(model) = self.model() {
            model.dispatch(action);
        }
    }

    pub fn go(&self, go: Go) {
        self.act(Action::Go(go));
    }

    /// Opens a connection and sends its first packet. What is not named is as it was chosen last.
    ///
    /// # Errors
    /// Says what there is none of.
    pub fn send(&self, wanted: &Wanted) -> Result<(), Message> {
        let Some(model) = self.model() else {
            return Ok(());
        };
        let chosen = |given: &str, chosen: Option<String>| {
            if given.is_empty() { chosen.unwrap_or_default() } else { given.to_owned() }
        };
        let is_elsewhere = [&wanted.target, &wanted.port, &wanted.protocol].iter().any(|word| !word.is_empty());
        let wanted = Wanted {
            client: chosen(&wanted.client, model.client.as_ref().map(ToString::to_string)),
            target: if is_elsewhere {
                chosen(&wanted.target, model.target.as_ref().map(|target| target.service.to_string()))
            } else {
                model.target.as_ref().map(ToString::to_string).unwrap_or_default()
            },
            ..wanted.clone()
        };
        let (client, target) = model.lab().wanted(&wanted)?;
        model.dispatch(Action::SendBetween(client, target));
        Ok(())
    }

    /// Does something to the cluster, as a command says it.
    ///
    /// # Errors
    /// Says why it cannot be done.
    pub fn operate(&self, command: &str) -> Result<(), Message> {
        let operation = parse_command(command).ok_or_else(|| message!("embed-no-command", given = command))?;
        self.act(Action::Operate(operation));
        self.model().and_then(|model| model.undone.as_ref().map(|undone| undone.why.clone())).map_or(Ok(()), Err)
    }
}
