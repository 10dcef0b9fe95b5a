//! How long the running kernel takes for a packet through kube-proxy's rules.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use datapath_core::export::{Format, Subject, export};
use datapath_core::lab::{Assumptions, Network, synthetic};
use datapath_core::net::{Endpoint, Packet, TcpFlags};
use datapath_core::proxy::Mode;
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

use super::namespace::{command, sysctl, within};
use super::wire;

/// Fewer than a TUN device holds.
const BATCH: u16 = 250;
const BATCHES: u8 = 40;

/// Nanoseconds for a packet.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// That opens a connection.
    pub first: f64,
    /// That follows in one that was answered.
    pub following: f64,
}

/// Through a kernel without rules.
///
/// # Errors
/// Says what the kernel or its tools refuse.
pub fn without_rules() -> Result<Pace, String> {
    within(|| Bench::new()?.measure(Ipv4Addr::new(10, 128, 0, 10)))
}

/// Through the rules of the cluster that [`datapath_core::lab::cost_at`] builds, to the Service that it sends to.
///
/// # Errors
/// Says what the kernel or its tools refuse.
pub fn through(mode: Mode, services: usize) -> Result<Pace, String> {
    within(|| {
        let bench = Bench::new()?;
        let to = load(mode, services)?;
        bench.measure(to)
    })
}

/// Through `count` rules of nft that test an address without success, and through as many that look it up in a set of
/// ten thousand, in vain.
///
/// # Errors
/// Says what the kernel or its tools refuse.
pub fn through_nft_rules(count: usize) -> Result<[Pace; 2], String> {
    let set: Vec<String> = (0..10_000).map(|number| format!("172.16.{}.{}", number / 250, number % 250 + 1)).collect();
    let test = |rule: &str| {
        let rules = [rule, "\n"].concat().repeat(count);
        let table = format!(
            "table ip pace {{ set many {{ type ipv4_addr; elements = {{ {} }}; }}\n\
            chain forward {{ type filter hook forward priority 0;\n{rules}}}\n}}\n",
            set.join(", ")
        );
        within(|| {
            let bench = Bench::new()?;
            command(&["nft", "-f", "-"], &table)?;
            bench.measure(Ipv4Addr::new(10, 128, 0, 10))
        })
    };
    Ok([test("ip daddr 172.17.0.1 drop")?, test("ip daddr @many drop")?])
}

/// Loads the rules of the cluster that `cost_at` builds, and gives the address that it sends to.
fn load(mode: Mode, services: usize) -> Result<Ipv4Addr, String> {
    let cluster = Arc::new(synthetic(services));
    let assumptions = Assumptions::of(&cluster);
    let network = Network::new(Arc::clone(&cluster), assumptions.clone(), mode);
    network.start_all().map_err(|error| format!("{error:?}"))?;
    let node = network.node(0).ok_or("the cluster has no node")?;
    let config = assumptions.in_mode(mode).proxy_config(&cluster.nodes[0]);
    let subject = Subject { cluster: &cluster, config, mode, node };
    let text = |format| export(&subject, format).into_iter().map(|file| file.text).collect::<String>();
    match mode {
        Mode::Nftables => drop(command(&["nft", "-f", "-"], &text(Format::Nft))?),
        Mode::Iptables | Mode::Ipvs => {
            if mode == Mode::Ipvs {
                command(&["ipset", "restore"], &text(Format::IpsetRestore))?;
                command(&["ipvsadm", "-R"], &text(Format::IpvsadmRestore))?;
                command(&["sh"], &text(Format::IpvsAddresses))?;
                sysctl("net/ipv4/vs/conntrack", "1")?;
            }
            let files = export(&subject, Format::IptablesRestore);
            for file in files.iter().filter(|file| !file.name.contains("ip6")) {
                command(&["iptables-legacy-restore"], &file.text)?;
            }
        }
    }
    match cluster.services[services / 2].cluster_ips.first() {
        Some(IpAddr::V4(address)) => Ok(*address),
        _ => Err("the Service has no IPv4 address".to_owned()),
    }
}

/// A node with clients behind one device and pods behind another.
struct Bench {
    clients: SyncDevice,
    pods: SyncDevice,
}

impl Bench {
    fn new() -> Result<Self, String> {
        let settings = [
            ("net/ipv4/ip_forward", "1"),
            ("net/ipv4/conf/all/rp_filter", "0"),
            ("net/ipv4/conf/default/rp_filter", "0"),
        ];
        for (name, value) in settings {
            sysctl(name, value)?;
        }
        let bench = Self { clients: device("clients")?, pods: device("pods")? };
        let batch = "link set lo up\nlink set clients multicast off up\nlink set pods multicast off up\naddr add 192.168.0.11/24 dev clients\n\
            route add 10.244.1.0/24 dev clients\nroute add 10.128.0.0/9 dev pods\nroute add 10.96.0.0/12 dev pods\n";
        command(&["ip", "-batch", "-"], batch)?;
        Ok(bench)
    }

    /// Opens connections to port 80 of `to`, answers each, and sends on in each.
    fn measure(&self, to: Ipv4Addr) -> Result<Pace, String> {
        let (mut first, mut following) = (Vec::new(), Vec::new());
        for batch in 0..BATCHES {
            let client = Ipv4Addr::new(10, 244, 1, 2 + batch);
            let packets: Vec<Packet> = (0..BATCH).map(|port| syn(client, 20_000 + port, to)).collect();
            first.push(send(&self.clients, &packets)?);
            let reached = received(&self.pods)?;
            if reached.is_empty() {
                return Err("no packet came out".to_owned());
            }
            let accepting = TcpFlags::SYN | TcpFlags::ACK;
            let answers: Vec<Packet> = reached.iter().filter_map(|packet| wire::answer(packet, accepting)).collect();
            send(&self.pods, &answers)?;
            received(&self.clients)?;
            let on: Vec<Packet> = packets.into_iter().map(|packet| wire::next(packet, TcpFlags::ACK)).collect();
            // The first of them makes the connection established.
            send(&self.clients, &on)?;
            received(&self.pods)?;
            following.push(send(&self.clients, &on)?);
            received(&self.pods)?;
        }
        Ok(Pace { first: least(&first), following: least(&following) })
    }
}

fn device(name: &str) -> Result<SyncDevice, String> {
    let device = DeviceBuilder::new().name(name).layer(Layer::L3).enable(false).build_sync();
    let device = device.map_err(|error| format!("a TUN device: {error}"))?;
    device.set_nonblocking(true).map_err(|error| format!("{name}: {error}"))?;
    Ok(device)
}

fn syn(client: Ipv4Addr, port: u16, to: Ipv4Addr) -> Packet {
    Packet::tcp(Endpoint::new(client.into(), port), Endpoint::new(to.into(), 80), TcpFlags::SYN)
}

/// Nanoseconds for each, all written one after the other. A packet has gone its way when the write returns.
fn send(device: &SyncDevice, packets: &[Packet]) -> Result<f64, String> {
    let encoded = packets.iter().map(wire::encode).collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    for bytes in &encoded {
        device.send(bytes).map_err(|error| error.to_string())?;
    }
    Ok(start.elapsed().as_nanos() as f64 / packets.len() as f64)
}

fn received(device: &SyncDevice) -> Result<Vec<Packet>, String> {
    let mut packets = Vec::new();
    let mut buffer = [0; 2048];
    loop {
        match device.recv(&mut buffer) {
            Ok(length) => packets.extend(wire::decode(&buffer[..length])),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(packets),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Of batches between which other programs had a turn, the one that they left alone.
fn least(times: &[f64]) -> f64 {
    times.iter().copied().fold(f64::INFINITY, f64::min)
}
