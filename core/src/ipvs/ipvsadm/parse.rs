use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::options::{Given, Name, Options, Word, split, words};
use crate::ipvs::{
    DestinationConfig, Encapsulation, Forwarding, Netmask, Persistence, Scheduler, SchedulerFlags, ServiceConfig,
    ServiceKey, TunnelChecksum,
};
use crate::message;
use crate::net::{Endpoint, Family, Protocol};
use crate::netfilter::Seconds;
use crate::source::{Diagnostic, Phrase, Position};

/// What one line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    AddService {
        key: ServiceKey,
        config: ServiceConfig,
    },
    EditService {
        key: ServiceKey,
        config: ServiceConfig,
    },
    DeleteService {
        key: ServiceKey,
    },
    Clear,
    /// The counters of one service with its real servers, or of all.
    Zero {
        key: Option<ServiceKey>,
    },
    AddDestination {
        key: ServiceKey,
        config: DestinationConfig,
    },
    EditDestination {
        key: ServiceKey,
        config: DestinationConfig,
    },
    DeleteDestination {
        key: ServiceKey,
        real: Endpoint,
    },
    /// 0 leaves a time-out as it is.
    SetTimeouts {
        tcp: Seconds,
        tcp_fin: Seconds,
        udp: Seconds,
    },
}

/// A command with its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub position: Position,
    pub command: Command,
}

/// `IP_VS_TEMPLATE_TIMEOUT`, in seconds.
const DEFAULT_PERSISTENCE: Seconds = 360;
/// Ipvsadm takes a month at most.
const MAX_TIMEOUT: u32 = 31 * 24 * 60 * 60;
const COMMANDS: [Name; 9] = [
    Name::AddService,
    Name::EditService,
    Name::DeleteService,
    Name::Clear,
    Name::Zero,
    Name::AddServer,
    Name::EditServer,
    Name::DeleteServer,
    Name::Set,
];

/// Reads lines as `ipvsadm -R` does. A line in error is left out and reported.
pub fn parse(text: &str) -> (Vec<Line>, Vec<Diagnostic>) {
    let (mut lines, mut diagnostics) = (Vec::new(), Vec::new());
    for (line, number) in text.lines().zip(1..) {
        let words = words(line, number);
        let Some(first) = words.first() else { continue };
        match parse_line(&words) {
            Ok(command) => lines.push(Line { position: first.position, command }),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (lines, diagnostics)
}

/// Diagnostics are large, so that results carry them boxed.
type Parsed<T> = Result<T, Box<Diagnostic>>;

fn error(
    word: Word<'_>,
    message: impl Into<Phrase>,
    expected: impl Into<Phrase>,
    advice: impl Into<Phrase>,
) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(word.position, message, expected, advice))
}

fn parse_line(words: &[Word<'_>]) -> Parsed<Command> {
    let options = split(words)?;
    let Some(command) = options.one_of(&COMMANDS, "command")? else {
        let first = words.first().copied().unwrap_or(Word { text: "", position: Position::START });
        return Err(error(
            first,
            message!("wrong-no-command"),
            message!("expected-ipvsadm-commands"),
            message!("advice-begin-with-command"),
        ));
    };
    if command.name != Name::Set
        && let Some(word) = options.rest.first()
    {
        return Err(error(
            *word,
            format!("unexpected argument {}", word.text),
            message!("expected-an-option"),
            message!("advice-remove-it"),
        ));
    }
    check_allowed(&options, command)?;
    match command.name {
        Name::Clear => Ok(Command::Clear),
        Name::Zero => Ok(Command::Zero { key: find_service(&options)? }),
        Name::Set => set_timeouts(&options, command),
        _ => {
            let key = service(&options, command)?;
            match command.name {
                Name::AddService => Ok(Command::AddService { key, config: service_config(&options, key, command)? }),
                Name::EditService => Ok(Command::EditService { key, config: service_config(&options, key, command)? }),
                Name::DeleteService => Ok(Command::DeleteService { key }),
                Name::AddServer => {
                    Ok(Command::AddDestination { key, config: destination_config(&options, key, command)? })
                }
                Name::EditServer => {
                    Ok(Command::EditDestination { key, config: destination_config(&options, key, command)? })
                }
                _ => Ok(Command::DeleteDestination { key, real: real_server(&options, key, command)? }),
            }
        }
    }
}

/// What a command on services has no use for, and what one on real servers has none for (`commands_v_options`).
fn check_allowed(options: &Options<'_>, command: Given<'_>) -> Parsed<()> {
    const OF_SERVERS: [(Name, &str); 7] = [
        (Name::RealServer, "real-server"),
        (Name::Gatewaying, "forwarding-method"),
        (Name::Ipip, "forwarding-method"),
        (Name::Masquerading, "forwarding-method"),
        (Name::Weight, "weight"),
        (Name::UpperThreshold, "u-threshold"),
        (Name::LowerThreshold, "l-threshold"),
    ];
    const OF_SERVICES: [(Name, &str); 5] = [
        (Name::Scheduler, "scheduler"),
        (Name::Persistent, "persistent"),
        (Name::Netmask, "netmask"),
        (Name::OnePacket, "ops"),
        (Name::SchedulerFlags, "sched-flags"),
    ];
    let illegal: &[_] = match command.name {
        Name::AddService | Name::EditService | Name::DeleteService => &OF_SERVERS,
        Name::AddServer | Name::EditServer | Name::DeleteServer => &OF_SERVICES,
        _ => &[],
    };
    let found = illegal.iter().find_map(|(name, what)| Some((options.find(*name)?, *what)));
    let Some((given, what)) = found else {
        return Ok(());
    };
    let message = format!("Illegal '{what}' option with the '{}' command", command_name(command.name));
    Err(error(given.word, message, message!("expected-option-of-command"), message!("advice-remove-or-other-command")))
}

fn set_timeouts(options: &Options<'_>, command: Given<'_>) -> Parsed<Command> {
    let &[tcp, tcp_fin, udp] = options.rest.as_slice() else {
        return Err(error(
            command.word,
            message!("wrong-three-values"),
            message!("expected-three-seconds"),
            message!("advice-zero-keeps"),
        ));
    };
    let seconds = |word| number(word, 0, MAX_TIMEOUT, "timeout").map(Seconds::from);
    Ok(Command::SetTimeouts { tcp: seconds(tcp)?, tcp_fin: seconds(tcp_fin)?, udp: seconds(udp)? })
}

fn number(word: Word<'_>, least: u32, most: u32, what: &str) -> Parsed<u32> {
    let parsed = word.text.parse().ok().filter(|number| (least..=most).contains(number));
    parsed.ok_or_else(|| {
        let expected = message!("expected-from-to", least = least.to_string(), most = most.to_string());
        error(
            word,
            format!("invalid {what} value `{}' specified", word.text),
            expected,
            message!("advice-change-number"),
        )
    })
}

fn service(options: &Options<'_>, command: Given<'_>) -> Parsed<ServiceKey> {
    find_service(options)?.ok_or_else(|| {
        let advice = message!("advice-name-service");
        let message =
            format!("You need to supply the 'service-address' option for the '{}' command", command_name(command.name));
        error(command.word, message, message!("expected-service-options"), advice)
    })
}

fn find_service(options: &Options<'_>) -> Parsed<Option<ServiceKey>> {
    const SERVICES: [Name; 4] = [Name::TcpService, Name::UdpService, Name::SctpService, Name::FwmarkService];
    let Some(Given { name, value: Some(value), .. }) = options.one_of(&SERVICES, "service-address")? else {
        return Ok(None);
    };
    let protocol = match name {
        Name::FwmarkService => {
            let family = if options.find(Name::Ipv6).is_some() { Family::V6 } else { Family::V4 };
            let mark = value.text.parse().ok();
            let mark = mark.ok_or_else(|| {
                let message = format!("invalid fwmark value `{}' specified", value.text);
                error(value, message, "1 to 4294967295", message!("advice-mark-zero"))
            })?;
            return Ok(Some(ServiceKey::Mark { family, mark }));
        }
        Name::UdpService => Protocol::Udp,
        Name::SctpService => Protocol::Sctp,
        _ => Protocol::Tcp,
    };
    let (address, port) = endpoint(value).ok_or_else(|| {
        let advice = message!("advice-numeric-address");
        error(
            value,
            "illegal virtual server address[:port] specified",
            message!("expected-either", one = "10.96.0.10:80", other = "[fd00::1]:80"),
            advice,
        )
    })?;
    Ok(Some(ServiceKey::Address { protocol, address: Endpoint::new(address, port.unwrap_or(0)) }))
}

/// An address, and a port if there is one.
fn endpoint(word: Word<'_>) -> Option<(IpAddr, Option<u16>)> {
    let (address, port) = match word.text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
            (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), port)
        }
        None => match word.text.rsplit_once(':') {
            Some((address, port)) => (IpAddr::V4(address.parse::<Ipv4Addr>().ok()?), Some(port)),
            None => (word.text.parse().ok()?, None),
        },
    };
    match port {
        Some(port) => Some((address, Some(port.parse().ok()?))),
        None => Some((address, None)),
    }
}

fn service_config(options: &Options<'_>, key: ServiceKey, command: Given<'_>) -> Parsed<ServiceConfig> {
    let scheduler = match options.value(Name::Scheduler) {
        Some(word) => Scheduler::from_name(word.text).ok_or_else(|| {
            let expected = Scheduler::ALL.map(Scheduler::name).join(", ");
            error(word, "Scheduler or persistence engine not found", expected, message!("advice-choose"))
        })?,
        None => Scheduler::WeightedLeastConnection,
    };
    let persistence = persistence(options, key)?;
    if persistence.is_none()
        && let ServiceKey::Address { address: Endpoint { port: 0, .. }, .. } = key
    {
        let advice = message!("advice-port-or-persistent");
        return Err(error(
            command.word,
            "Zero port specified for non-persistent service",
            message!("expected-plain-port"),
            advice,
        ));
    }
    let one_packet = options.find(Name::OnePacket);
    if let Some(given) = one_packet
        && !matches!(key, ServiceKey::Address { protocol: Protocol::Udp, .. } | ServiceKey::Mark { .. })
    {
        let message = "One-Packet Scheduling is only for UDP virtual services";
        return Err(error(
            given.word,
            message,
            message!("expected-either", one = "-u", other = "-f"),
            message!("advice-remove-it"),
        ));
    }
    let flags = match options.value(Name::SchedulerFlags) {
        Some(word) => scheduler_flags(word, scheduler)?,
        None => SchedulerFlags::default(),
    };
    Ok(ServiceConfig { scheduler, persistence, one_packet: one_packet.is_some(), flags })
}

fn persistence(options: &Options<'_>, key: ServiceKey) -> Parsed<Option<Persistence>> {
    let netmask = options.value(Name::Netmask).map(|word| netmask(word, key.family())).transpose()?;
    let Some(given) = options.find(Name::Persistent) else {
        return Ok(None);
    };
    let timeout = match given.value {
        Some(word) => number(word, 1, MAX_TIMEOUT, "timeout").map(Seconds::from)?,
        None => DEFAULT_PERSISTENCE,
    };
    Ok(Some(Persistence { timeout, netmask: netmask.unwrap_or(Netmask::host(key.family())) }))
}

fn netmask(word: Word<'_>, family: Family) -> Parsed<Netmask> {
    match family {
        Family::V4 => word
            .text
            .parse()
            .map(Netmask::V4)
            .map_err(|_| error(word, "illegal ipv4 netmask specified", message!("expected-ipv4-mask"), "")),
        Family::V6 => {
            let length = word.text.parse().ok().filter(|length| (1..=128).contains(length)).map(Netmask::V6);
            length.ok_or_else(|| error(word, "illegal ipv6 netmask specified", message!("expected-ipv6-mask"), ""))
        }
    }
}

fn scheduler_flags(word: Word<'_>, scheduler: Scheduler) -> Parsed<SchedulerFlags> {
    let mut flags = SchedulerFlags::default();
    for name in word.text.split(',') {
        let flag = match name {
            "flag-1" => 0,
            "flag-2" => 1,
            "flag-3" => 2,
            _ => match (name.split_once('-'), scheduler) {
                (Some(("sh", flag)), Scheduler::SourceHashing) | (Some(("mh", flag)), Scheduler::MaglevHashing)
                    if matches!(flag, "fallback" | "port") =>
                {
                    usize::from(flag == "port")
                }
                _ => {
                    let message = format!("incompatible scheduler flag `{name}'");
                    return Err(error(word, message, message!("expected-scheduler-flags"), ""));
                }
            },
        };
        flags.0[flag] = true;
    }
    Ok(flags)
}

/// The real server. Without a port, and always unless it is NAT, it has that of the service.
fn real_server(options: &Options<'_>, key: ServiceKey, command: Given<'_>) -> Parsed<Endpoint> {
    let word = options.value(Name::RealServer).ok_or_else(|| {
        let message =
            format!("You need to supply the 'real-server' option for the '{}' command", command_name(command.name));
        error(command.word, message, "-r", message!("advice-name-server"))
    })?;
    let (address, port) = endpoint(word).ok_or_else(|| {
        let advice = message!("advice-numeric-address");
        error(
            word,
            "illegal real server address[:port] specified",
            message!("expected-either", one = "10.244.1.2:8080", other = "[fd00::1]:8080"),
            advice,
        )
    })?;
    let service_port = match key {
        ServiceKey::Address { address, .. } => address.port,
        ServiceKey::Mark { .. } => 0,
    };
    Ok(Endpoint::new(address, port.unwrap_or(service_port)))
}

const fn command_name(name: Name) -> &'static str {
    match name {
        Name::AddService => "add-service",
        Name::EditService => "edit-service",
        Name::DeleteService => "delete-service",
        Name::AddServer => "add-server",
        Name::EditServer => "edit-server",
        _ => "delete-server",
    }
}

fn destination_config(options: &Options<'_>, key: ServiceKey, command: Given<'_>) -> Parsed<DestinationConfig> {
    const METHODS: [Name; 3] = [Name::Gatewaying, Name::Ipip, Name::Masquerading];
    let mut real = real_server(options, key, command)?;
    let forwarding = match options.one_of(&METHODS, "forwarding-method")?.map(|given| given.name) {
        Some(Name::Masquerading) => Forwarding::Masquerade,
        Some(Name::Ipip) => Forwarding::Tunnel(encapsulation(options, command)?),
        _ => Forwarding::Route,
    };
    if let ServiceKey::Address { address, .. } = key
        && forwarding != Forwarding::Masquerade
    {
        real.port = address.port;
    }
    if Family::of(real.address) != key.family() && !matches!(forwarding, Forwarding::Tunnel(_)) {
        let word = options.value(Name::RealServer).unwrap_or(command.word);
        let message = "Different address family is allowed only for tunneling servers";
        return Err(error(word, message, message!("expected-service-family"), message!("advice-tunnel")));
    }
    let threshold = |name, what| options.value(name).map_or(Ok(0), |word| number(word, 0, u32::MAX / 2, what));
    Ok(DestinationConfig {
        real,
        forwarding,
        weight: options.value(Name::Weight).map_or(Ok(1), |word| number(word, 0, u32::MAX / 2, "weight"))?,
        upper_threshold: threshold(Name::UpperThreshold, "u_threshold")?,
        lower_threshold: threshold(Name::LowerThreshold, "l_threshold")?,
    })
}

fn encapsulation(options: &Options<'_>, command: Given<'_>) -> Parsed<Encapsulation> {
    const CHECKSUMS: [Name; 3] = [Name::TunnelNoChecksum, Name::TunnelChecksum, Name::TunnelRemoteChecksum];
    let checksum = match options.one_of(&CHECKSUMS, "tunnel checksum")?.map(|given| given.name) {
        Some(Name::TunnelChecksum) => TunnelChecksum::Full,
        Some(Name::TunnelRemoteChecksum) => TunnelChecksum::Remote,
        _ => TunnelChecksum::None,
    };
    let Some(kind) = options.value(Name::TunnelType) else {
        return Ok(Encapsulation::Ipip);
    };
    match kind.text {
        "ipip" => Ok(Encapsulation::Ipip),
        "gre" => Ok(Encapsulation::Gre { checksum }),
        "gue" => {
            let word = options.value(Name::TunnelPort).ok_or_else(|| {
                error(command.word, "--tun-port is required for --tun-type gue", "--tun-port", message!("advice-port"))
            })?;
            let port = number(word, 1, u32::from(u16::MAX), "tun-port")?;
            Ok(Encapsulation::Gue { port: u16::try_from(port).unwrap_or(u16::MAX), checksum })
        }
        _ => Err(error(kind, "illegal tunnel type specified", message!("expected-tunnel-types"), "")),
    }
}
