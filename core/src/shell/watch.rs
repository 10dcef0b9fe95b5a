//! `watch` of procps-ng 4.0.2: a look, and another after each thing that was done.

use super::call::Call;
use super::clock::ctime;
use super::filters;
use super::getopt::{Argument, Given, Options, parse as parse_options};
use super::line::parse;
use super::run::{Ran, refuse, run_command, run_script};
use super::{Location, Monitor, Status};
use crate::lab::Lab;
use crate::message;

const USAGE: &str = include_str!("watch/usage.txt");

const OPTIONS: &Options = &[
    ('b', "beep", Argument::None),
    ('c', "color", Argument::None),
    ('d', "differences", Argument::Glued),
    ('e', "errexit", Argument::None),
    ('g', "chgexit", Argument::None),
    ('q', "equexit", Argument::Required),
    ('n', "interval", Argument::Required),
    ('p', "precise", Argument::None),
    ('t', "no-title", Argument::None),
    ('w', "no-wrap", Argument::None),
    ('x', "exec", Argument::None),
    ('h', "help", Argument::None),
    ('v', "version", Argument::None),
];

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let (options, command) = words.split_at(command_at(&words));
    let given = match parse_options(options, OPTIONS) {
        Ok(given) => given,
        Err(bad) => {
            call.err(&format!("watch: {bad}\n{USAGE}"));
            return 1;
        }
    };
    for option in &given {
        match option {
            Given::Option('h', _) => {
                call.out(USAGE);
                return 0;
            }
            Given::Option('v', _) => {
                call.out("watch from procps-ng 4.0.2\n");
                return 0;
            }
            Given::Option('n' | 'q', Some(number)) if number.replace(',', ".").parse::<f64>().is_err() => {
                call.err(&format!("watch: failed to parse argument: '{number}': Invalid argument\n"));
                return 1;
            }
            _ => {}
        }
    }
    if command.is_empty() {
        call.err(USAGE);
        return 1;
    }
    let interval = given.iter().rev().find_map(|option| match option {
        Given::Option('n', Some(number)) => number.replace(',', ".").parse::<f64>().ok(),
        _ => None,
    });
    let look = Look {
        command: command.to_vec(),
        runs_itself: given.contains(&Given::Option('x', None)),
        interval: (!given.contains(&Given::Option('t', None))).then(|| interval.unwrap_or(2.0)),
    };
    let ran = look.look(call.lab, call.at);
    let ends = |option: &Given| matches!(option, Given::Option('e' | 'g' | 'q', _));
    if ran.changed || given.iter().any(ends) {
        call.remark(message!("shell-watch-once"));
    } else {
        call.remark(message!("shell-watch"));
        let line = format!("watch {}", call.words.join(" "));
        call.monitors.push(Monitor::screen(call.lab, call.at, line, look.clone(), ran.output.text()));
    }
    call.out(&look.header(call.lab, call.at));
    let status = ran.output.status;
    call.output.append(ran.output);
    call.changed |= ran.changed;
    call.actions = Some(ran.actions);
    status
}

/// What it looks at, each time.
#[derive(Clone, Debug)]
pub(super) struct Look {
    command: Vec<String>,
    /// Without a shell.
    runs_itself: bool,
    /// Seconds, as the header says them; None without a header.
    interval: Option<f64>,
}

impl Look {
    /// The screen, if something else is on it than `seen`.
    pub(super) fn again(&self, lab: &Lab, at: &Location, seen: &mut String) -> Option<String> {
        // What it does is not done: it has been found to do nothing.
        let ran = self.look(&mut lab.clone(), at);
        let screen = ran.output.text();
        let is_new = !ran.changed && screen != *seen;
        is_new.then(|| {
            let shown = format!("{}{screen}", self.header(lab, at));
            *seen = screen;
            shown
        })
    }

    fn look(&self, lab: &mut Lab, at: &Location) -> Ran {
        let mut ran = Ran::at(at.clone());
        if self.runs_itself {
            ran.output = run_command(lab, &mut ran, &self.command, None);
        } else {
            // It gives what it was given to `sh -c`.
            match parse(&self.command.join(" ")) {
                Ok(script) => run_script(lab, &mut ran, script),
                Err(flaw) => refuse(&mut ran.output, flaw),
            }
        }
        ran
    }

    /// `output_header`, on a terminal of so many columns; a line is left empty below it.
    fn header(&self, lab: &Lab, at: &Location) -> String {
        const COLUMNS: usize = 80;
        /// Above which it does not go either: 1 << 31 - 1 seconds.
        const RANGE: std::ops::RangeInclusive<f64> = 0.1..=2_147_483_647.0;
        let Some(interval) = self.interval else {
            return String::new();
        };
        let interval = interval.clamp(*RANGE.start(), *RANGE.end());
        let command = self.command.join(" ");
        let left = format!("Every {interval:.1}s: ");
        let right = format!("{}: {}", filters::host_name(at), ctime(lab.now));
        let (ends, room) = (right.chars().count(), COLUMNS.saturating_sub(left.len() + right.chars().count()));
        if room < 4 {
            return format!("{right:>COLUMNS$}\n\n");
        }
        let command = match command.chars().count() {
            count if count < room => command,
            _ => format!("{}...", command.chars().take(room.saturating_sub(5)).collect::<String>()),
        };
        format!("{:<width$}{right}\n\n", left + &command, width = COLUMNS.saturating_sub(ends))
    }
}

/// Where the command begins, behind the options; what follows is its own.
fn command_at(words: &[String]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.len() > 1 && word.starts_with('-')) {
        if word == "--" {
            return at + 1;
        }
        let takes_value = matches!(word.as_str(), "--interval" | "--equexit")
            || (!word.starts_with("--") && word.ends_with(['n', 'q']));
        at += if takes_value { 2 } else { 1 };
    }
    at.min(words.len())
}
