use crate::message;
use crate::source::{Diagnostic, Position};

/// What to copy in place of an output that is made for eyes, or that says too little.
pub(super) fn instead(number: usize, line: &str) -> Option<Diagnostic> {
    let words: Vec<&str> = line.split_whitespace().take(3).collect();
    let (what, command) = match *words {
        ["Chain", _, ..] if line.trim_end().ends_with(')') => ("iptables -L", "iptables-save"),
        ["IP", "Virtual", "Server", ..] => ("ipvsadm -L", "ipvsadm -S -n"),
        ["IPVS", "connection", "entries"] => ("ipvsadm -L -c", "ipvsadm -S -n"),
        ["Name:", _] => ("ipset list", "ipset save"),
        ["Kernel", "IP" | "IPv6", "routing"] => ("route", "ip route"),
        [name, flags, ..] if name.ends_with(':') && flags.starts_with("flags=") => ("ifconfig", "ip addr"),
        ["lo", "UNKNOWN", ..] => ("ip -br addr", "ip addr"),
        ["NAME", _, ..] | ["NAMESPACE", "NAME", ..] => ("kubectl get", "kubectl get -o yaml"),
        _ => return None,
    };
    let position = Position::new(u32::try_from(number + 1).unwrap_or(u32::MAX), 1);
    Some(Diagnostic::error(
        position,
        message!("wrong-other-output", command = what),
        message!("expected-output-of", command = command),
        message!("advice-run-instead", command = command),
    ))
}
