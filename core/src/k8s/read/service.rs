//! `v1 Service`: its spec and status; ports are in [`super::service_port`].

use std::net::IpAddr;

use super::cursor::Cursor;
use super::metadata::{self, Metadata, NameRule};
use super::report::{Remedy, Report};
use super::{labels, service_address, service_port, text, unknown_fields, value};
use crate::k8s::{
    Ingress, IpMode, Service, ServicePort, ServiceType, SessionAffinity, TrafficDistribution, TrafficPolicy,
};
use crate::message;
use crate::message::Message;
use crate::net::Family;

const TYPES: [(&str, ServiceType); 4] = [
    ("ClusterIP", ServiceType::ClusterIp),
    ("ExternalName", ServiceType::ExternalName),
    ("LoadBalancer", ServiceType::LoadBalancer),
    ("NodePort", ServiceType::NodePort),
];
const POLICIES: [(&str, TrafficPolicy); 2] = [("Cluster", TrafficPolicy::Cluster), ("Local", TrafficPolicy::Local)];
const IP_MODES: [(&str, IpMode); 2] = [("Proxy", IpMode::Proxy), ("VIP", IpMode::Vip)];

const FAMILIES: [(&str, Family); 2] = [("IPv4", Family::V4), ("IPv6", Family::V6)];
const DISTRIBUTIONS: [(&str, Option<TrafficDistribution>); 3] = [
    ("PreferClose", Some(TrafficDistribution::PreferClose)),
    ("PreferSameZone", Some(TrafficDistribution::PreferSameZone)),
    ("PreferSameNode", Some(TrafficDistribution::PreferSameNode)),
];

/// The older of the two wins (`hintsEnabled` of k8s.io/endpointslice).
const TOPOLOGY_ANNOTATIONS: [&str; 2] =
    ["service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"];

/// Three hours, as the API server fills it in.
const DEFAULT_AFFINITY_SECONDS: u32 = 10_800;
const MAX_AFFINITY_SECONDS: i64 = 86_400;

const FIELDS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// Of `ServiceSpec`, whose `ipFamily` and `topologyKeys` are only tombstones.
const SPEC_FIELDS: [&str; 20] = [
    "allocateLoadBalancerNodePorts",
    "clusterIP",
    "clusterIPs",
    "externalIPs",
    "externalName",
    "externalTrafficPolicy",
    "healthCheckNodePort",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
    "ports",
    "publishNotReadyAddresses",
    "selector",
    "sessionAffinity",
    "sessionAffinityConfig",
    "trafficDistribution",
    "type",
];

const DELETE: Message = message!("advice-delete-field");

/// Reads the Service that `metadata` names; what it returns is valid only if no error was reported.
pub(super) fn read(object: &Cursor<'_>, metadata: Metadata, report: &mut Report) -> Option<Service> {
    unknown_fields::check(object, &FIELDS, report);
    let Some(spec) = object.mapping("spec", report) else {
        report.required(
            object,
            "spec",
            "",
            Remedy::new(message!("expected-spec"), message!("advice-object-as-printed")),
        );
        return None;
    };
    unknown_fields::check(&spec, &SPEC_FIELDS, report);
    let service_type = value::choice(&spec, "type", &TYPES, ServiceType::ClusterIp, report)?;
    let cluster_ips = service_address::cluster_ips(&spec, service_type, report);
    let ports = service_port::read(&spec, service_type, cluster_ips.is_none(), report);
    let cluster_ips = cluster_ips.unwrap_or_default();
    let external_ips = spec.each("externalIPs", report, value::routable_address);
    let external_traffic_policy = external_traffic_policy(&spec, service_type, &external_ips, report)?;
    Some(Service {
        name: metadata.name,
        labels: metadata.labels,
        service_type,
        ip_families: ip_families(&spec, &cluster_ips, report),
        external_name: external_name(&spec, service_type, report),
        selector: labels::read(&spec, "selector", report),
        session_affinity: session_affinity(&spec, report)?,
        internal_traffic_policy: value::choice(
            &spec,
            "internalTrafficPolicy",
            &POLICIES,
            TrafficPolicy::Cluster,
            report,
        )?,
        load_balancer_source_ranges: source_ranges(&spec, service_type, report),
        load_balancer_ingress: ingress(object, report),
        health_check_node_port: health_check_node_port(&spec, service_type, external_traffic_policy, report),
        traffic_distribution: value::choice(&spec, "trafficDistribution", &DISTRIBUTIONS, None, report)?,
        topology_mode_auto: topology_mode_auto(object, report),
        publish_not_ready_addresses: spec.boolean("publishNotReadyAddresses", report).unwrap_or(false),
        cluster_ips,
        ports,
        external_ips,
        external_traffic_policy,
    })
}

/// `ipFamilies`; where it is absent, the API server would have filled in those of the addresses.
fn ip_families(spec: &Cursor<'_>, cluster_ips: &[IpAddr], report: &mut Report) -> Vec<Family> {
    let mut families = Vec::new();
    let list = spec.list("ipFamilies", report);
    for at in list.iter().flat_map(Cursor::elements) {
        let Some(name) = at.text(report) else { continue };
        match FAMILIES.iter().find(|(known, _)| *known == name) {
            None => report.unsupported(&at, &text::quote(name), &FAMILIES.map(|(known, _)| known)),
            Some((_, family)) if families.contains(family) => {
                report.duplicate(
                    &at,
                    text::quote(name),
                    Remedy::new(message!("expected-family-once"), message!("advice-delete-one")),
                );
            }
            Some((_, family)) => families.push(*family),
        }
    }
    if families.is_empty() {
        families.extend(cluster_ips.iter().map(|address| Family::of(*address)));
    }
    families
}

fn topology_mode_auto(object: &Cursor<'_>, report: &mut Report) -> bool {
    let annotations = metadata::annotations(object, report);
    let mode = TOPOLOGY_ANNOTATIONS.iter().find_map(|key| annotations.get(*key));
    mode.is_some_and(|mode| mode == "Auto" || mode == "auto")
}

fn external_name(spec: &Cursor<'_>, service_type: ServiceType, report: &mut Report) -> Option<String> {
    let Some(at) = spec.field("externalName") else {
        if service_type == ServiceType::ExternalName {
            let remedy = Remedy::new(message!("expected-dns-name"), message!("advice-add"));
            report.required(spec, "externalName", "", remedy);
        }
        return None;
    };
    let name = at.text(report)?;
    if service_type == ServiceType::ExternalName {
        metadata::check_name(&at, name.strip_suffix('.').unwrap_or(name), NameRule::Subdomain, report);
    }
    Some(name.to_owned())
}

fn session_affinity(spec: &Cursor<'_>, report: &mut Report) -> Option<SessionAffinity> {
    let has_affinity = value::choice(spec, "sessionAffinity", &[("ClientIP", true), ("None", false)], false, report)?;
    let config = spec.mapping("sessionAffinityConfig", report);
    if !has_affinity {
        if let Some(config) = config {
            report.forbidden(&config, "must not be set when session affinity is None", DELETE);
        }
        return Some(SessionAffinity::None);
    }
    if let Some(config) = &config {
        unknown_fields::check(config, &["clientIP"], report);
        unknown_fields::check_field(config, "clientIP", &["timeoutSeconds"], report);
    }
    let timeout_seconds =
        config.and_then(|config| affinity_seconds(&config, report)).unwrap_or(DEFAULT_AFFINITY_SECONDS);
    Some(SessionAffinity::ClientIp { timeout_seconds })
}

fn affinity_seconds(config: &Cursor<'_>, report: &mut Report) -> Option<u32> {
    let client_ip = config.mapping("clientIP", report)?;
    let at = client_ip.field("timeoutSeconds")?;
    let seconds = at.integer(report)?;
    if !(1..=MAX_AFFINITY_SECONDS).contains(&seconds) {
        let rule = format!("must be greater than 0 and less than {MAX_AFFINITY_SECONDS}");
        report.invalid(
            &at,
            seconds,
            &rule,
            Remedy::new(message!("expected-seconds-of-a-day"), message!("advice-number")),
        );
    }
    u32::try_from(seconds).ok()
}

fn external_traffic_policy(
    spec: &Cursor<'_>,
    service_type: ServiceType,
    external_ips: &[IpAddr],
    report: &mut Report,
) -> Option<TrafficPolicy> {
    let policy = value::choice(spec, "externalTrafficPolicy", &POLICIES, TrafficPolicy::Cluster, report)?;
    let is_external = match service_type {
        ServiceType::NodePort | ServiceType::LoadBalancer => true,
        ServiceType::ClusterIp => !external_ips.is_empty(),
        ServiceType::ExternalName => false,
    };
    if let Some(at) = spec.field("externalTrafficPolicy").filter(|_| !is_external) {
        let remedy = Remedy::new(message!("expected-only-external"), DELETE);
        report.invalid(&at, at.found(), "may only be set for externally-accessible services", remedy);
    }
    Some(policy)
}

fn health_check_node_port(
    spec: &Cursor<'_>,
    service_type: ServiceType,
    policy: TrafficPolicy,
    report: &mut Report,
) -> Option<u16> {
    let port = value::optional_port(spec, "healthCheckNodePort", report)?;
    if service_type != ServiceType::LoadBalancer || policy != TrafficPolicy::Local {
        let at = spec.field("healthCheckNodePort")?;
        let message = message!("wrong-health-check-port", place = at.place(), port = port.to_string());
        let remedy = Remedy::new(message!("expected-only-local"), DELETE);
        report.warning(at.position(), message, remedy);
    } else if let Some(at) = spec.field("healthCheckNodePort") {
        service_port::check_node_port_range(&at, port, report);
    }
    Some(port)
}

fn source_ranges(spec: &Cursor<'_>, service_type: ServiceType, report: &mut Report) -> Vec<ipnet::IpNet> {
    let ranges = spec.each("loadBalancerSourceRanges", report, value::prefix);
    if let Some(at) = spec.field("loadBalancerSourceRanges")
        && service_type != ServiceType::LoadBalancer
        && !ranges.is_empty()
    {
        report.forbidden(&at, "may only be used when `type` is 'LoadBalancer'", DELETE);
    }
    ranges
}

fn ingress(object: &Cursor<'_>, report: &mut Report) -> Vec<Ingress> {
    let Some(status) = object.mapping("status", report) else {
        return Vec::new();
    };
    let Some(load_balancer) = status.mapping("loadBalancer", report) else {
        return Vec::new();
    };
    load_balancer.each("ingress", report, |entry, report| {
        let address = match entry.field("ip").filter(|at| at.found() != "\"\"") {
            Some(at) => Some(value::address(&at, report)?),
            None => None,
        };
        if let Some(at) = entry.field("ipMode").filter(|_| address.is_none()) {
            report.forbidden(&at, "may not be used when `ip` is not set", message!("advice-delete-or-address"));
        }
        let ip_mode = value::choice(entry, "ipMode", &IP_MODES, IpMode::Vip, report)?;
        Some(Ingress { address, hostname: entry.string("hostname", report).map(str::to_owned), ip_mode })
    })
}

/// The ports of a Service by place, for errors about single ports after reading.
pub(super) fn with_ports(object: &Cursor<'_>, ports: &[ServicePort], mut visit: impl FnMut(&Cursor<'_>, &ServicePort)) {
    let Some(spec) = object.field("spec") else {
        return;
    };
    let Some(list) = spec.field("ports") else {
        return;
    };
    for (at, port) in list.elements().zip(ports) {
        visit(&at, port);
    }
}

/// Names a Service in messages.
pub(super) fn title(service: &Service) -> String {
    text::quote(&service.name.to_string())
}
