//! What IPVS mode sets up outside of IPVS, ipset and iptables: modules, sysctls and the addresses of kube-ipvs0.

use super::head::{Head, file_name};
use super::ipvsadm::modules;
use super::shell::{self, push_command};
use super::{File, Subject};
use crate::message;

const DEVICE: &str = "kube-ipvs0";

pub(super) fn file(subject: &Subject<'_>) -> File {
    let name = file_name(subject, "kube-ipvs0.sh");
    let load = format!("sh {name}");
    let undo = format!("ip link delete {DEVICE}");
    let head = Head { what: "Service addresses", needs: &[], load: &load, undo: &undo };
    let mut text = shell::begin(&head.write(subject));
    let modules = modules(subject);
    push_command(&mut text, modules.split(' ').chain(["nf_conntrack", "dummy"]));
    for setting in sysctls(subject) {
        push_command(&mut text, ["sysctl", "-q", "-w", &setting]);
    }
    push_command(&mut text, ["ip", "link", "add", DEVICE, "type", "dummy"]);
    let device = subject.node.stack.routing.device(DEVICE);
    for address in device.iter().flat_map(|device| &device.addresses) {
        push_command(&mut text, ["ip", "addr", "add", &address.to_string(), "dev", DEVICE]);
    }
    File { name, text, note: message!("export-addresses") }
}

/// As `NewProxier` of pkg/proxy/ipvs/proxier.go sets them, where they are not the kernel's defaults.
fn sysctls(subject: &Subject<'_>) -> Vec<String> {
    let wanted = subject.node.ipvs.sysctls;
    let mut settings = Vec::new();
    let mut set = |name: &str, value: u8| settings.push(format!("net.ipv4.{name}={value}"));
    set("vs.conntrack", u8::from(wanted.conntrack));
    set("vs.expire_nodest_conn", u8::from(wanted.expire_nodest_conn));
    set("vs.expire_quiescent_template", u8::from(wanted.expire_quiescent_template));
    set("ip_forward", 1);
    if subject.config.ipvs_strict_arp {
        set("conf.all.arp_ignore", 1);
        set("conf.all.arp_announce", 2);
    }
    settings
}
