//! Loops of the shell.

use super::line::{Loop, Script};
use super::run::{Ran, run_script};
use super::{Chunk, Output, Status, Stream, expand};
use crate::lab::Lab;
use crate::message;

/// How often the loops of a line go round, all in all: bash has no end, a page has.
const MOST: u32 = 200;

pub(super) fn run(lab: &mut Lab, ran: &mut Ran, repeats: &Loop) -> Output {
    let before = std::mem::take(&mut ran.output);
    ran.depth += 1;
    match repeats {
        Loop::For { name, words, body } => {
            for value in expand::words(lab, ran, words) {
                ran.environment.variables.insert(name.clone(), value);
                if !go_round(lab, ran, body) {
                    break;
                }
            }
        }
        Loop::While { condition, goes_on_if, body } => {
            // The status is that of the last command of the body, if it ran.
            let mut status: Status = 0;
            loop {
                run_script(lab, ran, condition.clone());
                if !goes_on(ran) || (ran.output.status == 0) != *goes_on_if {
                    break;
                }
                let is_left = !go_round(lab, ran, body);
                status = ran.output.status;
                if is_left {
                    break;
                }
            }
            ran.output.status = status;
        }
    }
    ran.depth -= 1;
    std::mem::replace(&mut ran.output, before)
}

/// What `break` and `continue` leave: so many loops, of which the last goes on with `continue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaving {
    loops: u32,
    goes_on: bool,
}

/// `break` and `continue`, with the number of loops that are meant.
pub(super) fn leave(ran: &mut Ran, word: &str, count: Option<&str>) -> Output {
    let mut output = Output::default();
    let mut say = |text: &str| {
        output.write(Stream::Err, &format!("bash: {word}: {text}\n"));
    };
    if ran.depth == 0 {
        say("only meaningful in a `for', `while', or `until' loop");
        return output;
    }
    let loops = match count.map(|text| (text, text.parse::<i64>())) {
        None => 1,
        Some((_, Ok(count @ 1..))) => u32::try_from(count).unwrap_or(u32::MAX).min(ran.depth),
        Some((text, Ok(_))) => {
            say(&format!("{text}: loop count out of range"));
            output.status = 1;
            ran.leaving = Some(Leaving { loops: ran.depth, goes_on: false });
            return output;
        }
        Some((text, Err(_))) => {
            say(&format!("{text}: numeric argument required"));
            output.status = 128;
            ran.leaving = Some(Leaving { loops: ran.depth, goes_on: false });
            return output;
        }
    };
    ran.leaving = Some(Leaving { loops, goes_on: word == "continue" });
    output
}

/// False if that was once too often, or the loop is left.
fn go_round(lab: &mut Lab, ran: &mut Ran, body: &Script) -> bool {
    if ran.rounds >= MOST {
        ran.output.chunks.push(Chunk::Remark(message!("shell-loop-end", count = MOST)));
        return false;
    }
    ran.rounds += 1;
    run_script(lab, ran, body.clone());
    goes_on(ran)
}

/// Whether the innermost loop goes round again.
const fn goes_on(ran: &mut Ran) -> bool {
    match ran.leaving.take() {
        None => true,
        Some(Leaving { loops: 0 | 1, goes_on }) => goes_on,
        Some(Leaving { loops, goes_on }) => {
            ran.leaving = Some(Leaving { loops: loops - 1, goes_on });
            false
        }
    }
}
