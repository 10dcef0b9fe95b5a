//! `history` of bash 5.2: what was typed.

use std::collections::VecDeque;

use super::Status;
use super::call::Call;

/// `HISTSIZE`, unless it is set.
const MOST: usize = 500;

/// The last lines that were typed, with their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct History {
    lines: VecDeque<String>,
    forgotten: usize,
}

impl History {
    pub fn add(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        self.lines.push_back(line.to_owned());
        if self.lines.len() > MOST {
            self.lines.pop_front();
            self.forgotten += 1;
        }
    }

    /// The last lines, as bash numbers them.
    fn last(&self, count: usize) -> String {
        let left_out = self.lines.len().saturating_sub(count);
        let lines = self.lines.iter().enumerate().skip(left_out);
        lines.map(|(at, line)| format!("{:>5}  {line}\n", self.forgotten + at + 1)).collect()
    }
}

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let count = match call.words {
        [] => MOST,
        [option] if option.starts_with('-') => return call.not_modelled(&format!("history {option}")),
        [number] => match number.parse() {
            Ok(count) => count,
            Err(_) => {
                call.err(&format!("bash: history: {number}: numeric argument required\n"));
                return 1;
            }
        },
        _ => {
            call.err("bash: history: too many arguments\n");
            return 1;
        }
    };
    let text = call.history.last(count);
    call.out(&text);
    0
}
