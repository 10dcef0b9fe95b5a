use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::{Attribute, Listing, Route};
use crate::net::Family;

/// `print_route`
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for route in &self.routes {
            route.write(f, if self.one_line { "\\" } else { "\n" })?;
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl Route {
    fn write(&self, f: &mut fmt::Formatter<'_>, end: &str) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(f, "{} ", kind.name())?;
        }
        write!(f, "{} ", destination(self.prefix))?;
        write_attributes(f, &self.attributes, self.prefix.addr())?;
        for next_hop in &self.next_hops {
            write!(f, "{end}{}", if next_hop.is_cache() { "    " } else { "\t" })?;
            write_attributes(f, &next_hop.0, self.prefix.addr())?;
        }
        Ok(())
    }
}

fn write_attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute], of: IpAddr) -> fmt::Result {
    attributes.iter().try_for_each(|attribute| match attribute {
        Attribute::Via(gateway) if gateway.is_ipv6() && of.is_ipv4() => write!(f, "via inet6 {gateway} "),
        Attribute::Via(gateway) => write!(f, "via {gateway} "),
        Attribute::Dev(device) => write!(f, "dev {device} "),
        Attribute::Table(table) => write!(f, "table {table} "),
        Attribute::Proto(protocol) => write!(f, "proto {protocol} "),
        Attribute::Scope(scope) => write!(f, "scope {scope} "),
        Attribute::Src(source) => write!(f, "src {source} "),
        Attribute::Metric(metric) => write!(f, "metric {metric} "),
        Attribute::Pref(preference) => write!(f, "pref {preference}"),
        Attribute::Kept(word) => write!(f, "{word} "),
    })
}

/// `default`, an address, or a prefix with its length.
pub(in crate::iproute) fn destination(prefix: IpNet) -> String {
    match prefix.prefix_len() {
        0 if prefix.addr().is_unspecified() => "default".to_owned(),
        length if length == Family::of(prefix.addr()).host_prefix() => prefix.addr().to_string(),
        _ => prefix.to_string(),
    }
}
