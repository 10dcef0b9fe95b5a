//! Where commands read from and write to.

use super::line::{Redirect, Word};
use super::run::{Ran, run_command};
use super::{Chunk, Location, Output, Stream, expand, sysctl};
use crate::lab::{Full, Lab, Path};
use crate::message;

/// What the redirects of a command came to.
pub(super) struct Redirected {
    /// None where it reads from the terminal.
    pub input: Option<String>,
    pub input_is_file: bool,
    out: Sink,
    err: Sink,
}

#[derive(Clone, Debug)]
enum Sink {
    /// The terminal or the pipe.
    Stream(Stream),
    Null,
    File(Path),
    /// A file under `/proc/sys`.
    Setting(String),
}

impl Redirected {
    /// One after the other, as bash does before the command runs. What it says where one cannot be done; then the command
    /// does not run.
    pub fn of(lab: &mut Lab, ran: &mut Ran, redirects: &[Redirect], piped: Option<String>) -> Result<Self, Output> {
        let mut all =
            Self { input: piped, input_is_file: false, out: Sink::Stream(Stream::Out), err: Sink::Stream(Stream::Err) };
        let mut opened = None;
        for redirect in redirects {
            match redirect {
                Redirect::Text(word) => {
                    all.input = Some(expand::value(lab, ran, word));
                    opened = None;
                }
                Redirect::As { from, to } => *all.sink(*from) = all.sink(*to).clone(),
                Redirect::From(word) => {
                    let read = name(lab, ran, word).and_then(|name| Ok((read(lab, ran, &name)?, path(&ran.at, &name))));
                    match read {
                        Ok((text, path)) => (all.input, opened) = (Some(text), Some(path)),
                        Err(refused) => return Err(all.refuse(lab, ran, refused)),
                    }
                }
                Redirect::To { streams, file, appends } => {
                    let sink = name(lab, ran, file).and_then(|name| open(lab, ran, &name, *appends));
                    match sink {
                        Ok(sink) => streams.iter().for_each(|stream| *all.sink(*stream) = sink.clone()),
                        Err(refused) => return Err(all.refuse(lab, ran, refused)),
                    }
                }
            }
        }
        // The command reads it after all of them, by one of which it may be empty.
        if let Some(text) = opened.and_then(|path| lab.files.text(&path)) {
            all.input = Some(text.to_owned());
            all.input_is_file = true;
        }
        Ok(all)
    }

    const fn sink(&mut self, stream: Stream) -> &mut Sink {
        match stream {
            Stream::Out => &mut self.out,
            Stream::Err => &mut self.err,
        }
    }

    /// Bash's own words go where the redirects before had the command's go.
    fn refuse(self, lab: &mut Lab, ran: &mut Ran, refused: Output) -> Output {
        self.write(lab, ran, refused, "bash")
    }

    /// What is left of what a program printed for the terminal or the pipe; the rest is written where it belongs.
    pub fn write(self, lab: &mut Lab, ran: &mut Ran, output: Output, program: &str) -> Output {
        let mut left = Output { status: output.status, ..Output::default() };
        let mut values: Vec<(String, String)> = Vec::new();
        let mut is_full = false;
        for chunk in output.chunks {
            let Chunk::Text { stream, text } = chunk else {
                left.chunks.push(chunk);
                continue;
            };
            match if stream == Stream::Out { &self.out } else { &self.err } {
                Sink::Stream(stream) => left.write(*stream, &text),
                Sink::Null => {}
                Sink::File(path) => is_full |= lab.files.append(path.clone(), &text) == Err(Full),
                Sink::Setting(name) => values.push((name.clone(), text)),
            }
        }
        if is_full {
            let of_bash = if matches!(program, "echo" | "printf") { "bash: " } else { "" };
            left.write(Stream::Err, &format!("{of_bash}{program}: write error: No space left on device\n"));
            left.status = 1;
        }
        for (name, value) in values {
            set(lab, ran, &name, &value, &mut left);
        }
        left
    }
}

/// The one word that the name of a file must come to.
fn name(lab: &mut Lab, ran: &mut Ran, word: &Word) -> Result<String, Output> {
    match <[String; 1]>::try_from(expand::words(lab, ran, std::slice::from_ref(word))) {
        Ok([name]) => Ok(name),
        Err(_) => Err(refusal(&word.written(), "ambiguous redirect")),
    }
}

fn read(lab: &mut Lab, ran: &mut Ran, name: &str) -> Result<String, Output> {
    if name == "/dev/null" {
        return Ok(String::new());
    }
    if sysctl::of_file(name).is_some() {
        let mut shown = run_command(lab, ran, &["cat", name].map(str::to_owned), None);
        if shown.status == 0 {
            return Ok(shown.take_out());
        }
    }
    match lab.files.text(&path(&ran.at, name)) {
        Some(text) => Ok(text.to_owned()),
        None => {
            let mut refused = refusal(name, "No such file or directory");
            refused.chunks.push(Chunk::Remark(message!("shell-no-files", name = name)));
            Err(refused)
        }
    }
}

fn open(lab: &mut Lab, ran: &mut Ran, name: &str, appends: bool) -> Result<Sink, Output> {
    match name {
        "/dev/null" => return Ok(Sink::Null),
        "" => return Err(refusal(name, "No such file or directory")),
        "." | ".." | "/tmp" | "/root" | "/etc" => return Err(refusal(name, "Is a directory")),
        _ if name.ends_with('/') => return Err(refusal(name, "Is a directory")),
        _ => {}
    }
    if let Some(setting) = sysctl::of_file(name) {
        return Ok(Sink::Setting(setting));
    }
    let path = path(&ran.at, name);
    if appends {
        lab.files.open(path.clone());
    } else {
        lab.files.empty(path.clone());
    }
    // A lab that is made again must have it again.
    ran.changed = true;
    Ok(Sink::File(path))
}

fn refusal(name: &str, why: &str) -> Output {
    let mut output = Output { status: 1, ..Output::default() };
    output.write(Stream::Err, &format!("bash: {name}: {why}\n"));
    output
}

/// Which file a name is there; a shell begins in its user's folder.
pub(super) fn path(at: &Location, name: &str) -> Path {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("./") {
        name = rest;
    }
    let name = if name.starts_with('/') { name.to_owned() } else { format!("{}/{name}", at.folder()) };
    Path { mode: at.mode, machine: at.host.to_string(), name }
}

/// Writes what a program printed into a file under `/proc/sys`.
fn set(lab: &mut Lab, ran: &mut Ran, name: &str, value: &str, left: &mut Output) {
    let words = ["sysctl", "-q", "-w", &format!("{name}={}", value.trim())].map(str::to_owned);
    let done = run_command(lab, ran, &words, None);
    left.status = done.status;
    for chunk in done.chunks {
        match chunk {
            Chunk::Remark(_) => left.chunks.push(chunk),
            Chunk::Text { .. } => left.write(Stream::Err, "bash: echo: write error: Invalid argument\n"),
        }
    }
}
