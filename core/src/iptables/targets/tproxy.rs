use std::fmt::Write;
use std::net::IpAddr;

use super::super::address::Text;
use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::Target;
use super::mark::MarkTarget;
use crate::message;
use crate::net::Family;
use crate::netfilter::tproxy::{self, Proxy};
use crate::netfilter::{Context, Verdict};
use crate::trace::{Origin, Tracer};

/// `-j TPROXY`: a transparent proxy of this node gets the packet without a change of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TproxyTarget {
    /// 0 for the port of the packet.
    pub port: u16,
    pub address: Option<IpAddr>,
    pub mark: MarkTarget,
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let is_fit = given.protocol.is_some_and(|test| !test.inverted && matches!(test.protocol.number(), 6 | 17));
    if !is_fit {
        let message = "TPROXY target: Can be used only with -p tcp or -p udp";
        return Err(given.wrong(
            "",
            message,
            message!("expected-tproxy-protocol"),
            message!("advice-add-option", what = "-p"),
        ));
    }
    let port = given.required(given.number("--on-port"), "TPROXY", "--on-port")?;
    let (value, mask, _) = given.mark("--tproxy-mark").unwrap_or_default();
    Ok(Target::Tproxy(Box::new(TproxyTarget {
        port: u16::try_from(port).unwrap_or(0),
        address: given.addresses("--on-ip").map(|(address, ..)| address),
        mark: MarkTarget { value, mask },
    })))
}

impl TproxyTarget {
    /// `tproxy_tg4`, `tproxy_tg6_v1`. None where nobody has said which sockets the node has.
    pub fn apply<T: Tracer>(&self, ctx: &mut Context<'_, T>, origin: impl Fn() -> Origin) -> Option<Verdict> {
        match tproxy::find(ctx, self.address, Some(self.port).filter(|port| *port > 0)) {
            Proxy::Unknown => None,
            Proxy::Nobody => Some(Verdict::Drop),
            Proxy::At(port) => {
                let mark = self.mark.apply(ctx.skb.mark);
                ctx.set_mark(mark, &origin);
                tproxy::assign(ctx, port, origin);
                Some(Verdict::Accept)
            }
        }
    }

    pub fn write(&self, out: &mut String, family: Family) {
        write_value(out, false, "--on-port", self.port);
        write_value(out, false, "--on-ip", Text(self.address.unwrap_or(family.unspecified())));
        write_value(out, false, "--tproxy-mark", format_args!("{:#x}/{:#x}", self.mark.value, self.mark.mask));
    }

    /// `tproxy_tg_print4`, `tproxy_tg_print6`
    pub fn list(&self, out: &mut String, family: Family) {
        let address = self.address.unwrap_or(family.unspecified());
        let MarkTarget { value, mask, .. } = self.mark;
        let _ = write!(out, " TPROXY redirect {}:{} mark {value:#x}/{mask:#x}", Text(address), self.port);
    }
}
