//! `kubeproxy.config.k8s.io/v1alpha1 KubeProxyConfiguration`: decoding, defaults (`v1alpha1/defaults.go`) and
//! validation (`validation/validation.go` of pkg/proxy/apis/config).

mod section;

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::cursor::Cursor;
use super::report::Report;
use super::text;
use crate::k8s::{
    ConntrackSettings, IptablesSettings, IpvsSettings, KubeProxyConfiguration, LocalMode, NftablesSettings,
    NodePortRanges, ProxyMode,
};
use crate::net::Family;
use section::{Notes, Section};

const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;

/// Schedulers of the kernel; with another one kube-proxy does not start in IPVS mode (`CanUseIPVSProxier`).
const SCHEDULERS: [&str; 14] =
    ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"];

const ROOT_FIELDS: [&str; 26] = [
    "apiVersion",
    "kind",
    "bindAddress",
    "bindAddressHardFail",
    "clientConnection",
    "clusterCIDR",
    "configSyncPeriod",
    "conntrack",
    "detectLocal",
    "detectLocalMode",
    "enableProfiling",
    "featureGates",
    "healthzBindAddress",
    "hostnameOverride",
    "iptables",
    "ipvs",
    "logging",
    "metricsBindAddress",
    "mode",
    "nftables",
    "nodePortAddresses",
    "oomScoreAdj",
    "portRange",
    "showHiddenMetricsForVersion",
    "windowsRunAsService",
    "winkernel",
];

/// What it returns is valid only if no error was reported.
pub(super) fn read(object: &Cursor<'_>, report: &mut Report) -> KubeProxyConfiguration {
    let mut notes = Notes { report, given: Vec::new() };
    let root = Section::root(*object);
    root.check_fields(&ROOT_FIELDS, &mut notes);
    let mode = mode(&root, &mut notes);
    let unspecified = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let local_mode = local_mode(&root, object, &mut notes);
    let configuration = KubeProxyConfiguration {
        mode,
        cluster_cidrs: cluster_cidrs(&root, &local_mode, &mut notes),
        local_mode,
        node_port_addresses: node_port_addresses(&root, &mut notes),
        iptables: iptables(object, &mut notes),
        ipvs: ipvs(object, mode == ProxyMode::Ipvs, &mut notes),
        nftables: nftables(object, mode == ProxyMode::Nftables, &mut notes),
        conntrack: conntrack(object, &mut notes),
        hostname_override: root.text("hostnameOverride", &mut notes).map(str::to_owned),
        bind_address: root.address("bindAddress", unspecified, &mut notes),
        given: Vec::new(),
    };
    check_periods(&root, &configuration, &mut notes);
    check_host_ports(&root, &mut notes);
    KubeProxyConfiguration { given: notes.given, ..configuration }
}

fn mode(root: &Section<'_>, notes: &mut Notes<'_>) -> ProxyMode {
    match root.text("mode", notes) {
        None | Some("iptables") => ProxyMode::Iptables,
        Some("ipvs") => ProxyMode::Ipvs,
        Some("nftables") => ProxyMode::Nftables,
        Some(other) => {
            let rule = "must be iptables, ipvs, nftables or blank (blank means the best-available proxy \
                        [currently iptables])";
            if let Some(at) = root.at.as_ref().and_then(|at| at.field("mode")) {
                root.refuse(&at, "Mode.ProxyMode", text::quote(other), rule, notes);
            }
            ProxyMode::Iptables
        }
    }
}

fn local_mode(root: &Section<'_>, object: &Cursor<'_>, notes: &mut Notes<'_>) -> LocalMode {
    let go_path = "KubeProxyConfiguration.DetectLocalConfiguration";
    let detect = Section::of(object, ("detectLocal", "detectLocal."), go_path, true, notes);
    detect.check_fields(&["bridgeInterface", "interfaceNamePrefix"], notes);
    let bridge = detect.text("bridgeInterface", notes).unwrap_or_default().to_owned();
    let prefix = detect.text("interfaceNamePrefix", notes).unwrap_or_default().to_owned();
    let written = root.text("detectLocalMode", notes);
    let at = object.field("detectLocalMode");
    let (mode, required) = match written {
        None | Some("ClusterCIDR") => return LocalMode::ClusterCidr,
        Some("NodeCIDR") => return LocalMode::NodeCidr,
        Some("BridgeInterface") => (LocalMode::BridgeInterface(bridge.clone()), ("InterfaceName", bridge)),
        Some("InterfaceNamePrefix") => (LocalMode::InterfaceNamePrefix(prefix.clone()), ("InterfacePrefix", prefix)),
        Some(other) => {
            if let Some(at) = at {
                let modes = ["BridgeInterface", "ClusterCIDR", "InterfaceNamePrefix", "NodeCIDR", ""];
                notes.report.unsupported(&at, &text::quote(other), &modes);
            }
            return LocalMode::ClusterCidr;
        }
    };
    if let Some(at) = at.filter(|_| required.1.is_empty()) {
        detect.refuse(&at, required.0, "\"\"".to_owned(), "must not be empty", notes);
    }
    mode
}

/// `clusterCIDR`: one range or two with a comma between them.
fn cluster_cidrs(root: &Section<'_>, local_mode: &LocalMode, notes: &mut Notes<'_>) -> Vec<IpNet> {
    let Some(written) = root.text("clusterCIDR", notes) else {
        return Vec::new();
    };
    let Some(at) = root.at.as_ref().and_then(|at| at.field("clusterCIDR")) else {
        return Vec::new();
    };
    // Only this mode looks at the ranges.
    if *local_mode != LocalMode::ClusterCidr {
        return written.split(',').filter_map(|range| range.parse().ok()).collect();
    }
    let go_name = "DetectLocalConfiguration.ClusterCIDRs";
    let pair = "must be a either a single CIDR or dual-stack pair of CIDRs \
                (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]";
    let mut ranges = Vec::new();
    for (place, range) in written.split(',').take(3).enumerate() {
        match range.parse::<IpNet>() {
            Ok(range) => ranges.push(range.trunc()),
            Err(_) => {
                let rule = "must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)";
                root.refuse(&at, &format!("{go_name}[{place}]"), text::quote(range), rule, notes);
            }
        }
    }
    let is_pair = |ranges: &[IpNet]| Family::of(ranges[0].addr()) != Family::of(ranges[1].addr());
    if ranges.len() > 2 || ranges.len() == 2 && !is_pair(&ranges) {
        root.refuse(&at, go_name, text::quote(written), pair, notes);
    }
    ranges
}

fn node_port_addresses(root: &Section<'_>, notes: &mut Notes<'_>) -> NodePortRanges {
    let list = root.at.as_ref().and_then(|at| at.list("nodePortAddresses", notes.report));
    let Some(list) = list else {
        return NodePortRanges::Unset;
    };
    let entries: Vec<Cursor<'_>> = list.elements().collect();
    let primary = entries.iter().position(|entry| entry.plain() == Some("primary"));
    match (primary, entries.len()) {
        (_, 0) => NodePortRanges::Unset,
        (Some(0), 1) => {
            notes.given.push("nodePortAddresses".to_owned());
            NodePortRanges::Primary
        }
        (Some(place), _) => {
            let rule = "can't use both 'primary' and CIDRs";
            root.refuse(&entries[place], &format!("NodePortAddresses[{place}]"), "\"primary\"".to_owned(), rule, notes);
            NodePortRanges::Primary
        }
        (None, _) => NodePortRanges::Ranges(root.ranges("nodePortAddresses", "NodePortAddresses", notes)),
    }
}

fn iptables(object: &Cursor<'_>, notes: &mut Notes<'_>) -> IptablesSettings {
    let go_path = "KubeProxyConfiguration.KubeProxyIPTablesConfiguration";
    let section = Section::of(object, ("iptables", "iptables."), go_path, true, notes);
    let known = ["masqueradeBit", "masqueradeAll", "localhostNodePorts", "syncPeriod", "minSyncPeriod"];
    section.check_fields(&known, notes);
    IptablesSettings {
        masquerade_bit: section.masquerade_bit(notes),
        masquerade_all: section.boolean("masqueradeAll", false, notes),
        localhost_node_ports: section.boolean("localhostNodePorts", true, notes),
        sync_period: section.duration("syncPeriod", "SyncPeriod", 30 * SECOND, true, notes),
        min_sync_period: section.duration("minSyncPeriod", "MinSyncPeriod", SECOND, true, notes),
    }
}

fn nftables(object: &Cursor<'_>, is_checked: bool, notes: &mut Notes<'_>) -> NftablesSettings {
    let go_path = "KubeProxyConfiguration.KubeProxyNFTablesConfiguration";
    let section = Section::of(object, ("nftables", "nftables."), go_path, is_checked, notes);
    section.check_fields(&["masqueradeBit", "masqueradeAll", "syncPeriod", "minSyncPeriod"], notes);
    NftablesSettings {
        masquerade_bit: section.masquerade_bit(notes),
        masquerade_all: section.boolean("masqueradeAll", false, notes),
        sync_period: section.duration("syncPeriod", "SyncPeriod", 30 * SECOND, true, notes),
        min_sync_period: section.duration("minSyncPeriod", "MinSyncPeriod", SECOND, true, notes),
    }
}

fn ipvs(object: &Cursor<'_>, is_checked: bool, notes: &mut Notes<'_>) -> IpvsSettings {
    let go_path = "KubeProxyConfiguration.KubeProxyIPVSConfiguration";
    let section = Section::of(object, ("ipvs", "ipvs."), go_path, is_checked, notes);
    let known = [
        "scheduler",
        "excludeCIDRs",
        "strictARP",
        "tcpTimeout",
        "tcpFinTimeout",
        "udpTimeout",
        "syncPeriod",
        "minSyncPeriod",
    ];
    section.check_fields(&known, notes);
    IpvsSettings {
        scheduler: scheduler(&section, notes),
        exclude_cidrs: section.ranges("excludeCIDRs", "ExcludeCidrs", notes),
        strict_arp: section.boolean("strictARP", false, notes),
        tcp_timeout: section.duration("tcpTimeout", "TCPTimeout", 0, false, notes),
        tcp_fin_timeout: section.duration("tcpFinTimeout", "TCPFinTimeout", 0, false, notes),
        udp_timeout: section.duration("udpTimeout", "UDPTimeout", 0, false, notes),
        sync_period: section.duration("syncPeriod", "SyncPeriod", 30 * SECOND, true, notes),
        min_sync_period: section.duration("minSyncPeriod", "MinSyncPeriod", 0, true, notes),
    }
}

fn scheduler(section: &Section<'_>, notes: &mut Notes<'_>) -> String {
    let name = section.text("scheduler", notes).unwrap_or_default();
    if name.is_empty() || SCHEDULERS.contains(&name) {
        return name.to_owned();
    }
    if let Some(at) = section.at.as_ref().and_then(|at| at.field("scheduler")) {
        let rule = format!("the kernel has no such scheduler: it has {}", SCHEDULERS.join(", "));
        section.refuse(&at, "Scheduler", text::quote(name), &rule, notes);
    }
    String::new()
}

fn conntrack(object: &Cursor<'_>, notes: &mut Notes<'_>) -> ConntrackSettings {
    let go_path = "KubeProxyConfiguration.KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration";
    let section = Section::of(object, ("conntrack", "conntrack."), go_path, true, notes);
    let known = [
        "maxPerCore",
        "min",
        "tcpBeLiberal",
        "tcpEstablishedTimeout",
        "tcpCloseWaitTimeout",
        "udpTimeout",
        "udpStreamTimeout",
    ];
    section.check_fields(&known, notes);
    ConntrackSettings {
        max_per_core: section.count("maxPerCore", "MaxPerCore", 32 * 1024, notes),
        min: section.count("min", "Min", 128 * 1024, notes),
        tcp_be_liberal: section.boolean("tcpBeLiberal", false, notes),
        tcp_established_timeout: section.duration(
            "tcpEstablishedTimeout",
            "TCPEstablishedTimeout",
            24 * HOUR,
            false,
            notes,
        ),
        tcp_close_wait_timeout: section.duration("tcpCloseWaitTimeout", "TCPCloseWaitTimeout", HOUR, false, notes),
        udp_timeout: section.duration("udpTimeout", "UDPTimeout", 0, false, notes),
        udp_stream_timeout: section.duration("udpStreamTimeout", "UDPStreamTimeout", 0, false, notes),
    }
}

/// kube-proxy compares the periods of the mode that it runs in.
fn check_periods(root: &Section<'_>, configuration: &KubeProxyConfiguration, notes: &mut Notes<'_>) {
    let (section, period, min_period) = match configuration.mode {
        ProxyMode::Iptables => ("iptables", configuration.iptables.sync_period, configuration.iptables.min_sync_period),
        ProxyMode::Ipvs => ("ipvs", configuration.ipvs.sync_period, configuration.ipvs.min_sync_period),
        ProxyMode::Nftables => ("nftables", configuration.nftables.sync_period, configuration.nftables.min_sync_period),
    };
    let section = root.at.as_ref().and_then(|at| at.field(section));
    let Some(at) = section.as_ref().and_then(|section| section.field("minSyncPeriod")) else {
        return;
    };
    if min_period > period {
        let rule = "must be greater than or equal to KubeProxyConfiguration.MinSyncPeriod";
        root.refuse(&at, "SyncPeriod", at.found(), rule, notes);
    }
}

fn check_host_ports(root: &Section<'_>, notes: &mut Notes<'_>) {
    for (field, go_name) in [("healthzBindAddress", "HealthzBindAddress"), ("metricsBindAddress", "MetricsBindAddress")]
    {
        let Some(written) = root.text(field, notes) else { continue };
        let Some(at) = root.at.as_ref().and_then(|at| at.field(field)) else { continue };
        // A bare address gets the default port (`AppendPortIfNeeded`).
        if written.parse::<IpAddr>().is_ok() {
            continue;
        }
        let Some((host, port)) = written.rsplit_once(':') else {
            root.refuse(&at, go_name, text::quote(written), "must be IP:port", notes);
            continue;
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if host.parse::<IpAddr>().is_err() {
            root.refuse(&at, go_name, text::quote(host), "must be a valid IP", notes);
        }
        if port.parse::<u16>().is_ok_and(|port| port > 0) {
            continue;
        }
        root.refuse(&at, go_name, text::quote(port), "must be a valid port", notes);
    }
}
