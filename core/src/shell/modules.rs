//! `modprobe` and `lsmod`, as far as IPVS needs them.

use super::Status;
use super::call::Call;

/// What a Debian kernel 6.1 has of what kube-proxy's documents name, with what each needs.
const MODULES: [(&str, &[&str]); 18] = [
    ("nf_defrag_ipv4", &[]),
    ("nf_defrag_ipv6", &[]),
    ("nf_conntrack", &["nf_defrag_ipv4", "nf_defrag_ipv6"]),
    ("ip_vs", &["nf_conntrack", "nf_defrag_ipv6"]),
    ("ip_vs_rr", &["ip_vs"]),
    ("ip_vs_wrr", &["ip_vs"]),
    ("ip_vs_lc", &["ip_vs"]),
    ("ip_vs_wlc", &["ip_vs"]),
    ("ip_vs_fo", &["ip_vs"]),
    ("ip_vs_ovf", &["ip_vs"]),
    ("ip_vs_lblc", &["ip_vs"]),
    ("ip_vs_lblcr", &["ip_vs"]),
    ("ip_vs_dh", &["ip_vs"]),
    ("ip_vs_sh", &["ip_vs"]),
    ("ip_vs_mh", &["ip_vs"]),
    ("ip_vs_sed", &["ip_vs"]),
    ("ip_vs_nq", &["ip_vs"]),
    ("br_netfilter", &[]),
];

pub(super) fn modprobe(call: &mut Call<'_>) -> Status {
    let mut status = 0;
    let names: Vec<String> = call.words.iter().filter(|word| !word.starts_with('-')).cloned().collect();
    let options: Vec<String> =
        call.words.iter().filter(|word| word.starts_with('-') && *word != "-a" && *word != "-q").cloned().collect();
    if let Some(option) = options.first() {
        return call.not_modelled(option);
    }
    if names.is_empty() {
        call.err("modprobe: ERROR: missing parameters. See -h.\n");
        return 1;
    }
    for name in names {
        // Dashes and underscores are the same.
        let module = name.replace('-', "_");
        if MODULES.iter().any(|(known, _)| *known == module) {
            continue;
        }
        call.err(&format!("modprobe: FATAL: Module {name} not found in directory /lib/modules/6.1.0-amd64\n"));
        if matches!(&*module, "nf_conntrack_ipv4" | "nf_conntrack_ipv6") {
            call.remark(crate::message!("shell-conntrack-module", name = module));
        }
        status = 1;
    }
    if status == 0 {
        call.remark(crate::message!("shell-modules-built-in"));
    }
    status
}

pub(super) fn lsmod(call: &mut Call<'_>) -> Status {
    call.remark(crate::message!("shell-lsmod"));
    call.out("Module                  Size  Used by\n");
    0
}
