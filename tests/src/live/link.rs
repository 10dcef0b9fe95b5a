//! The devices of a case, whose other ends are held here: bare packets, or frames for ports of a bridge.

use std::io;
use std::net::IpAddr;

use ipnet::IpNet;
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

use super::namespace::command;
use crate::kernel::hardware::{OF_BRIDGE, OF_OVERLAY, of_station};
use crate::kernel::{Bridge, Case, Vxlan};

pub struct Link {
    pub name: String,
    device: SyncDevice,
    /// What machines behind a port know of their network; none for a device of bare packets.
    network: Option<Vec<IpNet>>,
}

const HEADER: usize = 14;

impl Link {
    /// The devices, and what `ip -batch` has to do with them.
    ///
    /// # Errors
    /// Says which device cannot be made.
    pub fn all(case: &Case) -> Result<(Vec<Self>, Vec<String>), String> {
        let mut links = Vec::new();
        let mut batch = vec!["link set lo up".to_owned()];
        for (name, addresses) in &case.ifaces {
            links.push(Self::new(name, None)?);
            // Without multicast nobody reports its groups.
            batch.push(format!("link set {name} multicast off up"));
            batch.extend(addresses.iter().map(|address| format!("addr add {address} dev {name}")));
        }
        for (name, bridge) in &case.bridges {
            let parsed = |text: &String| text.parse::<IpNet>().map_err(|error| format!("{text}: {error}"));
            let network = bridge.addresses.iter().map(parsed).collect::<Result<Vec<_>, _>>()?;
            for port in bridge.ports.keys() {
                links.push(Self::new(port, Some(network.clone()))?);
            }
            batch.extend(bridge_commands(name, bridge)?);
        }
        for (name, vxlan) in &case.vxlans {
            batch.extend(vxlan_commands(name, vxlan));
        }
        batch.extend(case.mtu.iter().map(|(name, mtu)| format!("link set {name} mtu {mtu}")));
        Ok((links, batch))
    }

    fn new(name: &str, network: Option<Vec<IpNet>>) -> Result<Self, String> {
        let layer = if network.is_some() { Layer::L2 } else { Layer::L3 };
        let device = DeviceBuilder::new().name(name).layer(layer).enable(false).build_sync();
        let device = device.map_err(|error| format!("{name}: {error}"))?;
        // Gone with the namespace, in the background, instead of at once.
        let ready = device.persist().and_then(|()| device.set_nonblocking(true));
        ready.map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { name: name.to_owned(), device, network })
    }

    /// Sends a packet into the kernel. A machine of a bridge's network sends straight to its neighbours, and all else to
    /// the bridge.
    pub fn send(&self, src: IpAddr, dst: IpAddr, packet: &[u8]) -> io::Result<()> {
        let Some(network) = &self.network else {
            return self.device.send(packet).map(drop);
        };
        let is_neighbour = network.iter().any(|net| net.contains(&dst) && net.addr() != dst && net.broadcast() != dst);
        let to = if is_neighbour { of_station(dst) } else { OF_BRIDGE };
        let kind: [u8; 2] = if dst.is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] };
        self.device.send(&[&to.0, &of_station(src).0, &kind[..], packet].concat()).map(drop)
    }

    /// The next packet that came out; none if there is no more, empty if it was nothing of IP.
    pub fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
        let length = match self.device.recv(buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = &buffer[..length];
        Ok(Some(match (&self.network, bytes.get(12..HEADER)) {
            (None, _) => bytes,
            (Some(_), Some([0x08, 0x00] | [0x86, 0xdd])) => &bytes[HEADER..],
            (Some(_), _) => &[],
        }))
    }
}

/// A bridge that learns nothing, with all its neighbours known, so that it floods no frame.
fn bridge_commands(name: &str, Bridge { addresses, ports }: &Bridge) -> Result<Vec<String>, String> {
    let mut batch = vec![format!("link add {name} address {} type bridge mcast_snooping 0", OF_BRIDGE)];
    for (port, setup) in ports {
        let hairpin = if setup.hairpin { "on" } else { "off" };
        batch.push(format!("link set {port} master {name}"));
        batch.push(format!("link set {port} type bridge_slave learning off hairpin {hairpin}"));
        batch.push(format!("link set {port} multicast off up"));
    }
    batch.push(format!("link set {name} multicast off up"));
    batch.extend(addresses.iter().map(|address| format!("addr add {address} dev {name}")));
    for (port, setup) in ports {
        for station in &setup.stations {
            let address = station.parse().map_err(|error| format!("{station}: {error}"))?;
            batch.push(format!("neigh add {station} lladdr {} dev {name} nud permanent", of_station(address)));
            batch.push(format!("fdb {} {port}", of_station(address)));
        }
    }
    Ok(batch)
}

fn vxlan_commands(name: &str, vxlan: &Vxlan) -> Vec<String> {
    let Vxlan { addresses, id, port, local, source_port, peers } = vxlan;
    let (mac, last) = (OF_OVERLAY, source_port + 1);
    let mut batch = vec![
        format!(
            "link add {name} address {mac} type vxlan id {id} dstport {port} local {local} srcport {source_port} {last} \
             nolearning"
        ),
        format!("link set {name} multicast off up"),
    ];
    batch.extend(addresses.iter().map(|address| format!("addr add {address} dev {name}")));
    for (on_overlay, below) in peers {
        batch.push(format!("neigh add {on_overlay} lladdr {mac} dev {name} nud permanent"));
        batch.push(format!("fdb {mac} {name} {below}"));
    }
    batch
}

/// Runs what [`Link::all`] asks for, and the routes and rules behind it.
///
/// # Errors
/// What the tools complain of.
pub fn set_up(batch: Vec<String>) -> Result<(), String> {
    let (fdb, batch): (Vec<_>, Vec<_>) = batch.into_iter().partition(|line| line.starts_with("fdb "));
    // `ip -batch` takes no family of single lines.
    let (v6, v4): (Vec<_>, Vec<_>) = batch.into_iter().partition(|line| line.starts_with("-6 "));
    command(&["ip", "-batch", "-"], &v4.join("\n"))?;
    let v6: Vec<_> = v6.iter().map(|line| line.trim_start_matches("-6 ")).collect();
    if !v6.is_empty() {
        command(&["ip", "-6", "-batch", "-"], &v6.join("\n"))?;
    }
    for line in fdb {
        let mut words = line.split(' ').skip(1);
        match (words.next(), words.next(), words.next()) {
            (Some(mac), Some(port), None) => {
                command(&["bridge", "fdb", "add", mac, "dev", port, "master", "static"], "")?
            }
            (Some(mac), Some(device), Some(below)) => {
                command(&["bridge", "fdb", "append", mac, "dev", device, "dst", below], "")?
            }
            _ => continue,
        };
    }
    Ok(())
}
