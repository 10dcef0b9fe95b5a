use super::history::History;
use super::{Chunk, Edit, Host, Location, Monitor, Output, Status, Stream, redirect, sysctl};
use crate::lab::{ByHand, ControlPath, Lab};
use crate::message;
use crate::message::Message;
use crate::netfilter::Seconds;
use crate::node::Node;
use crate::source::Diagnostic;

/// One program as it runs.
pub(super) struct Call<'a> {
    pub lab: &'a mut Lab,
    pub at: &'a mut Location,
    /// Its name, as it was typed.
    pub name: &'a str,
    pub words: &'a [String],
    /// None where its standard input is the terminal.
    pub input: Option<&'a str>,
    /// Whether that is a file.
    pub input_is_file: bool,
    pub history: &'a History,
    pub output: Output,
    /// Whether the lab is another one than before.
    pub changed: bool,
    /// How many actions the commands were that it ran, if it runs others.
    pub actions: Option<usize>,
    /// What an action on the cluster led to.
    pub path: Option<ControlPath>,
    /// Programs that listen from now on.
    pub monitors: Vec<Monitor>,
    /// The command of `KUBE_EDITOR`, if one was given.
    pub editor: Option<String>,
    /// A text for which the program waits.
    pub edit: Option<Edit>,
}

impl<'a> Call<'a> {
    pub fn new(
        lab: &'a mut Lab,
        at: &'a mut Location,
        history: &'a History,
        (name, words): (&'a str, &'a [String]),
    ) -> Self {
        Self {
            lab,
            at,
            name,
            words,
            input: None,
            input_is_file: false,
            history,
            output: Output::default(),
            changed: false,
            actions: None,
            path: None,
            monitors: Vec::new(),
            editor: None,
            edit: None,
        }
    }
}

impl Call<'_> {
    pub fn out(&mut self, text: &str) {
        self.output.write(Stream::Out, text);
    }

    pub fn err(&mut self, text: &str) {
        self.output.write(Stream::Err, text);
    }

    /// Says something that no program says.
    pub fn remark(&mut self, message: Message) {
        self.output.chunks.push(Chunk::Remark(message));
    }

    /// What the lab knows about an error beyond the tool's words.
    pub fn advise(&mut self, Diagnostic { expected, advice, .. }: &Diagnostic) {
        if !expected.is_empty() && !advice.is_empty() {
            self.remark(message!("shell-advice", expected = expected, advice = advice));
        }
    }

    /// Refuses what the tool has and the lab does not.
    pub fn not_modelled(&mut self, what: &str) -> Status {
        self.remark(message!("shell-not-modelled", what = what, tool = self.name));
        2
    }

    /// Begins to listen; there is a node where such a program runs.
    pub fn listen(&mut self, monitor: Option<Monitor>) -> Status {
        let Some(monitor) = monitor else {
            return 1;
        };
        self.remark(message!("shell-listening", line = monitor.line.as_str()));
        self.monitors.push(monitor);
        0
    }

    /// The text of a file.
    pub fn file(&self, name: &str) -> Option<String> {
        match name {
            "/dev/null" => Some(String::new()),
            "/dev/stdin" => self.input.map(str::to_owned),
            name => match sysctl::of_file(name) {
                Some(setting) => sysctl::value(self, &setting).map(|value| value + "\n"),
                None => self.lab.files.text(&redirect::path(self.at, name)).map(str::to_owned),
            },
        }
    }

    /// Says that there is no such file: `said` is what the program says.
    pub fn no_file(&mut self, name: &str, said: &str) {
        self.err(said);
        self.remark(message!("shell-no-files", name = name));
    }

    pub fn now(&self) -> Seconds {
        self.lab.now
    }

    /// The lane, and the node in it that it runs on.
    pub fn place(&self) -> Option<(usize, usize)> {
        let Host::Node(name) = &self.at.host else {
            return None;
        };
        let lane = self.at.lane(self.lab)?;
        Some((lane, self.lab.lanes.get(lane)?.network.node_index(name)?))
    }

    /// The node that it runs on, as it is now; None elsewhere than on a node.
    pub fn node(&self) -> Option<&Node> {
        let (lane, node) = self.place()?;
        self.lab.lanes.get(lane)?.network.node(node)
    }

    /// Changes the rules of the node that it runs on, at the second of the lab's clock, if `change` succeeds.
    pub fn change<E>(&mut self, change: impl FnOnce(&mut Node, Seconds) -> Result<(), E>) -> Option<Result<(), E>> {
        self.by_hand(ByHand::Rules, change)
    }

    /// Changes only what packets left behind on it.
    pub fn forget(&mut self, change: impl FnOnce(&mut Node)) {
        self.by_hand(ByHand::Memory, |node, _| {
            change(node);
            Ok::<(), ()>(())
        });
    }

    fn by_hand<E>(
        &mut self,
        what: ByHand,
        change: impl FnOnce(&mut Node, Seconds) -> Result<(), E>,
    ) -> Option<Result<(), E>> {
        let changed = self.lab.by_hand(self.place()?, what, change)?;
        self.changed |= changed.is_ok();
        Some(changed)
    }
}
