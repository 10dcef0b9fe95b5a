//! The hardware addresses of a case, which nobody writes down.

use std::net::IpAddr;

use datapath_core::net::MacAddress;

/// A bridge's own.
pub const OF_BRIDGE: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);
/// That of each end of an overlay.
pub const OF_OVERLAY: MacAddress = MacAddress([2, 0, 0, 0, 0, 2]);
/// Whose frames are in the packets of an overlay that a case sends.
pub const SENDER_ON_OVERLAY: MacAddress = MacAddress([2, 0, 0, 0, 0, 3]);

/// That of a machine behind a bridge's port: as many of the last bytes of its address as there is room for.
pub fn of_station(address: IpAddr) -> MacAddress {
    let [a, b, c, d] = match address {
        IpAddr::V4(address) => address.octets(),
        IpAddr::V6(address) => {
            let octets = address.octets();
            [octets[1], octets[3], octets[14], octets[15]]
        }
    };
    MacAddress([2, if address.is_ipv4() { 4 } else { 6 }, a, b, c, d])
}
