//! Settings under `/proc/sys/net`, by the names that `sysctl -a` prints.

use super::Node;
use crate::message;
use crate::message::Message;
use crate::netfilter::routing::ReversePath;
use crate::netfilter::{Seconds, Setting};

const NO_SEQUENCE_NUMBERS: Message = message!("wrong-no-sequence-numbers");
const NO_ARP_TABLES: Message = message!("wrong-no-arp-tables");

impl Node {
    /// Sets what is called so, as `net.ipv4.conf.eth0.rp_filter`; a point in the name of a device is written as `/`.
    pub fn set_sysctl(&mut self, name: &str, value: &str) -> Setting {
        let parts: Vec<String> = name.split('.').map(|part| part.replace('/', ".")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (routing, value) = (&mut self.stack.routing, value.trim());
        match parts.as_slice() {
            ["net", "ipv4", "ip_forward"] | ["net", "ipv4", "conf", "all", "forwarding"] => {
                Setting::switch(value, &mut routing.forwards.v4)
            }
            ["net", "ipv6", "conf", "all", "forwarding"] => Setting::switch(value, &mut routing.forwards.v6),
            ["net", "ipv4", "conf", "all", "route_localnet"] => Setting::switch(value, &mut routing.route_localnet),
            ["net", "ipv4", "conf", "all", "rp_filter"] => reverse_path(value, &mut routing.reverse_path),
            ["net", "ipv4", "conf", "all", "arp_ignore"] => up_to(8, value, &mut routing.arp.ignore),
            ["net", "ipv4", "conf", "all", "arp_announce"] => up_to(2, value, &mut routing.arp.announce),
            // For devices to come.
            ["net", "ipv4", "conf", "default", _] => Setting::Unknown,
            ["net", "ipv4", "conf", device, "route_localnet"] => {
                Setting::switch(value, &mut routing.settings_of(device).route_localnet)
            }
            ["net", "ipv4", "conf", device, "arp_ignore"] => {
                up_to(8, value, &mut routing.settings_of(device).arp.ignore)
            }
            ["net", "ipv4", "conf", device, "arp_announce"] => {
                up_to(2, value, &mut routing.settings_of(device).arp.announce)
            }
            ["net", "ipv4", "conf", device, "rp_filter"] => {
                reverse_path(value, &mut routing.settings_of(device).reverse_path)
            }
            ["net", "ipv4", "vs", name] => self.ipvs.sysctls.set(name, value),
            [
                "net",
                "netfilter",
                "nf_conntrack_tcp_be_liberal"
                | "nf_conntrack_tcp_ignore_invalid_rst"
                | "nf_conntrack_tcp_max_retrans"
                | "nf_conntrack_tcp_timeout_max_retrans",
            ] => Setting::WithoutEffect(NO_SEQUENCE_NUMBERS),
            ["net", "ipv4", "ipfrag_time"] => seconds(value, &mut self.stack.fragments.lifetimes.v4),
            ["net", "netfilter", "nf_conntrack_frag6_timeout"] => {
                seconds(value, &mut self.stack.fragments.lifetimes.v6)
            }
            ["net", "netfilter", name] | ["net", name @ "nf_conntrack_max"] => {
                self.stack.conntrack.settings.set(name, value)
            }
            ["net", "bridge", "bridge-nf-call-iptables"] => any_number(value, &mut self.stack.bridges.calls.v4),
            ["net", "bridge", "bridge-nf-call-ip6tables"] => any_number(value, &mut self.stack.bridges.calls.v6),
            ["net", "bridge", "bridge-nf-call-arptables"] => Setting::WithoutEffect(NO_ARP_TABLES),
            _ => Setting::Unknown,
        }
    }
}

/// A switch that every number but 0 turns on (`brnf_sysctl_call_tables`).
fn any_number(value: &str, to: &mut bool) -> Setting {
    let mut number: u32 = 0;
    let set = Setting::number(value, 0, &mut number);
    if set == Setting::Set {
        *to = number > 0;
    }
    set
}

fn up_to(most: u8, value: &str, to: &mut u8) -> Setting {
    match value.parse() {
        Ok(number) if number <= most => *to = number,
        _ => return Setting::Refused(message!("expected-sysctl-number")),
    }
    Setting::Set
}

fn seconds(value: &str, to: &mut Seconds) -> Setting {
    Setting::number(value, 0, to)
}

fn reverse_path(value: &str, to: &mut ReversePath) -> Setting {
    *to = match value {
        "0" => ReversePath::Any,
        "1" => ReversePath::Strict,
        "2" => ReversePath::Loose,
        _ => return Setting::Refused(message!("expected-reverse-path")),
    };
    Setting::Set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_the_stricter_of_its_own_setting_and_that_of_all() {
        let mut node = Node::new("node".into());
        assert_eq!(node.set_sysctl("net.ipv4.conf.eth0/100.rp_filter", "2"), Setting::Set);
        assert_eq!(node.set_sysctl("net.ipv4.conf.all.rp_filter", " 1"), Setting::Set);
        let routing = &node.stack.routing;
        assert_eq!(routing.reverse_path_of("eth0.100"), ReversePath::Loose);
        assert_eq!(routing.reverse_path_of("eth1"), ReversePath::Strict);
    }

    #[test]
    fn what_is_not_to_be_set_says_so() {
        let mut node = Node::new("node".into());
        assert_eq!(node.set_sysctl("net.ipv4.ip_forward", "yes"), Setting::Refused(message!("expected-switch")));
        assert_eq!(node.set_sysctl("net.ipv4.vs.conn_reuse_mode", "-1"), Setting::Refused(message!("expected-number")));
        assert_eq!(
            node.set_sysctl("net.netfilter.nf_conntrack_buckets", "0"),
            Setting::Refused(message!("expected-above-zero"))
        );
        assert_eq!(node.set_sysctl("net.ipv4.tcp_rmem", "4096 131072 6291456"), Setting::Unknown);
        let liberal = node.set_sysctl("net.netfilter.nf_conntrack_tcp_be_liberal", "1");
        assert!(matches!(liberal, Setting::WithoutEffect(_)));
    }
}
