use std::fs;
use std::sync::Arc;

use datapath_core::chance::Chance;
use datapath_core::net::{Packet as Headers, TcpFlags, Transport};
use datapath_core::netfilter::routing::{AddressType, Device, DeviceKind, RouteEntry};
use datapath_core::netfilter::{self, Peer, Setting, Sockets};
use datapath_core::node::{Fate, Node, Passage, Run};
use datapath_core::trace::{Recorder, Trace};
use datapath_core::{ipset, iptables, ipvs, nftables};
use ipnet::IpNet;

use super::answer::{Answer, Out};
use super::balance::Balance;
use super::case::{Bridge, Case, Load, Packet, Port, Vxlan, tcp_flags};
use super::hardware::{OF_BRIDGE, OF_OVERLAY, of_station};
use super::ip;
use super::observation::{Entry, Observation};

/// The model's node for a case.
#[derive(Clone, Debug)]
pub struct Machine {
    node: Node,
    now: u64,
}

impl Machine {
    /// # Errors
    /// Says which part of the case cannot be set up.
    pub fn new(case: &Case) -> Result<Self, String> {
        let mut machine = Self { node: Node::new("node".into()), now: 1 };
        let routing = &mut machine.node.stack.routing;
        let loopback = ["127.0.0.1/8", "::1/128"].iter().map(|net| net.parse().expect("a prefix")).collect();
        routing.add_device(Device { name: "lo".into(), kind: DeviceKind::Loopback, mac: None, addresses: loopback });
        for (name, addresses) in &case.ifaces {
            let addresses = addresses.iter().map(|net| prefix(net)).collect::<Result<_, _>>()?;
            // The kernel's end of a case are TUN devices.
            routing.add_device(Device { name: name.as_str().into(), kind: DeviceKind::Tunnel, mac: None, addresses });
        }
        for (name, bridge) in &case.bridges {
            machine.add_bridge(&name.as_str().into(), bridge)?;
        }
        for (name, vxlan) in &case.vxlans {
            machine.add_vxlan(name.as_str().into(), vxlan)?;
        }
        let routing = &mut machine.node.stack.routing;
        // As TUN devices have it.
        for name in case.ifaces.keys() {
            routing.settings_of(name).mtu = Some(1500);
        }
        for (name, mtu) in &case.mtu {
            routing.settings_of(name).mtu = Some(*mtu);
        }
        for route in &case.routes {
            let (table, entry) = ip::route(route)?;
            routing.add_route_in(table, entry);
        }
        for (rule, priority) in case.rules.iter().zip((0..32_766).rev()) {
            routing.add_policy(ip::rule(rule, priority)?);
        }
        machine.node.stack.sockets = Some(Sockets::default());
        for load in &case.load {
            machine.load(load)?;
        }
        for (name, value) in &case.sysctl {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if let refused @ Setting::Refused(_) = machine.node.set_sysctl(&name.replace('/', "."), &value) {
                return Err(format!("{name} = {value}: {refused:?}"));
            }
        }
        Ok(machine)
    }

    fn add_bridge(&mut self, name: &Arc<str>, Bridge { addresses, ports }: &Bridge) -> Result<(), String> {
        let stack = &mut self.node.stack;
        let addresses = addresses.iter().map(|net| prefix(net)).collect::<Result<_, _>>()?;
        let (kind, mac) = (DeviceKind::Bridge, Some(OF_BRIDGE));
        stack.routing.add_device(Device { name: name.clone(), kind, mac, addresses });
        for (port, Port { hairpin, stations }) in ports {
            let port: Arc<str> = port.as_str().into();
            let (kind, addresses) = (DeviceKind::Veth, Vec::new());
            stack.routing.add_device(Device { name: port.clone(), kind, mac: None, addresses });
            stack.bridges.add_port(name, port.clone(), *hairpin);
            for station in stations {
                let station = station.parse().map_err(|_| format!("{station:?} is no address"))?;
                stack.bridges.learn(station, &port);
                stack.neighbours.insert(name.clone(), station, of_station(station));
            }
        }
        Ok(())
    }

    fn add_vxlan(&mut self, name: Arc<str>, vxlan: &Vxlan) -> Result<(), String> {
        let address = |text: &str| text.parse().map_err(|_| format!("{text:?} is no address"));
        let Vxlan { id, port, source_port, .. } = *vxlan;
        let peers = vxlan
            .peers
            .iter()
            .map(|(on, below)| Ok((address(on)?, Peer { below: address(below)?, mac: Some(OF_OVERLAY) })));
        let peers = peers.collect::<Result<_, String>>()?;
        let source_ports = (source_port, source_port + 1);
        let device = netfilter::Vxlan { id, port, local: address(&vxlan.local)?, source_ports, peers };
        let addresses = vxlan.addresses.iter().map(|net| prefix(net)).collect::<Result<_, _>>()?;
        let stack = &mut self.node.stack;
        let (kind, mac) = (DeviceKind::Vxlan, Some(OF_OVERLAY));
        stack.routing.add_device(Device { name: name.clone(), kind, mac, addresses });
        stack.vxlans.insert(name, device);
        Ok(())
    }

    /// Runs a command that changes what is loaded, or `sleep`, and tells what can be seen of that from outside.
    pub fn run(&mut self, words: &[String]) -> Observation {
        let accepted = self.load(&Load::Plain(words.to_vec())).is_ok();
        self.node.ipvs.advance(self.now, &mut self.node.stack.conntrack);
        let (mut tracer, mut chance) = (Recorder::default(), Chance::seeded(1));
        let mut run = Run { chance: &mut chance, now: self.now, tracer: &mut tracer, rival: None };
        let out: Vec<_> = self.node.expire_fragments(&mut run).into_iter().flat_map(out).collect();
        let rules = Answer::new(&self.node, Vec::new(), Vec::new(), &tracer.trace).rules;
        let (entries, balance) = self.tables();
        Observation::of_command(accepted, &out, rules, entries, balance)
    }

    fn load(&mut self, load: &Load) -> Result<(), String> {
        let loaded = self.load_by_tool(load);
        self.node.note_registrations();
        loaded
    }

    fn load_by_tool(&mut self, load: &Load) -> Result<(), String> {
        let (command, input) = match load {
            Load::Fed(command, input) => (command, Some(input.clone())),
            Load::Plain(command) => (command, None),
        };
        let words: Vec<_> = command.iter().map(String::as_str).collect();
        let [program, arguments @ ..] = words.as_slice() else {
            return Ok(());
        };
        let input = || match &input {
            Some(text) => Ok(text.clone()),
            None => {
                let file = arguments.iter().rfind(|word| !word.starts_with('-')).ok_or("no file is named")?;
                fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))
            }
        };
        let told = |diagnostics: Vec<datapath_core::source::Diagnostic>| {
            let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
            format!("{}: {}", command.join(" "), lines.join("; "))
        };
        if program.contains("tables-nft") {
            self.node.iptables.v4.backend = iptables::Backend::NfTables;
            self.node.iptables.v6.backend = iptables::Backend::NfTables;
        }
        match *program {
            "iptables-restore" | "iptables-legacy-restore" | "iptables-nft-restore" => {
                let noflush = arguments.iter().any(|word| matches!(*word, "-n" | "--noflush"));
                iptables::restore(&mut self.node.iptables.v4, &input()?, noflush).map_err(told)
            }
            "ip6tables-restore" | "ip6tables-legacy-restore" | "ip6tables-nft-restore" => {
                let noflush = arguments.iter().any(|word| matches!(*word, "-n" | "--noflush"));
                iptables::restore(&mut self.node.iptables.v6, &input()?, noflush).map_err(told)
            }
            "iptables" | "iptables-legacy" => {
                iptables::command(&mut self.node.iptables.v4, &arguments.join(" ")).map_err(|error| told(vec![error]))
            }
            "nft" => nftables::apply(&mut self.node.nftables, &input()?).map_err(told),
            "ipvsadm" => {
                let text = if arguments == ["-R"] { input()? } else { arguments.join(" ") };
                match ipvs::ipvsadm::restore(&mut self.node.ipvs, &text) {
                    errors if errors.is_empty() => Ok(()),
                    errors => Err(told(errors)),
                }
            }
            "ipset" => {
                let text = if arguments.contains(&"restore") { input()? } else { arguments.join(" ") };
                ipset::restore(&mut self.node.stack.ipsets, &text, false, self.now).map_err(|error| told(vec![error]))
            }
            "sleep" => {
                let seconds = arguments.first().and_then(|seconds| seconds.parse::<u64>().ok());
                self.now += seconds.ok_or("sleep takes a number of seconds")?;
                Ok(())
            }
            "ip" if arguments.contains(&"-batch") => input()?.lines().try_for_each(|line| self.ip(line)),
            "ip" => self.ip(&arguments.join(" ")),
            other => Err(format!("the model has no {other}")),
        }
    }

    /// `link add NAME type dummy`, `addr add ADDRESS dev NAME`, `route add local NET dev NAME` and `route add ROUTE`.
    fn ip(&mut self, line: &str) -> Result<(), String> {
        let routing = &mut self.node.stack.routing;
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["link", "add", name, "type", "dummy"] => {
                routing.add_device(Device {
                    name: (*name).into(),
                    kind: DeviceKind::Dummy,
                    mac: None,
                    addresses: Vec::new(),
                });
                Ok(())
            }
            ["addr", "add", address, "dev", name] => {
                routing.add_address(name, prefix(address)?);
                Ok(())
            }
            ["route", "add", "local", net, "dev", device] => {
                routing.add_local(RouteEntry::local_prefix(prefix(net)?, (*device).into()));
                Ok(())
            }
            ["route", "add", route @ ..] => {
                let (table, entry) = ip::route(&route.join(" "))?;
                routing.add_route_in(table, entry);
                Ok(())
            }
            ["link", "set", ..] | [] => Ok(()),
            _ => Err(format!("ip {line}: not one of the commands that cases use")),
        }
    }

    /// Sends a packet, then what its receiver answers and what its client goes on with.
    ///
    /// # Errors
    /// Says which part of the packet is not what it should be.
    pub fn packet(&mut self, packet: &Packet, chance: &mut Chance) -> Result<Answer, String> {
        let headers = packet.headers()?;
        let mut answer = self.pass(&packet.iface, headers.clone(), chance);
        let got = answer.packets.first().cloned();
        let Some((reply, got)) =
            packet.reply.as_ref().zip(got).filter(|(_, got)| got.packet.protocol() == headers.protocol())
        else {
            return Ok(answer);
        };
        let mut back = Headers::opening(got.packet.tuple().inverse());
        set_flags(&mut back, tcp_flags(reply));
        let home = self.pass(&got.iface, back, chance);
        if let (Some(then), false) = (&packet.then, home.packets.is_empty()) {
            let mut next = headers;
            set_flags(&mut next, tcp_flags(then));
            answer.then = Some(Box::new(self.pass(&packet.iface, next, chance)));
        }
        answer.reply = Some(Box::new(home));
        Ok(answer)
    }

    /// Sends a packet and tells what can be seen of it from outside. `iface` is the device that it comes in by, or
    /// `local` for a process of the node.
    pub fn observe(&mut self, iface: &str, packet: Headers, chance: &mut Chance) -> Observation {
        let answer = self.pass(iface, packet, chance);
        let (entries, balance) = self.tables();
        Observation::new(&answer.packets, answer.rules, entries, balance)
    }

    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// Sends a packet and tells each step of its way.
    ///
    /// # Errors
    /// Says which part of the packet is not what it should be.
    pub fn trace(&mut self, packet: &Packet, chance: &mut Chance) -> Result<Trace, String> {
        let mut tracer = Recorder::default();
        let mut run = Run { chance, now: self.now, tracer: &mut tracer, rival: None };
        match packet.iface.as_str() {
            "local" => self.node.send(packet.headers()?, &mut run),
            device => self.receive(device, packet.headers()?, &mut run),
        };
        Ok(tracer.trace)
    }

    fn receive(&mut self, device: &str, packet: Headers, run: &mut Run<'_, Recorder>) -> Passage {
        let from = of_station(packet.src);
        self.node.receive(&Arc::from(device), Some(from), packet, run)
    }

    fn tables(&self) -> (Vec<Entry>, Balance) {
        let entries = self.node.stack.conntrack.entries().map(|entry| Entry::of(entry, self.now)).collect();
        (entries, Balance::of(&self.node.ipvs, self.now))
    }

    fn pass(&mut self, iface: &str, packet: Headers, chance: &mut Chance) -> Answer {
        let mut tracer = Recorder::default();
        let mut run = Run { chance, now: self.now, tracer: &mut tracer, rival: None };
        let passage = match iface {
            "local" => self.node.send(packet, &mut run),
            device => self.receive(device, packet, &mut run),
        };
        let mut packets: Vec<_> =
            passage.copies.into_iter().chain(passage.answers).chain([passage.fate.clone()]).flat_map(out).collect();
        // Before the refusal, which may end the connection.
        let connections = Answer::connections(&self.node, &run.tracer.trace);
        if let Fate::Delivered { packet } = &passage.fate {
            // No process listens on the cases' nodes: the node's own stack answers.
            let to_many = self.node.stack.routing.address_type(packet.dst) == AddressType::Broadcast;
            let refusal = packet.refusal().filter(|_| !to_many);
            let refusal = refusal.map(|refusal| self.node.refuse(refusal, &mut run));
            if let Some(passage) = refusal {
                packets.extend(passage.answers.into_iter().chain([passage.fate]).flat_map(out));
            }
        }
        Answer::new(&self.node, packets, connections, &tracer.trace)
    }
}

fn out(fate: Fate) -> Vec<Out> {
    match fate {
        Fate::Delivered { packet } => vec![Out { iface: "local".into(), packet }],
        Fate::Transmitted { device, packet, .. } => vec![Out { iface: device.to_string(), packet }],
        Fate::Fragmented { device, fragments, .. } => {
            fragments.into_iter().map(|packet| Out { iface: device.to_string(), packet }).collect()
        }
        Fate::Dropped | Fate::Held => Vec::new(),
    }
}

fn set_flags(packet: &mut Headers, to: TcpFlags) {
    if let Transport::Tcp { flags, .. } = &mut packet.transport {
        *flags = to;
    }
}

pub(super) fn prefix(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()))
        .map_err(|_| format!("{text:?} is no prefix"))
}
