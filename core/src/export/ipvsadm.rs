//! Virtual services and their real servers: for `ipvsadm -R`, and as single commands.

use super::head::{Head, file_name};
use super::shell::{self, push_command};
use super::{File, Subject};
use crate::ipvs::ipvsadm::restore_input;
use crate::message;

const UNDO: &str = "ipvsadm -C";

/// Without a head: `ipvsadm -R` takes no comments.
pub(super) fn restore_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipvsadm");
    let note = message!("export-ipvsadm", modules = modules(subject), name = &name, undo = UNDO);
    File { name, text: restore_input(&subject.node.ipvs), note }
}

pub(super) fn command_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipvsadm.sh");
    let load = format!("sh {name}");
    let head = Head { what: "IPVS services", needs: &[modules(subject)], load: &load, undo: UNDO };
    let mut text = shell::begin(&head.write(subject));
    for line in restore_input(&subject.node.ipvs).lines() {
        push_command(&mut text, ["ipvsadm"].into_iter().chain(line.split(' ')));
    }
    File { name, text, note: message!("export-ipvsadm-commands") }
}

/// `modprobe -a ip_vs ip_vs_rr`, with every scheduler that is used.
pub(super) fn modules(subject: &Subject<'_>) -> String {
    let mut schedulers: Vec<_> =
        subject.node.ipvs.services().map(|service| format!(" ip_vs_{}", service.config.scheduler)).collect();
    schedulers.sort();
    schedulers.dedup();
    format!("modprobe -a ip_vs{}", schedulers.concat())
}
