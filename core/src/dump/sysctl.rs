use crate::message;
use crate::netfilter::Setting;
use crate::node::Node;
use crate::source::{Diagnostic, Position};

/// The roots of what `sysctl -a` prints.
const ROOTS: [&str; 12] =
    ["abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sched", "sunrpc", "user", "vm", "xen"];

/// Whether a line is of the form `net.ipv4.ip_forward = 1`, or `net/ipv4/ip_forward=1` as in `sysctl.conf`.
pub(super) fn is_setting(line: &str) -> bool {
    parse(line).is_some_and(|(name, _)| name.split(['.', '/']).next().is_some_and(|root| ROOTS.contains(&root)))
}

fn parse(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = name.contains(['.', '/']) && !name.contains(char::is_whitespace);
    is_name.then(|| (name, value.trim()))
}

/// Gives the node what is listed; says what the kernel would not take, and what changes nothing in the model.
pub(super) fn apply(node: &mut Node, text: &str) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((name, value)) = parse(line) else {
            continue;
        };
        let position = Position::new(number, 1);
        match node.set_sysctl(&with_points(name), value) {
            Setting::Set | Setting::Unknown => {}
            Setting::WithoutEffect(why) => {
                said.push(Diagnostic::note(position, message!("wrong-without-effect", name = name, why = why)))
            }
            Setting::Refused(expected) => said.push(Diagnostic::warning(
                position,
                message!("wrong-setting", name = name, value = format!("{value:?}")),
                expected,
                message!("advice-sysctl"),
            )),
        }
    }
    said
}

/// A name whose first sign between its parts is `/` has points for what they are.
fn with_points(name: &str) -> String {
    let swap = |sign| match sign {
        '/' => '.',
        '.' => '/',
        other => other,
    };
    if name.find(['.', '/']).is_some_and(|at| name[at..].starts_with('/')) {
        name.chars().map(swap).collect()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_name_are_read() {
        assert!(is_setting("net.ipv4.ip_forward = 1") && is_setting("net/ipv4/ip_forward=1"));
        assert!(is_setting("kernel.hostname = node-1"));
        for other in ["-A INPUT -j ACCEPT", "tcp 6 src=10.0.0.1", "define net = 10.0.0.0/8", "net = 1", "a b.c = 1"] {
            assert!(!is_setting(other), "{other}");
        }
        assert_eq!(with_points("net/ipv4/conf/eth0.100/rp_filter"), "net.ipv4.conf.eth0/100.rp_filter");
        assert_eq!(with_points("net.ipv4.conf.eth0/100.rp_filter"), "net.ipv4.conf.eth0/100.rp_filter");
    }

    #[test]
    fn what_is_listed_is_set_and_the_rest_is_said() {
        let mut node = Node::new("node".into());
        let text = "net.ipv4.ip_forward = 0\nvm.swappiness = 60\nnet.bridge.bridge-nf-call-arptables = 1\n\
                    net.netfilter.nf_conntrack_max = many\nnet.ipv4.vs.conntrack = 1\n";
        let said = apply(&mut node, text);
        assert!(!node.stack.routing.forwards.v4 && node.stack.routing.forwards.v6 && node.ipvs.sysctls.conntrack);
        let lines: Vec<u32> = said.iter().map(|said| said.position.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}
