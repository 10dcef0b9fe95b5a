//! The order in which ipvsadm lists.
//!
//! `ipvs_cmp_services` and `ipvs_cmp_dests` of libipvs subtract addresses, word by word, and take the difference for a
//! signed number: 192.168.0.1 comes before 10.0.0.1, as it is less than 2^31 ahead of it on the circle of all numbers.
//! Where addresses are spread over more than half of that circle the tool's own order depends on that of the kernel's
//! hash table, which changes at each boot; here the list then begins behind the widest gap too.

use std::net::IpAddr;

/// Sorts by address, and puts what has the same address in order of `rest`.
pub(super) fn sort_by_address<T, K: Ord>(items: &mut [T], address: impl Fn(&T) -> IpAddr, rest: impl Fn(&T) -> K) {
    items.sort_by_cached_key(|item| (words(address(item)), rest(item)));
    rotate(items, &|item| words(address(item)), 0);
}

/// An address as the tool compares it: one word for IPv4, four for IPv6.
fn words(address: IpAddr) -> [u32; 4] {
    match address {
        IpAddr::V4(address) => [address.to_bits(), 0, 0, 0],
        IpAddr::V6(address) => [96, 64, 32, 0].map(|shift| (address.to_bits() >> shift) as u32),
    }
}

/// Lets a sorted list begin behind its widest gap, and likewise each part of it that has this word in common.
fn rotate<T>(items: &mut [T], words: &impl Fn(&T) -> [u32; 4], word: usize) {
    let Some((first, last)) = items.first().zip(items.last()) else {
        return;
    };
    let value = |item: &T| words(item)[word];
    let around = value(first).wrapping_sub(value(last));
    let gaps = items.windows(2).map(|pair| value(&pair[1]) - value(&pair[0]));
    let widest = gaps.enumerate().max_by_key(|(_, gap)| *gap).filter(|(_, gap)| *gap > around);
    if let Some((index, _)) = widest.filter(|_| around > 0) {
        items.rotate_left(index + 1);
    }
    if word < 3 {
        for part in items.chunk_by_mut(|one, other| words(one)[word] == words(other)[word]) {
            rotate(part, words, word + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sort_by_address;

    fn check(expected: &[&str]) {
        let mut addresses: Vec<_> = expected.iter().map(|address| address.parse().expect("an address")).collect();
        let sorted = addresses.clone();
        addresses.sort();
        sort_by_address(&mut addresses, |address| *address, |_| ());
        assert_eq!(addresses, sorted);
    }

    /// As ipvsadm 1.31 printed them.
    #[test]
    fn differences_are_signed() {
        check(&["192.168.0.1", "192.168.0.2", "10.0.0.1", "10.96.0.7"]);
        check(&["192.168.0.2", "10.50.0.2"]);
        check(&["10.0.0.1", "100.0.0.1"]);
    }

    #[test]
    fn words_of_ipv6_addresses_are_compared_one_by_one() {
        check(&["fd00::1", "fd00::2", "2001:db8::1"]);
        check(&["fd00::f000:0", "fd00::1"]);
    }

    #[test]
    fn equal_addresses_go_by_the_rest() {
        let mut ports = [443, 80];
        sort_by_address(&mut ports, |_| "10.0.0.1".parse().expect("an address"), |port| *port);
        assert_eq!(ports, [80, 443]);
    }
}
