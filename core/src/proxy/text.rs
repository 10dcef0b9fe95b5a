//! Addresses as text. A cluster has tens of thousands of them, so that the way through `fmt` would take as long as all
//! the rest of the tracking.

use std::net::{IpAddr, Ipv4Addr};

use smol_str::{SmolStr, ToSmolStr};

use crate::net::Endpoint;

/// `10.96.0.10`, `fd00::5`.
pub(super) fn address(address: IpAddr) -> SmolStr {
    match address {
        IpAddr::V4(v4) => written(|text| push_v4(text, v4)),
        IpAddr::V6(v6) => v6.to_smolstr(),
    }
}

/// Go's `net.JoinHostPort`: `10.244.1.5:8080`, `[fd00::5]:8080`.
pub(super) fn address_and_port(address: IpAddr, port: u16) -> SmolStr {
    let IpAddr::V4(v4) = address else {
        return Endpoint::new(address, port).to_smolstr();
    };
    written(|text| {
        let end = push_v4(text, v4);
        text[end] = b':';
        push_decimal(text, end + 1, port)
    })
}

type Text = [u8; "255.255.255.255:65535".len()];

/// What `write` left in the text, which is as long as it returns.
fn written(write: impl FnOnce(&mut Text) -> usize) -> SmolStr {
    let mut text = Text::default();
    let length = write(&mut text);
    SmolStr::new_inline(str::from_utf8(&text[..length]).unwrap_or_default())
}

/// Returns where the address ends.
fn push_v4(text: &mut Text, address: Ipv4Addr) -> usize {
    let mut length = 0;
    for octet in address.octets() {
        if length > 0 {
            text[length] = b'.';
            length += 1;
        }
        length = push_decimal(text, length, u16::from(octet));
    }
    length
}

/// Writes the digits of `number` at `start` and returns where they end.
fn push_decimal(text: &mut Text, start: usize, number: u16) -> usize {
    let digits = number.checked_ilog10().map_or(1, |log| log as usize + 1);
    let mut rest = number;
    for place in text[start..start + digits].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    start + digits
}

#[cfg(test)]
mod tests {
    use super::{address, address_and_port};

    #[test]
    fn addresses_print_as_in_go() {
        let check = |text: &str, port, with_port: &str| {
            let parsed = text.parse().expect("an address");
            assert_eq!(&*address(parsed), text);
            assert_eq!(&*address_and_port(parsed, port), with_port);
        };
        check("10.0.0.1", 0, "10.0.0.1:0");
        check("255.255.255.255", 65535, "255.255.255.255:65535");
        check("192.168.100.9", 80, "192.168.100.9:80");
        check("fd00:0:0:1::5", 8080, "[fd00:0:0:1::5]:8080");
    }
}
