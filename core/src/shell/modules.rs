//! `modprobe` and `lsmod` of kmod 30, on a kernel that has everything built in: as far as IPVS needs them.

use super::Status;
use super::call::Call;
use super::getopt::{Argument, Given, Options, parse};

/// What a Debian kernel 6.1 has of what kube-proxy's documents name.
const MODULES: [&str; 18] = [
    "nf_defrag_ipv4",
    "nf_defrag_ipv6",
    "nf_conntrack",
    "ip_vs",
    "ip_vs_rr",
    "ip_vs_wrr",
    "ip_vs_lc",
    "ip_vs_wlc",
    "ip_vs_fo",
    "ip_vs_ovf",
    "ip_vs_lblc",
    "ip_vs_lblcr",
    "ip_vs_dh",
    "ip_vs_sh",
    "ip_vs_mh",
    "ip_vs_sed",
    "ip_vs_nq",
    "br_netfilter",
];

const OPTIONS: &Options = &[
    ('a', "all", Argument::None),
    ('r', "remove", Argument::None),
    ('\u{1}', "remove-dependencies", Argument::None),
    ('\u{1}', "remove-holders", Argument::None),
    ('w', "wait", Argument::Required),
    ('\u{2}', "first-time", Argument::None),
    ('i', "ignore-install", Argument::None),
    ('i', "ignore-remove", Argument::None),
    ('b', "use-blacklist", Argument::None),
    ('f', "force", Argument::None),
    ('f', "force-modversion", Argument::None),
    ('f', "force-vermagic", Argument::None),
    ('R', "resolve-alias", Argument::None),
    ('D', "show-depends", Argument::None),
    ('c', "showconfig", Argument::None),
    ('c', "show-config", Argument::None),
    ('\u{3}', "show-modversions", Argument::None),
    ('\u{3}', "dump-modversions", Argument::None),
    ('\u{3}', "show-exports", Argument::None),
    ('n', "dry-run", Argument::None),
    ('n', "show", Argument::None),
    ('C', "config", Argument::Required),
    ('d', "dirname", Argument::Required),
    ('S', "set-version", Argument::Required),
    ('s', "syslog", Argument::None),
    ('q', "quiet", Argument::None),
    ('v', "verbose", Argument::None),
    ('V', "version", Argument::None),
    ('h', "help", Argument::None),
];

/// What is done with a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Insert,
    /// `--first-time`
    InsertFirst,
    Remove,
    Depend,
    Resolve,
}

pub(super) fn modprobe(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let given = match parse(&words, OPTIONS) {
        Ok(given) => given,
        Err(bad) => {
            call.err(&format!("modprobe: {bad}\n"));
            return 1;
        }
    };
    let has = |letter| given.contains(&Given::Option(letter, None));
    if has('V') {
        call.out("kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n");
        return 0;
    }
    let refused =
        |option: &&Given<'_>| matches!(option, Given::Option(letter, _) if "\u{1}\u{3}CcdfhSsw".contains(*letter));
    if given.iter().any(|given| refused(&given)) {
        return call.not_modelled(&words.join(" "));
    }
    let names: Vec<&str> =
        given.iter().filter_map(|given| if let Given::Word(word) = given { Some(*word) } else { None }).collect();
    if names.is_empty() {
        call.err("modprobe: ERROR: missing parameters. See -h.\n");
        return 1;
    }
    let deed = match () {
        () if has('r') => Deed::Remove,
        () if has('D') => Deed::Depend,
        () if has('R') => Deed::Resolve,
        () if has('\u{2}') => Deed::InsertFirst,
        () => Deed::Insert,
    };
    // Behind the first name are its parameters, but where several are meant.
    let count = if has('a') || deed == Deed::Remove { names.len() } else { 1 };
    let statuses: Vec<Status> =
        names[..count].iter().map(|name| handle(call, deed, name, has('a'), has('q'))).collect();
    let status = statuses.into_iter().max().unwrap_or_default();
    if status == 0 && deed == Deed::Insert {
        call.remark(crate::message!("shell-modules-built-in"));
    }
    status
}

fn handle(call: &mut Call<'_>, deed: Deed, name: &str, goes_on: bool, is_quiet: bool) -> Status {
    // Dashes and underscores are the same.
    let module = name.replace('-', "_");
    let said = match (MODULES.contains(&&*module), deed) {
        (true, Deed::Insert) => return 0,
        (true, Deed::Depend) => {
            call.out(&format!("builtin {module}\n"));
            return 0;
        }
        (true, Deed::Resolve) => {
            call.out(&format!("{module}\n"));
            return 0;
        }
        (true, Deed::InsertFirst) => format!("ERROR: could not insert '{module}': Module already in kernel"),
        (true, Deed::Remove) => format!("FATAL: Module {module} is builtin."),
        (false, Deed::Remove) => format!("FATAL: Module {name} not found."),
        (false, _) => {
            let level = if goes_on { "WARNING" } else { "FATAL" };
            format!("{level}: Module {name} not found in directory /lib/modules/6.1.0-amd64")
        }
    };
    if !is_quiet {
        call.err(&format!("modprobe: {said}\n"));
    }
    if matches!(&*module, "nf_conntrack_ipv4" | "nf_conntrack_ipv6") {
        call.remark(crate::message!("shell-conntrack-module", name = module));
    }
    1
}

pub(super) fn lsmod(call: &mut Call<'_>) -> Status {
    if !call.words.is_empty() {
        call.err("Usage: lsmod\n");
        return 1;
    }
    call.remark(crate::message!("shell-lsmod"));
    call.out("Module                  Size  Used by\n");
    0
}
