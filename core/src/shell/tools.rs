use super::call::Call;
use super::{
    Status, bridge, conntrack, curl, dig, filters, history, ip, ipset, iptables, ipvsadm, kubectl, modules, nc, nft,
    ping, sed, ssh, sysctl, watch,
};

/// A program that the lab has.
pub(super) struct Tool {
    pub name: &'static str,
    pub place: Place,
    pub run: fn(&mut Call<'_>) -> Status,
}

/// Where a program is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    /// Only nodes have it, and the rights that it takes.
    Node,
}

const fn tool(name: &'static str, place: Place, run: fn(&mut Call<'_>) -> Status) -> Tool {
    Tool { name, place, run }
}

pub(super) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// By name.
pub(super) const TOOLS: &[Tool] = &[
    tool("bridge", Place::Node, bridge::run),
    tool("cat", Place::Anywhere, filters::cat),
    tool("conntrack", Place::Node, conntrack::run),
    tool("curl", Place::Anywhere, curl::run),
    tool("dig", Place::Anywhere, dig::run),
    tool("echo", Place::Anywhere, filters::echo),
    tool("exit", Place::Anywhere, ssh::exit),
    tool("grep", Place::Anywhere, filters::grep),
    tool("head", Place::Anywhere, filters::head),
    tool("help", Place::Anywhere, help),
    tool("history", Place::Anywhere, history::run),
    tool("hostname", Place::Anywhere, filters::hostname),
    tool("ip", Place::Node, ip::run),
    tool("ip6tables", Place::Node, iptables::run),
    tool("ip6tables-legacy", Place::Node, iptables::run),
    tool("ip6tables-legacy-restore", Place::Node, iptables::restore),
    tool("ip6tables-legacy-save", Place::Node, iptables::save),
    tool("ip6tables-nft", Place::Node, iptables::run),
    tool("ip6tables-nft-restore", Place::Node, iptables::restore),
    tool("ip6tables-nft-save", Place::Node, iptables::save),
    tool("ip6tables-restore", Place::Node, iptables::restore),
    tool("ip6tables-restore-translate", Place::Node, iptables::translate_saved),
    tool("ip6tables-save", Place::Node, iptables::save),
    tool("ip6tables-translate", Place::Node, iptables::translate),
    tool("ipset", Place::Node, ipset::run),
    tool("iptables", Place::Node, iptables::run),
    tool("iptables-legacy", Place::Node, iptables::run),
    tool("iptables-legacy-restore", Place::Node, iptables::restore),
    tool("iptables-legacy-save", Place::Node, iptables::save),
    tool("iptables-nft", Place::Node, iptables::run),
    tool("iptables-nft-restore", Place::Node, iptables::restore),
    tool("iptables-nft-save", Place::Node, iptables::save),
    tool("iptables-restore", Place::Node, iptables::restore),
    tool("iptables-restore-translate", Place::Node, iptables::translate_saved),
    tool("iptables-save", Place::Node, iptables::save),
    tool("iptables-translate", Place::Node, iptables::translate),
    tool("ipvsadm", Place::Node, ipvsadm::run),
    tool("ipvsadm-restore", Place::Node, ipvsadm::restore),
    tool("ipvsadm-save", Place::Node, ipvsadm::save),
    tool("kubectl", Place::Node, kubectl::run),
    tool("less", Place::Anywhere, filters::cat),
    tool("lsmod", Place::Node, modules::lsmod),
    tool("modprobe", Place::Node, modules::modprobe),
    tool("more", Place::Anywhere, filters::cat),
    tool("nc", Place::Anywhere, nc::run),
    tool("nft", Place::Node, nft::run),
    tool("ping", Place::Anywhere, ping::run),
    tool("printf", Place::Anywhere, filters::printf),
    tool("sed", Place::Anywhere, sed::run),
    tool("seq", Place::Anywhere, filters::seq),
    tool("sort", Place::Anywhere, filters::sort),
    tool("ssh", Place::Anywhere, ssh::run),
    tool("sysctl", Place::Node, sysctl::run),
    tool("tail", Place::Anywhere, filters::tail),
    tool("true", Place::Anywhere, |_| 0),
    tool("uniq", Place::Anywhere, filters::uniq),
    tool("watch", Place::Anywhere, watch::run),
    tool("wc", Place::Anywhere, filters::wc),
];

fn help(call: &mut Call<'_>) -> Status {
    call.remark(crate::message!("shell-help"));
    let names: Vec<_> =
        TOOLS.iter().map(|tool| tool.name).filter(|name| !name.contains("-legacy") && !name.contains("-nft")).collect();
    for line in names.chunks(4) {
        let columns: String = line.iter().map(|name| format!("{name:<30}")).collect();
        call.out(&format!("{}\n", columns.trim_end()));
    }
    0
}
