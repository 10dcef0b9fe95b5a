use super::{Reassembled, header};
use crate::net::{Fragment, Packet, Transport};

/// The smallest that every link of IPv6 has to take (`IPV6_MIN_MTU`).
const LEAST_OF_V6: u16 = 1280;

/// The parts of a packet that is longer than `mtu`, in bytes with their headers; as it came in, if it did so in parts
/// that fit (`ip_do_fragment`, `ip6_fragment`).
pub fn take_apart(packet: &Packet, parts: Option<&Reassembled>, mtu: u16) -> Vec<Packet> {
    let is_v6 = packet.src.is_ipv6();
    let longest = match parts.and_then(|parts| parts.longest) {
        Some(longest) if is_v6 => longest.min(mtu).max(LEAST_OF_V6),
        Some(longest) => longest.min(mtu),
        None => mtu,
    };
    let most = longest.saturating_sub(header(packet));
    let total = packet.length.saturating_sub(packet.ip_header());
    let before = packet.fragment.map_or(0, |fragment| fragment.offset);
    let later = packet.fragment.is_some_and(|fragment| fragment.more);
    let id = parts.map(|parts| parts.id).or(packet.fragment.map(|fragment| fragment.id)).unwrap_or_default();
    let mut fragments = Vec::new();
    let mut offset = 0;
    let kept = kept_sizes(parts, most, total);
    // Parts that keep their borders lose the flag (`ip_fraglist_prepare`).
    let dont_fragment = is_v6 || packet.dont_fragment && parts.is_some() && kept.is_empty();
    let mut sizes = kept.into_iter();
    while offset < total {
        let left = total - offset;
        let usual = if left > most { most & !7 } else { left };
        let size = sizes.next().unwrap_or(usual);
        if size == 0 {
            break;
        }
        let fragment = Fragment { id, offset: before + offset, more: later || size < left };
        let transport =
            if fragment.offset == 0 { packet.transport.clone() } else { Transport::Other(packet.protocol()) };
        let fragment = Some(fragment);
        fragments.push(Packet { transport, fragment, dont_fragment, length: header(packet) + size, ..packet.clone() });
        offset += size;
    }
    fragments
}

/// The fast path: the parts keep their borders where each fits.
fn kept_sizes(parts: Option<&Reassembled>, most: u16, total: u16) -> Vec<u16> {
    let Some(Reassembled { sizes, .. }) = parts else {
        return Vec::new();
    };
    let fits = sizes.iter().all(|size| *size <= most) && sizes.iter().sum::<u16>() == total;
    if fits { sizes.clone() } else { Vec::new() }
}
