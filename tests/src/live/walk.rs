//! How long the running kernel takes over packets that rules of iptables decide about.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use datapath_core::net::Packet;
use socket2::{Domain, Protocol, Socket, Type};
use tun_rs::{DeviceBuilder, Layer};

use super::namespace::{command, within};
use super::wire;

/// The node's own address, on a device whose other end nobody reads.
pub const OWN: &str = "192.0.2.1";

/// A node that swallows what it sends, behind these rules of iptables-legacy. Gives the time that each list of packets
/// took when a process of the node sent it.
///
/// # Errors
/// Says what is missing here.
pub fn sent(rules: &str, lists: &[Vec<Packet>]) -> Result<Vec<Duration>, String> {
    const IPPROTO_RAW: i32 = 255;
    within(|| {
        let sink = DeviceBuilder::new().name("sink").layer(Layer::L3).enable(false).build_sync();
        let _sink = sink.map_err(|error| format!("a TUN device: {error}"))?;
        let links =
            format!("link set lo up\nlink set sink up\naddr add {OWN}/24 dev sink\nroute add default dev sink\n");
        command(&["ip", "-batch", "-"], &links)?;
        command(&["iptables-legacy-restore"], rules)?;
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(IPPROTO_RAW)));
        let socket = socket.map_err(|error| format!("a raw socket: {error}"))?;
        lists.iter().map(|packets| time(&socket, packets)).collect()
    })
}

fn time(socket: &Socket, packets: &[Packet]) -> Result<Duration, String> {
    let encoded = packets.iter().map(|packet| Ok((wire::encode(packet)?, SocketAddr::new(packet.dst, 0).into())));
    let encoded = encoded.collect::<Result<Vec<_>, String>>()?;
    let begin = Instant::now();
    for (bytes, to) in &encoded {
        socket.send_to(bytes, to).map_err(|error| format!("sending: {error}"))?;
    }
    Ok(begin.elapsed())
}
