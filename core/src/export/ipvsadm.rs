//! Virtual services and their real servers: for `ipvsadm -R`, and as single commands.

use super::head::{Head, file_name};
use super::shell::{self, push_command};
use super::{File, Subject};
use crate::ipvs::ipvsadm::restore_input;

const UNDO: &str = "ipvsadm -C";

pub(super) fn restore_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipvsadm");
    let load = format!("ipvsadm -R < {name}");
    let head = Head { what: "IPVS services", needs: &[modules(subject)], load: &load, undo: UNDO };
    let text = [head.write(subject), restore_input(&subject.node.ipvs)].concat();
    File { name, text, note: "All virtual services with their real servers, for ipvsadm -R.".to_owned() }
}

pub(super) fn command_file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "ipvsadm.sh");
    let load = format!("sh {name}");
    let head = Head { what: "IPVS services", needs: &[modules(subject)], load: &load, undo: UNDO };
    let mut text = shell::begin(&head.write(subject));
    for line in restore_input(&subject.node.ipvs).lines() {
        push_command(&mut text, ["ipvsadm"].into_iter().chain(line.split(' ')));
    }
    File { name, text, note: "One ipvsadm command for each virtual service and real server.".to_owned() }
}

/// `modprobe -a ip_vs ip_vs_rr`, with every scheduler that is used.
pub(super) fn modules(subject: &Subject<'_>) -> String {
    let mut schedulers: Vec<_> =
        subject.node.ipvs.services().map(|service| format!(" ip_vs_{}", service.config.scheduler)).collect();
    schedulers.sort();
    schedulers.dedup();
    format!("modprobe -a ip_vs{}", schedulers.concat())
}
