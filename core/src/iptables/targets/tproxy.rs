use std::fmt::Write;
use std::net::IpAddr;

use super::super::address::Text;
use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::Target;
use super::mark::MarkTarget;
use crate::net::{Endpoint, Family};
use crate::netfilter::{Context, Verdict};
use crate::trace::{Cost, Event, Origin, Tracer};

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
        return Err(given.wrong("", message, "-p tcp or -p udp in the same rule", "add -p"));
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
        let packet = &ctx.skb.packet;
        let (protocol, original) = (packet.protocol(), packet.tuple().dst);
        let given = self.address.filter(|address| !address.is_unspecified());
        let address = given.or_else(|| own_address(ctx)).unwrap_or(original.address);
        let port = if self.port == 0 { original.port } else { self.port };
        let sockets = ctx.stack.sockets.as_ref()?;
        let listener = sockets.listener(protocol, Endpoint::new(address, port));
        if !listener.is_some_and(|listener| listener.transparent) {
            return Some(Verdict::Drop);
        }
        let mark = self.mark.apply(ctx.skb.mark);
        ctx.set_mark(mark, &origin);
        let proxy = format!("the transparent proxy at port {port}");
        ctx.step(Cost::NONE, || (Event::AssignedTo { socket: proxy }, origin()));
        Some(Verdict::Accept)
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

/// `nf_tproxy_laddr4`, `nf_tproxy_laddr6`: the first address of the device that the packet came in by.
fn own_address<T: Tracer>(ctx: &Context<'_, T>) -> Option<IpAddr> {
    let device = ctx.stack.routing.device(ctx.skb.input.as_deref()?)?;
    let family = ctx.skb.packet.family();
    device.addresses.iter().map(ipnet::IpNet::addr).find(|address| Family::of(*address) == family)
}
