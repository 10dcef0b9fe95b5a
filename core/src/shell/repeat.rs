//! Loops of the shell.

use super::line::{Loop, Script};
use super::run::{Ran, run_script};
use super::{Chunk, Output, Status, expand};
use crate::lab::Lab;
use crate::message;

/// How often the loops of a line go round, all in all: bash has no end, a page has.
const MOST: u32 = 200;

pub(super) fn run(lab: &mut Lab, ran: &mut Ran, repeats: &Loop) -> Output {
    let before = std::mem::take(&mut ran.output);
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
                if (ran.output.status == 0) != *goes_on_if || !go_round(lab, ran, body) {
                    break;
                }
                status = ran.output.status;
            }
            ran.output.status = status;
        }
    }
    std::mem::replace(&mut ran.output, before)
}

/// False if that was once too often.
fn go_round(lab: &mut Lab, ran: &mut Ran, body: &Script) -> bool {
    if ran.rounds >= MOST {
        ran.output.chunks.push(Chunk::Remark(message!("shell-loop-end", count = MOST)));
        return false;
    }
    ran.rounds += 1;
    run_script(lab, ran, body.clone());
    true
}
