//! `clusterIP` and `clusterIPs` of a Service.

use std::net::IpAddr;

use super::cursor::Cursor;
use super::report::{Remedy, Report};
use super::value;
use crate::k8s::ServiceType;
use crate::message;
use crate::net::Family;

const NONE: &str = "None";

fn as_printed_remedy() -> Remedy {
    Remedy::new(message!("expected-cluster-ips"), message!("advice-both-as-printed"))
}

/// All cluster IPs, the first of `clusterIP` first; None for headless and ExternalName Services.
///
/// `clusterIPs` may be absent, as in objects that were not printed by kubectl: then `clusterIP` is all, or the
/// API server has yet to allocate.
pub(super) fn cluster_ips(spec: &Cursor<'_>, service_type: ServiceType, report: &mut Report) -> Option<Vec<IpAddr>> {
    let primary = spec.string("clusterIP", report);
    let has_list = spec.list("clusterIPs", report).is_some() && has_list(spec);
    if service_type == ServiceType::ExternalName {
        if primary.is_some() || has_list {
            let at = spec.field(if has_list { "clusterIPs" } else { "clusterIP" });
            report.forbidden(
                at.as_ref().unwrap_or(spec),
                "may not be set for ExternalName services",
                message!("advice-delete-field"),
            );
        }
        return None;
    }
    if is_headless(spec, primary, report) {
        check_headless_type(spec, service_type, report);
        return None;
    }
    if !has_list {
        let primary = spec.field("clusterIP").filter(|_| primary.is_some());
        return Some(primary.and_then(|at| value::address(&at, report)).into_iter().collect());
    }
    let addresses = spec.each("clusterIPs", report, value::address);
    check_agreement(spec, primary, &addresses, report);
    Some(addresses)
}

/// Whether `clusterIPs` has entries.
pub(super) fn has_list(spec: &Cursor<'_>) -> bool {
    spec.field("clusterIPs").is_some_and(|list| list.elements().next().is_some())
}

/// Whether a Service without `clusterIPs` gets addresses from the API server.
pub(super) fn is_allocated(spec: &Cursor<'_>, service_type: ServiceType) -> bool {
    let is_headless = spec.field("clusterIP").is_some_and(|at| at.plain() == Some(NONE));
    service_type != ServiceType::ExternalName && !is_headless
}

/// Whether one of the fields says `None`; both have to, and nothing else beside it.
fn is_headless(spec: &Cursor<'_>, primary: Option<&str>, report: &mut Report) -> bool {
    let listed = spec.each("clusterIPs", report, |at, report| at.text(report).map(str::to_owned));
    let list_says_none = listed.iter().any(|address| address == NONE);
    if primary != Some(NONE) && !list_says_none {
        return false;
    }
    if list_says_none && listed.len() > 1 {
        disagree(spec, "'None' must be the first and only value", report);
    } else if primary.is_some_and(|primary| listed.first().is_some_and(|first| first != primary)) {
        disagree(spec, "first value must match `clusterIP`", report);
    }
    true
}

fn check_headless_type(spec: &Cursor<'_>, service_type: ServiceType, report: &mut Report) {
    let name = match service_type {
        ServiceType::LoadBalancer => "LoadBalancer",
        ServiceType::NodePort => "NodePort",
        ServiceType::ClusterIp | ServiceType::ExternalName => return,
    };
    let at = spec.field("clusterIP").or_else(|| spec.field("clusterIPs"));
    let remedy = Remedy::new(message!("expected-address"), message!("advice-service-range"));
    let rule = format!("may not be set to 'None' for {name} services");
    report.invalid(at.as_ref().unwrap_or(spec), "\"None\"", &rule, remedy);
}

fn check_agreement(spec: &Cursor<'_>, primary: Option<&str>, addresses: &[IpAddr], report: &mut Report) {
    if let Some(written) = primary
        && let Some(first) = addresses.first()
        && written.parse() != Ok(*first)
    {
        disagree(spec, "first value must match `clusterIP`", report);
    }
    if addresses.len() > 2 {
        disagree(spec, "may only hold up to 2 values", report);
    } else if let [first, second] = addresses
        && Family::of(*first) == Family::of(*second)
    {
        disagree(spec, "may specify no more than one IP for each IP family", report);
    }
}

fn disagree(spec: &Cursor<'_>, rule: &str, report: &mut Report) {
    if let Some(at) = spec.field("clusterIPs") {
        report.invalid(&at, at.found(), rule, as_printed_remedy());
    }
}
