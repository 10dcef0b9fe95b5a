//! ipset: for `ipset restore`, and as single commands.

use super::head::{Head, file_name};
use super::shell::{self, push_command};
use super::{File, Subject};
use crate::ipset::save;
use crate::message;

const UNDO: &str = "ipset destroy (once no rule names the sets)";

pub(super) fn restore_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipset");
    let load = format!("ipset restore < {name}");
    let head = Head { what: "ipsets", needs: &[], load: &load, undo: UNDO };
    let text = [head.write(subject), saved(subject)].concat();
    File { name, text, note: message!("export-ipset") }
}

pub(super) fn command_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipset.sh");
    let load = format!("sh {name} (ipset restore takes thousands of elements faster)");
    let head = Head { what: "ipsets", needs: &[], load: &load, undo: UNDO };
    let mut text = shell::begin(&head.write(subject));
    for line in saved(subject).lines() {
        push_command(&mut text, ["ipset"].into_iter().chain(line.split(' ')));
    }
    File { name, text, note: message!("export-ipset-commands") }
}

fn saved(subject: &Subject<'_>) -> String {
    save(&subject.node.stack.ipsets, 0)
}
