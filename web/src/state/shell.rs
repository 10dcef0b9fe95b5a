use std::rc::Rc;

use datapath_core::shell::{Location, Output};

use super::Model;

/// The command line, as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terminal {
    pub open: bool,
    /// None before it was opened.
    pub at: Option<Location>,
    /// What is in sight, the newest last.
    pub typed: Vec<Rc<Typed>>,
    /// Lines to be brought back, the newest last.
    pub history: Vec<Rc<str>>,
}

/// A line with what it came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    pub prompt: String,
    pub line: Rc<str>,
    pub output: Output,
}

impl Terminal {
    /// More than anyone scrolls back.
    const MOST: usize = 200;
}

impl Model {
    pub(super) fn open_shell(&mut self, open: bool) {
        let first = Location::first(&self.lab());
        let terminal = Rc::make_mut(&mut self.terminal);
        terminal.open = open;
        terminal.at = terminal.at.take().or(first);
    }

    pub(super) fn type_line(&mut self, line: &str) {
        let Some(at) = self.shell_place() else {
            return;
        };
        let view = self.view();
        let ran = self.session.borrow_mut().type_line(&at, line, &view);
        let terminal = Rc::make_mut(&mut self.terminal);
        let line: Rc<str> = line.into();
        if !line.trim().is_empty() && terminal.history.last() != Some(&line) {
            terminal.history.push(line.clone());
        }
        terminal.typed.push(Rc::new(Typed { prompt: at.to_string(), line, output: ran.output }));
        let excess = terminal.typed.len().saturating_sub(Terminal::MOST);
        terminal.typed.drain(..excess);
        terminal.at = Some(ran.at);
        if ran.changed {
            self.show_done(true);
        }
    }

    /// Where the next line runs: where the last one left off, or on the first node if that is gone.
    pub fn shell_place(&self) -> Option<Location> {
        let lab = self.lab();
        self.terminal.at.clone().filter(|at| at.is_there(&lab)).or_else(|| Location::first(&lab))
    }
}
