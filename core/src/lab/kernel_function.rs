//! The function of the kernel behind each step, for who wants to read on.

use crate::net::Family;
use crate::netfilter::{RejectWith, Verdict};
use crate::node::Node;
use crate::trace::{Backend, ChainId, Event, Origin, Route, Step, Structure};

use super::{Journey, Moment, Network, Way};

/// A function of Linux 6.1, which the recordings of rules and packets are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelFunction {
    pub name: &'static str,
    /// From the root of the kernel's sources.
    pub file: &'static str,
}

impl KernelFunction {
    pub const VERSION: &'static str = "6.1";

    /// Where it can be read, with what calls it and what it calls.
    pub fn url(self) -> String {
        format!("https://elixir.bootlin.com/linux/v{}/A/ident/{}", Self::VERSION, self.name)
    }

    /// The function that did what the moment shows. None where it is the work of several.
    pub fn of(network: &Network, journey: &Journey, moment: &Moment) -> Option<Self> {
        let leg = journey.legs.get(moment.leg)?;
        let step = journey.step(moment)?;
        let family = leg.tracer.trace.packet_after(step)?.family();
        at(network.node(leg.node)?, leg.way, family, step)
    }
}

macro_rules! functions {
    ($($constant:ident = $name:literal in $file:literal;)*) => {
        $(const $constant: KernelFunction = KernelFunction { name: $name, file: $file };)*

        #[cfg(test)]
        const ALL: &[KernelFunction] = &[$($constant),*];
    };
}

functions! {
    RECEIVE = "__netif_receive_skb_core" in "net/core/dev.c";
    SEND = "__ip_local_out" in "net/ipv4/ip_output.c";
    SEND_V6 = "__ip6_local_out" in "net/ipv6/output_core.c";
    HOOK = "nf_hook_slow" in "net/netfilter/core.c";
    IPTABLES = "ipt_do_table" in "net/ipv4/netfilter/ip_tables.c";
    IP6TABLES = "ip6t_do_table" in "net/ipv6/netfilter/ip6_tables.c";
    NFTABLES = "nft_do_chain" in "net/netfilter/nf_tables_core.c";
    IPSET = "ip_set_test" in "net/netfilter/ipset/ip_set_core.c";
    NFT_SET = "nft_lookup_eval" in "net/netfilter/nft_lookup.c";
    IPVS_SERVICES = "ip_vs_service_find" in "net/netfilter/ipvs/ip_vs_ctl.c";
    IPVS_REQUEST = "ip_vs_conn_in_get" in "net/netfilter/ipvs/ip_vs_conn.c";
    IPVS_REPLY = "ip_vs_conn_out_get" in "net/netfilter/ipvs/ip_vs_conn.c";
    IPVS_SCHEDULE = "ip_vs_schedule" in "net/netfilter/ipvs/ip_vs_core.c";
    IPVS_PERSIST = "ip_vs_sched_persist" in "net/netfilter/ipvs/ip_vs_core.c";
    IPVS_IN = "ip_vs_in_hook" in "net/netfilter/ipvs/ip_vs_core.c";
    IPVS_SEND = "ip_vs_nat_xmit" in "net/netfilter/ipvs/ip_vs_xmit.c";
    IPVS_SEND_V6 = "ip_vs_nat_xmit_v6" in "net/netfilter/ipvs/ip_vs_xmit.c";
    IPVS_RESPONSE = "handle_response" in "net/netfilter/ipvs/ip_vs_core.c";
    MARK = "mark_tg" in "net/netfilter/xt_mark.c";
    CONNMARK = "connmark_tg_shift" in "net/netfilter/xt_connmark.c";
    NFT_META = "nft_meta_set_eval" in "net/netfilter/nft_meta.c";
    NFT_CT = "nft_ct_set_eval" in "net/netfilter/nft_ct.c";
    NAT_SETUP = "nf_nat_setup_info" in "net/netfilter/nf_nat_core.c";
    NAT_REWRITE = "nf_nat_manip_pkt" in "net/netfilter/nf_nat_proto.c";
    NAT_HOOK = "nf_nat_inet_fn" in "net/netfilter/nf_nat_core.c";
    NFT_PAYLOAD = "nft_payload_set_eval" in "net/netfilter/nft_payload.c";
    ROUTE = "fib_table_lookup" in "net/ipv4/fib_trie.c";
    ROUTE_V6 = "fib6_table_lookup" in "net/ipv6/route.c";
    MARTIAN = "ip_handle_martian_source" in "net/ipv4/route.c";
    TPROXY = "nf_tproxy_assign_sock" in "include/net/netfilter/nf_tproxy.h";
    RESET = "nf_send_reset" in "net/ipv4/netfilter/nf_reject_ipv4.c";
    RESET_V6 = "nf_send_reset6" in "net/ipv6/netfilter/nf_reject_ipv6.c";
    UNREACHABLE = "nf_send_unreach" in "net/ipv4/netfilter/nf_reject_ipv4.c";
    UNREACHABLE_V6 = "nf_send_unreach6" in "net/ipv6/netfilter/nf_reject_ipv6.c";
    DELIVER = "ip_local_deliver_finish" in "net/ipv4/ip_input.c";
    DELIVER_V6 = "ip6_input_finish" in "net/ipv6/ip6_input.c";
    OUT = "ip_finish_output2" in "net/ipv4/ip_output.c";
    OUT_V6 = "ip6_finish_output2" in "net/ipv6/ip6_output.c";
    CONNTRACK = "nf_conntrack_in" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_NEW = "init_conntrack" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_FIND = "resolve_normal_ct" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_ALTER = "nf_conntrack_alter_reply" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_CONFIRM = "__nf_conntrack_confirm" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_CLASH = "nf_ct_resolve_clash_harder" in "net/netfilter/nf_conntrack_core.c";
    CONNTRACK_ROOM = "__nf_conntrack_alloc" in "net/netfilter/nf_conntrack_core.c";
    DEFRAGMENT = "ip_defrag" in "net/ipv4/ip_fragment.c";
    DEFRAGMENT_V6 = "nf_ct_frag6_gather" in "net/ipv6/netfilter/nf_conntrack_reasm.c";
    FRAGMENT = "ip_do_fragment" in "net/ipv4/ip_output.c";
    FRAGMENT_V6 = "ip6_fragment" in "net/ipv6/ip6_output.c";
    VXLAN_SEND = "vxlan_xmit_one" in "drivers/net/vxlan/vxlan_core.c";
    VXLAN_RECEIVE = "vxlan_rcv" in "drivers/net/vxlan/vxlan_core.c";
    BRIDGE = "br_forward" in "net/bridge/br_forward.c";
    ARP = "arp_process" in "net/ipv4/arp.c";
    DUPLICATE = "nf_dup_ipv4" in "net/ipv4/netfilter/nf_dup_ipv4.c";
    DUPLICATE_V6 = "nf_dup_ipv6" in "net/ipv6/netfilter/nf_dup_ipv6.c";
}

fn at(node: &Node, way: Way, family: Family, step: &Step) -> Option<KernelFunction> {
    let of_family = |v4, v6| if family == Family::V4 { v4 } else { v6 };
    Some(match &step.event {
        Event::Arrived { .. } => RECEIVE,
        Event::Sent => of_family(SEND, SEND_V6),
        Event::HookEntered(_) => HOOK,
        Event::ChainEntered { chain, .. } | Event::ChainLeft { chain, .. } => walker(*chain),
        Event::RuleMatched { rule, .. } | Event::RulesMissed { first: rule, .. } => walker(rule.chain),
        Event::LookedUp { structure, .. } => match structure {
            Structure::IpSet => IPSET,
            Structure::NftSet | Structure::NftMap | Structure::NftVerdictMap => NFT_SET,
            Structure::IpvsServices => IPVS_SERVICES,
            Structure::IpvsConnections => match way {
                Way::Request => IPVS_REQUEST,
                Way::Reply => IPVS_REPLY,
            },
        },
        Event::BackendChosen { by, .. } => match by {
            Backend::Nat => NAT_SETUP,
            Backend::Scheduler(_) => IPVS_SCHEDULE,
            Backend::Template => IPVS_PERSIST,
        },
        Event::MarkSet { .. } | Event::ConnectionMarkSet { .. } => return marks(node, step),
        Event::HeaderRewritten { .. } => match (&step.origin, way) {
            (Origin::VirtualService(_), Way::Request) => of_family(IPVS_SEND, IPVS_SEND_V6),
            (Origin::VirtualService(_), Way::Reply) => IPVS_RESPONSE,
            (Origin::Rule(rule), _) if is_nft_payload(node, step) => match rule.chain {
                ChainId::Nftables { .. } => NFT_PAYLOAD,
                ChainId::Iptables { .. } => NAT_REWRITE,
            },
            _ => NAT_REWRITE,
        },
        Event::Routed(Route::Local { .. } | Route::Via { .. } | Route::Unreachable | Route::Blackhole)
        | Event::Routed(Route::Refused(_)) => of_family(ROUTE, ROUTE_V6),
        Event::Martian { .. } => MARTIAN,
        Event::AssignedTo { .. } => TPROXY,
        Event::Stolen { .. } => IPVS_IN,
        Event::Verdict(verdict) => decided(*verdict, &step.origin, family),
        Event::Delivered => of_family(DELIVER, DELIVER_V6),
        Event::Transmitted { .. } => of_family(OUT, OUT_V6),
        Event::WhoHas(_) => ARP,
        Event::Copied { .. } => of_family(DUPLICATE, DUPLICATE_V6),
        other => return below(other, family),
    })
}

fn below(event: &Event, family: Family) -> Option<KernelFunction> {
    let of_family = |v4, v6| if family == Family::V4 { v4 } else { v6 };
    Some(match event {
        Event::ConnectionCreated { .. } => CONNTRACK_NEW,
        Event::ConnectionFound { .. } => CONNTRACK_FIND,
        Event::ConnectionAltered { .. } => CONNTRACK_ALTER,
        Event::ConnectionConfirmed { .. } | Event::InsertFailed => CONNTRACK_CONFIRM,
        Event::EntryClashes => CONNTRACK_CLASH,
        Event::ConnectionInvalid { .. } => CONNTRACK,
        Event::ConnectionTableFull => CONNTRACK_ROOM,
        Event::NatSkipped { .. } => NAT_HOOK,
        Event::FragmentHeld | Event::Reassembled => of_family(DEFRAGMENT, DEFRAGMENT_V6),
        Event::Fragmented { .. } => of_family(FRAGMENT, FRAGMENT_V6),
        Event::Encapsulated => VXLAN_SEND,
        Event::Decapsulated => VXLAN_RECEIVE,
        Event::Switched { .. } => BRIDGE,
        _ => return None,
    })
}

/// What runs the rules of a chain.
const fn walker(chain: ChainId) -> KernelFunction {
    match chain {
        ChainId::Iptables { family: Family::V4, .. } => IPTABLES,
        ChainId::Iptables { family: Family::V6, .. } => IP6TABLES,
        ChainId::Nftables { .. } => NFTABLES,
    }
}

/// What a rule does to marks; `CONNMARK` is about both.
fn marks(node: &Node, step: &Step) -> Option<KernelFunction> {
    let Origin::Rule(rule) = step.origin else {
        return None;
    };
    let of_packet = matches!(step.event, Event::MarkSet { .. });
    Some(match rule.chain {
        ChainId::Iptables { .. } if node.rule_text(rule).contains(" -j MARK ") => MARK,
        ChainId::Iptables { .. } => CONNMARK,
        ChainId::Nftables { .. } if of_packet => NFT_META,
        ChainId::Nftables { .. } => NFT_CT,
    })
}

/// Whether a rule of nft writes into the header itself, in place of a binding of NAT.
fn is_nft_payload(node: &Node, step: &Step) -> bool {
    matches!(step.origin, Origin::Rule(rule) if node.rule_text(rule).contains(" set "))
}

fn decided(verdict: Verdict, origin: &Origin, family: Family) -> KernelFunction {
    let of_family = |v4, v6| if family == Family::V4 { v4 } else { v6 };
    match (verdict, origin) {
        (Verdict::Reject(RejectWith::TcpReset), _) => of_family(RESET, RESET_V6),
        (Verdict::Reject(_), _) => of_family(UNREACHABLE, UNREACHABLE_V6),
        (Verdict::Accept | Verdict::Drop, Origin::Rule(rule)) => walker(rule.chain),
        (Verdict::Accept | Verdict::Drop, Origin::Chain(chain)) => walker(*chain),
        (Verdict::Accept | Verdict::Drop, _) => HOOK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is of the sources of Linux 6.1: each function of ours with the files that define one of its name.
    #[test]
    fn every_function_is_in_its_file_of_the_kernel() {
        let defined = include_str!("../../../tests/cases/kernel-functions/linux-6.1.txt");
        for KernelFunction { name, file } in ALL {
            let line = format!("{name} {file}");
            assert!(defined.lines().any(|defined| defined == line), "{line}");
        }
    }
}
