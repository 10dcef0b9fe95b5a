use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::matches::{write_option, write_value};
use super::super::translate::{Translation, span};
use super::Target;
use crate::message;

/// `-j NFQUEUE`: a program that listens to the queue decides. Of several queues the flow's hash chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NfqueueTarget {
    pub first: u16,
    pub last: u16,
    /// Without a program the packet goes on, and is not dropped.
    pub bypass: bool,
    pub by_cpu: bool,
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let (first, last) = match given.text("--queue-balance") {
        None => {
            let queue = given.number("--queue-num").and_then(|queue| u16::try_from(queue).ok()).unwrap_or(0);
            (queue, queue)
        }
        Some(_) if given.has("--queue-num") => {
            let message = "NFQUEUE: option \"--queue-num\" cannot be used together with \"--queue-balance\".";
            return Err(given.wrong(
                "--queue-balance",
                message,
                message!("expected-one-of-two"),
                message!("advice-remove-one"),
            ));
        }
        Some(text) => read_range(given, text)?,
    };
    if given.has("--queue-cpu-fanout") && first == last {
        let message = "NFQUEUE: option \"--queue-cpu-fanout\" also requires \"--queue-balance\".";
        return Err(given.wrong(
            "--queue-cpu-fanout",
            message,
            "--queue-balance",
            message!("advice-add-option", what = "--queue-balance"),
        ));
    }
    let (bypass, by_cpu) = (given.has("--queue-bypass"), given.has("--queue-cpu-fanout"));
    Ok(Target::Nfqueue(NfqueueTarget { first, last, bypass, by_cpu }))
}

fn read_range(given: &Given<'_>, text: &str) -> Result<(u16, u16), Refusal> {
    let short = |text: &str| number(text).and_then(|queue| u16::try_from(queue).ok());
    let wrong = |message: String| given.wrong("--queue-balance", message, "FIRST:LAST", message!("advice-range"));
    match text.split_once(':').map(|(first, last)| (short(first), short(last))) {
        Some((Some(first), Some(last))) if first < last => Ok((first, last)),
        Some((Some(first), Some(last))) => Err(wrong(format!("{first} should be less than {last}"))),
        _ => Err(wrong(format!("Bad range \"{text}\""))),
    }
}

impl NfqueueTarget {
    /// `NFQUEUE_save_v3`.
    pub fn write(self, out: &mut String) {
        if self.first < self.last {
            write_value(out, false, "--queue-balance", format_args!("{}:{}", self.first, self.last));
        } else {
            write_value(out, false, "--queue-num", self.first);
        }
        for (set, name) in [(self.bypass, "--queue-bypass"), (self.by_cpu, "--queue-cpu-fanout")] {
            if set {
                write_option(out, false, name);
            }
        }
    }

    /// `NFQUEUE_print_v3`
    pub fn list(self, out: &mut String) {
        let mut saved = String::new();
        self.write(&mut saved);
        out.push_str(" NFQUEUE");
        out.push_str(&saved.replace(" --queue-", " "));
    }

    /// `NFQUEUE_xlate_v3`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        to.add(&format!("queue num {} ", span(self.first, self.last.max(self.first))));
        if self.bypass {
            to.add("bypass");
        }
        if self.by_cpu {
            to.add(if self.bypass { ",fanout " } else { "fanout " });
        }
    }
}
