use super::call::Call;
use super::expand::{self, Environment};
use super::line::{Command, Flaw, Redirect, Script, When, Word, listens, parse};
use super::redirect::Redirected;
use super::repeat::{self, Leaving};
use super::tools::{Place, find};
use super::{Edit, Host, Location, Monitor, Output, Stream};
use crate::lab::{ControlPath, Lab};
use crate::message;

/// What came of a line.
#[derive(Clone, Debug)]
pub struct Ran {
    pub output: Output,
    /// Where the shell is then.
    pub at: Location,
    /// Whether it did something to the lab, which a saved lab has to do again.
    pub changed: bool,
    /// How many of its commands did so, those that only sent packets not counted.
    pub actions: usize,
    /// What the last action on the cluster led to.
    pub path: Option<ControlPath>,
    /// What the next line finds.
    pub environment: Environment,
    /// Programs that listen from now on.
    pub monitors: Vec<Monitor>,
    /// A text that a program wants to be edited, as long as nobody has saved it.
    pub edit: Option<Edit>,
    /// Whether the command that runs next reads a file where others read a pipe.
    pub(super) reads_file: bool,
    /// How often its loops went round.
    pub(super) rounds: u32,
    /// How many loops are around what runs.
    pub(super) depth: u32,
    /// Set where the rest of a loop's body is left out.
    pub(super) leaving: Option<Leaving>,
}

impl Ran {
    /// Nothing yet, at a place.
    pub(super) fn at(at: Location) -> Self {
        Self {
            output: Output::default(),
            at,
            changed: false,
            actions: 0,
            path: None,
            environment: Environment::default(),
            monitors: Vec::new(),
            edit: None,
            reads_file: false,
            rounds: 0,
            depth: 0,
            leaving: None,
        }
    }
}

/// The status of a command that is not found, and of a line that bash cannot read.
const NOT_FOUND: u8 = 127;
const SYNTAX: u8 = 2;

/// Whether a command does no more than to send packets, by its first word or the one that `kubectl exec` runs.
fn sends(words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str).skip_while(|word| matches!(*word, "sudo" | "watch"));
    match words.next() {
        Some("ping" | "curl" | "nc" | "dig") => true,
        Some("kubectl") if words.clone().any(|word| word == "exec") => {
            matches!(words.skip_while(|word| *word != "--").nth(1), Some("ping" | "curl" | "nc" | "dig"))
        }
        _ => false,
    }
}

/// How many commands of a line are there to change something, as far as a line says so that nobody runs.
pub fn actions(text: &str) -> usize {
    actions_of(&parse(text).unwrap_or_default())
}

fn actions_of(script: &Script) -> usize {
    let commands = script.iter().flat_map(|(_, pipeline)| pipeline);
    let repeated = commands.filter_map(|command| command.repeats.as_deref()).map(|repeats| actions_of(repeats.body()));
    let repeated: usize = repeated.sum();
    let runs = |command: &Command| !split(command).1.is_empty();
    let script = script.iter().filter(|(_, pipeline)| pipeline.iter().any(runs));
    repeated + script.filter(|(_, pipeline)| !pipeline.iter().any(|command| sends(&command.texts()))).count()
}

/// Runs what was typed in a shell at a place. The same lab and line give the same output and the same lab.
pub fn run(lab: &mut Lab, at: &Location, text: &str) -> Ran {
    run_in(lab, at, &Environment::default(), text)
}

/// [`run`], in a shell in which something was typed before.
pub fn run_in(lab: &mut Lab, at: &Location, environment: &Environment, text: &str) -> Ran {
    let mut ran = Ran { environment: environment.clone(), ..Ran::at(at.clone()) };
    ran.environment.history.add(text);
    if !at.is_there(lab) {
        ran.output.chunks.push(super::Chunk::Remark(message!("shell-place-gone", place = at.host.to_string())));
        ran.output.status = 1;
        return ran;
    }
    match parse(text) {
        Ok(script) => run_script(lab, &mut ran, script),
        Err(flaw) => refuse(&mut ran.output, flaw),
    }
    ran
}

pub(super) fn refuse(output: &mut Output, flaw: Flaw) {
    output.status = SYNTAX;
    match flaw {
        Flaw::Incomplete => {
            output.write(Stream::Err, "bash: syntax error: unexpected end of file\n");
        }
        Flaw::Syntax(what) if what.starts_with("syntax error") => {
            output.write(Stream::Err, &format!("bash: {what}\n"));
        }
        Flaw::Syntax(what) => output.chunks.push(super::Chunk::Remark(message!("shell-no-bash", what = what))),
    }
}

pub(super) fn run_script(lab: &mut Lab, ran: &mut Ran, script: Script) {
    for (when, pipeline) in script {
        let is_due = match when {
            When::Always => true,
            When::Success => ran.output.status == 0,
            When::Failure => ran.output.status != 0,
        };
        if is_due {
            run_pipeline(lab, ran, &pipeline);
            for monitor in &mut ran.monitors {
                ran.output.write(Stream::Out, &monitor.news(lab));
            }
        }
        if ran.leaving.is_some() {
            break;
        }
    }
}

fn run_pipeline(lab: &mut Lab, ran: &mut Ran, pipeline: &[Command]) {
    let is_read = |command: &Command| {
        let written =
            |redirect: &Redirect| matches!(redirect, Redirect::To { streams, .. } if streams[0] == Stream::Out);
        pipeline.len() > 1 || command.redirects.iter().any(written)
    };
    if let Some(command) = pipeline.iter().find(|command| listens(&command.texts()) && is_read(command)) {
        let line = command.texts().join(" ");
        ran.output.chunks.push(super::Chunk::Remark(message!("shell-listens-piped", line = line)));
        ran.output.status = 1;
        return;
    }
    let mut piped: Option<String> = None;
    for (place, command) in pipeline.iter().enumerate() {
        let mut output = match Redirected::of(lab, ran, &command.redirects, piped.take()) {
            Ok(redirected) => {
                ran.reads_file = redirected.input_is_file;
                let output = match &command.repeats {
                    Some(repeats) => repeat::run(lab, ran, repeats),
                    None => run_words(lab, ran, command, redirected.input.as_deref()),
                };
                let program = command.words.first().map(Word::text);
                redirected.write(lab, ran, output, program.as_deref().unwrap_or("bash"))
            }
            Err(refused) => refused,
        };
        if place + 1 < pipeline.len() {
            piped = Some(output.take_out());
        }
        ran.output.append(output);
    }
    ran.environment.status = ran.output.status;
}

/// Runs a command with what its words stand for, or sets the variables that it gives values to.
fn run_words(lab: &mut Lab, ran: &mut Ran, command: &Command, input: Option<&str>) -> Output {
    let (assignments, words) = split(command);
    if !words.is_empty() {
        // The tools read no variables, but for the editor's.
        let editor = assignments.iter().filter(|(name, _)| matches!(*name, "KUBE_EDITOR" | "EDITOR"));
        let editor: Vec<String> = editor.map(|(name, value)| format!("{name}={}", value.text())).collect();
        let words = [editor, expand::words(lab, ran, words)].concat();
        if let Some((word, count)) =
            words.split_first().filter(|(word, _)| matches!(word.as_str(), "break" | "continue"))
        {
            return repeat::leave(ran, word, count.first().map(String::as_str));
        }
        return run_command(lab, ran, &words, input);
    }
    // The status is that of the last command whose output is in a value.
    let before = std::mem::take(&mut ran.output.status);
    for (name, value) in assignments {
        let value = expand::value(lab, ran, &value);
        ran.environment.variables.insert(name.to_owned(), value);
    }
    Output { status: std::mem::replace(&mut ran.output.status, before), ..Output::default() }
}

/// The assignments before a command, and its words.
fn split(command: &Command) -> (Vec<(&str, Word)>, &[Word]) {
    let assignments: Vec<_> = command.words.iter().map_while(expand::assignment).collect();
    let words = &command.words[assignments.len()..];
    (assignments, words)
}

/// The one variable that a command may have before it.
fn editor(words: &[String]) -> (Option<String>, &[String]) {
    let value = words.first().and_then(|word| word.strip_prefix("KUBE_EDITOR=").or(word.strip_prefix("EDITOR=")));
    match value {
        Some(value) => (Some(value.to_owned()), &words[1..]),
        None => (None, words),
    }
}

/// Runs one program; those that run another call this again.
pub(super) fn run_command(lab: &mut Lab, ran: &mut Ran, words: &[String], input: Option<&str>) -> Output {
    let (editor, words) = editor(words);
    let words = match words.split_first() {
        Some((first, rest)) if first == "sudo" && !rest.is_empty() => rest,
        _ => words,
    };
    let Some((name, words)) = words.split_first() else {
        return Output::default();
    };
    let name = name.strip_prefix("/usr/sbin/").or_else(|| name.strip_prefix("/sbin/")).unwrap_or(name);
    let mut output = Output::default();
    let Some(tool) = find(name) else {
        output.write(Stream::Err, &format!("bash: {name}: command not found\n"));
        output.chunks.push(super::Chunk::Remark(message!("shell-see-help")));
        output.status = NOT_FOUND;
        return output;
    };
    if tool.place == Place::Node && !matches!(ran.at.host, Host::Node(_)) {
        output.write(Stream::Err, &format!("bash: {name}: command not found\n"));
        output.chunks.push(super::Chunk::Remark(message!("shell-only-on-nodes", name = name)));
        output.status = NOT_FOUND;
        return output;
    }
    let mut at = ran.at.clone();
    let mut call = Call {
        input,
        input_is_file: std::mem::take(&mut ran.reads_file),
        editor,
        ..Call::new(lab, &mut at, &ran.environment.history, (name, words))
    };
    let status = (tool.run)(&mut call);
    let Call { mut output, changed, actions, path, monitors, edit, .. } = call;
    output.status = status;
    ran.at = at;
    ran.changed |= changed;
    // Those of a program that runs others are theirs.
    ran.actions += actions.unwrap_or_else(|| usize::from(changed && !matches!(name, "ping" | "curl" | "nc" | "dig")));
    ran.path = path.or(ran.path.take());
    ran.monitors.extend(monitors);
    ran.edit = edit.or(ran.edit.take());
    output
}
