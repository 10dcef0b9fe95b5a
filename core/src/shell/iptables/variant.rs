//! `iptables-nft` beside iptables-legacy, which is what `iptables` means on the lab's nodes and what kube-proxy's rules are
//! in. Of the rules that the former keeps in nftables the lab has none: it lists its empty tables, and changes nothing.

use super::super::Status;
use super::super::call::Call;
use crate::iptables::Tables;
use crate::message;
use crate::net::Family;
use crate::netfilter::XtTable;
use crate::nftables::TableFamily;

pub(super) fn is_nft(call: &Call<'_>) -> bool {
    call.name.contains("-nft")
}

/// The tables that the variant sees. It warns of those of the other one, naming `program` of it, and is refused where nft
/// made a table that it would take for its own.
pub(super) fn tables(call: &mut Call<'_>, family: Family, program: &str) -> Result<Tables, Status> {
    let Some(node) = call.node() else {
        return Err(1);
    };
    if !is_nft(call) {
        return Ok(node.iptables.of(family).clone());
    }
    let of = if family == Family::V4 { TableFamily::Ip } else { TableFamily::Ip6 };
    let taken = XtTable::ALL.into_iter().find(|table| node.nftables.find_table(of, table.name()).is_some());
    let has_legacy = node.iptables.of(family).in_use().next().is_some();
    if let Some(table) = taken {
        return Err(call.not_modelled(&format!("a table {of} {table} that nft made")));
    }
    if has_legacy {
        let tables = program.trim_end_matches("-save");
        call.err(&format!("# Warning: {tables} tables present, use {program} to see them\n"));
    }
    Ok(Tables::new(family))
}

/// Refuses what would change the other variant's rules.
pub(super) fn refuse(call: &mut Call<'_>) -> Status {
    call.remark(message!("shell-nft-variant", name = call.name));
    1
}
