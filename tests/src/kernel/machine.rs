use std::fs;
use std::sync::Arc;

use datapath_core::chance::Chance;
use datapath_core::net::{Packet as Headers, TcpFlags, Transport};
use datapath_core::netfilter::routing::{AddressType, Device, DeviceKind, RouteEntry};
use datapath_core::netfilter::{Sender, Sockets};
use datapath_core::node::{Fate, Node, Run};
use datapath_core::trace::Recorder;
use datapath_core::{ipset, iptables, ipvs, nftables};
use ipnet::IpNet;

use super::answer::{Answer, Out};
use super::case::{Case, Load, Packet, tcp_flags};
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
        routing.add_device(Device { name: "lo".into(), kind: DeviceKind::Loopback, addresses: loopback });
        for (name, addresses) in &case.ifaces {
            let addresses = addresses.iter().map(|net| prefix(net)).collect::<Result<_, _>>()?;
            // The kernel's end of a case are TUN devices.
            routing.add_device(Device { name: name.as_str().into(), kind: DeviceKind::Tunnel, addresses });
        }
        for route in &case.routes {
            routing.add_route(self::route(route)?);
        }
        let localnet = case.sysctl.get("net/ipv4/conf/all/route_localnet");
        routing.route_localnet = localnet.is_some_and(|value| *value == 1 || *value == "1");
        machine.node.stack.sockets = Some(Sockets::default());
        for load in &case.load {
            machine.load(load)?;
        }
        Ok(machine)
    }

    fn load(&mut self, load: &Load) -> Result<(), String> {
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
            "ipvsadm" => match ipvs::ipvsadm::restore(&mut self.node.ipvs, &input()?) {
                errors if errors.is_empty() => Ok(()),
                errors => Err(told(errors)),
            },
            "ipset" => ipset::restore(&mut self.node.stack.ipsets, &input()?, false, self.now)
                .map_err(|error| told(vec![error])),
            "ip" => input()?.lines().try_for_each(|line| self.ip(line)),
            other => Err(format!("the model has no {other}")),
        }
    }

    /// `link add NAME type dummy` and `addr add ADDRESS dev NAME`.
    fn ip(&mut self, line: &str) -> Result<(), String> {
        let routing = &mut self.node.stack.routing;
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["link", "add", name, "type", "dummy"] => {
                routing.add_device(Device { name: (*name).into(), kind: DeviceKind::Dummy, addresses: Vec::new() });
                Ok(())
            }
            ["addr", "add", address, "dev", name] => {
                routing.add_address(name, prefix(address)?);
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
        let entries = self.node.stack.conntrack.entries().map(|entry| Entry::of(entry, self.now)).collect();
        Observation::new(&answer.packets, answer.rules, entries)
    }

    fn pass(&mut self, iface: &str, packet: Headers, chance: &mut Chance) -> Answer {
        let mut tracer = Recorder::default();
        let mut run = Run { chance, now: self.now, tracer: &mut tracer };
        let passage = match iface {
            "local" => self.node.send(packet, &mut run),
            device => self.node.receive(&Arc::from(device), packet, &mut run),
        };
        let mut packets: Vec<_> = passage.answers.into_iter().chain([passage.fate.clone()]).filter_map(out).collect();
        // Before the refusal, which may end the connection.
        let connections = Answer::connections(&self.node, &run.tracer.trace);
        if let Fate::Delivered { packet } = &passage.fate {
            // No process listens on the cases' nodes: the node's own stack answers.
            let to_many = self.node.stack.routing.address_type(packet.dst) == AddressType::Broadcast;
            let refusal = packet.refusal().filter(|_| !to_many);
            let refusal = refusal.map(|refusal| self.node.send_by(Sender::Kernel, refusal, &mut run));
            if let Some(passage) = refusal {
                packets.extend(passage.answers.into_iter().chain([passage.fate]).filter_map(out));
            }
        }
        Answer::new(&self.node, packets, connections, &tracer.trace)
    }
}

fn out(fate: Fate) -> Option<Out> {
    match fate {
        Fate::Delivered { packet } => Some(Out { iface: "local".into(), packet }),
        Fate::Transmitted { device, packet, .. } => Some(Out { iface: device.to_string(), packet }),
        Fate::Dropped => None,
    }
}

fn set_flags(packet: &mut Headers, to: TcpFlags) {
    if let Transport::Tcp { flags, .. } = &mut packet.transport {
        *flags = to;
    }
}

fn prefix(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()))
        .map_err(|_| format!("{text:?} is no prefix"))
}

/// `PREFIX [via GATEWAY] dev DEVICE`
fn route(text: &str) -> Result<RouteEntry, String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let everything = if text.contains(':') { "::/0" } else { "0.0.0.0/0" };
    let to = |word: &str| prefix(if word == "default" { everything } else { word });
    match words.as_slice() {
        [destination, "dev", device] => Ok(RouteEntry::on_link(to(destination)?, (*device).into(), None)),
        [destination, "via", gateway, "dev", device] => {
            let gateway = gateway.parse().map_err(|_| format!("{gateway:?} is no address"))?;
            Ok(RouteEntry::through(to(destination)?, gateway, (*device).into()))
        }
        _ => Err(format!("route {text:?}: not of the form that cases use")),
    }
}
