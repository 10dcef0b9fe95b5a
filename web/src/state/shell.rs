use std::rc::Rc;

use datapath_core::shell::{Chunk, Edit, Location, Monitor, Output, Stream};

use super::Model;

/// The command line, as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Terminal {
    pub open: bool,
    /// None before it was opened.
    pub at: Option<Location>,
    /// What is in sight, the newest last.
    pub typed: Vec<Rc<Typed>>,
    /// Lines to be brought back, the newest last.
    pub history: Vec<Rc<str>>,
    /// Programs that listen, the newest last.
    pub monitors: Vec<Monitor>,
    /// A text that a program wants to be edited.
    pub edit: Option<Edit>,
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

    /// One in which nothing was typed yet, but for the lines to be brought back.
    pub fn with_history(history: Vec<Rc<str>>) -> Self {
        Self { history, ..Self::default() }
    }

    /// That of another lab.
    pub fn elsewhere(&self) -> Self {
        Self::with_history(self.history.clone())
    }
}

impl Model {
    pub(super) fn open_shell(&mut self, open: bool) {
        let place = self.shell_place();
        let terminal = Rc::make_mut(&mut self.terminal);
        terminal.open = open;
        terminal.at = place;
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
        // Asked for twice, it would tell everything twice.
        let begins_anew = |old: &Monitor| ran.monitors.iter().any(|new| (&new.line, &new.at) == (&old.line, &old.at));
        terminal.monitors.retain(|old| !begins_anew(old));
        terminal.monitors.extend(ran.monitors);
        terminal.edit = ran.edit;
        if ran.changed {
            self.show_done(true);
        }
    }

    /// Gives the text that was edited to the program that waits for it, or the one that it opened.
    pub(super) fn save_edit(&mut self, text: Option<&str>) {
        let (Some(at), Some(edit)) = (self.shell_place(), self.terminal.edit.clone()) else {
            return;
        };
        let view = self.view();
        let line = edit.saved(text.unwrap_or(&edit.text));
        let ran = self.session.borrow_mut().type_line(&at, &line, &view);
        let terminal = Rc::make_mut(&mut self.terminal);
        // What was cancelled is not opened again.
        terminal.edit = ran.edit.filter(|_| text.is_some());
        match terminal.typed.last_mut() {
            Some(last) => Rc::make_mut(last).output.chunks.extend(ran.output.chunks),
            None => {
                terminal.typed.push(Rc::new(Typed {
                    prompt: at.to_string(),
                    line: edit.line.into(),
                    output: ran.output,
                }));
            }
        }
        if ran.changed {
            self.show_done(true);
        }
    }

    /// Lets the programs that listen print what happened, below what was typed last.
    pub(super) fn listen(&mut self) {
        if self.terminal.monitors.is_empty() {
            return;
        }
        let terminal = Rc::make_mut(&mut self.terminal);
        let lab = self.session.borrow();
        let news: String = terminal.monitors.iter_mut().map(|monitor| monitor.news(lab.lab())).collect();
        if news.is_empty() {
            return;
        }
        let chunk = Chunk::Text { stream: Stream::Out, text: news };
        match terminal.typed.last_mut() {
            Some(last) => Rc::make_mut(last).output.chunks.push(chunk),
            None => {
                let output = Output { chunks: vec![chunk], status: 0 };
                terminal.typed.push(Rc::new(Typed { prompt: String::new(), line: "".into(), output }));
            }
        }
    }

    /// Where the next line runs: where the last one left off, which may have been typed before the lab was opened, or
    /// on the first node.
    pub fn shell_place(&self) -> Option<Location> {
        let session = self.session.borrow();
        let lab = session.lab();
        let places = [self.terminal.at.as_ref(), session.last_typed_at()];
        let left_off = places.into_iter().flatten().find(|at| at.is_there(lab)).cloned();
        left_off.or_else(|| Location::first(lab))
    }
}
