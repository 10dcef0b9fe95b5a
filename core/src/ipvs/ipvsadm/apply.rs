use super::parse::{Command, parse};
use crate::ipvs::{ControlError, Ipvs};
use crate::message;
use crate::message::Message;
use crate::source::Diagnostic;

/// Runs the lines of `text`. What the kernel refuses is reported at its line; the rest is done.
pub fn restore(ipvs: &mut Ipvs, text: &str) -> Vec<Diagnostic> {
    let (lines, mut diagnostics) = parse(text);
    for line in lines {
        if let Err(refusal) = apply(ipvs, line.command) {
            let (expected, advice) = explain(refusal);
            diagnostics.push(Diagnostic::error(line.position, refusal.to_string(), expected, advice));
        }
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.position);
    diagnostics
}

fn apply(ipvs: &mut Ipvs, command: Command) -> Result<(), ControlError> {
    match command {
        Command::AddService { key, config } => ipvs.add_service(key, config),
        Command::EditService { key, config } => ipvs.edit_service(&key, config),
        Command::DeleteService { key } => ipvs.delete_service(&key),
        Command::Clear => {
            ipvs.clear();
            Ok(())
        }
        Command::Zero { key } => ipvs.zero(key.as_ref()),
        Command::AddDestination { key, config } => ipvs.add_destination(&key, config).map(|_| ()),
        Command::EditDestination { key, config } => ipvs.edit_destination(&key, config),
        Command::DeleteDestination { key, real } => ipvs.delete_destination(&key, real),
        Command::SetTimeouts { tcp, tcp_fin, udp } => {
            let timeouts = &mut ipvs.timeouts;
            for (timeout, new) in [(&mut timeouts.tcp, tcp), (&mut timeouts.tcp_fin, tcp_fin), (&mut timeouts.udp, udp)]
            {
                if new > 0 {
                    *timeout = new;
                }
            }
            Ok(())
        }
    }
}

/// What was expected, and what to do.
const fn explain(refusal: ControlError) -> (Message, Message) {
    match refusal {
        ControlError::ServiceExists => (message!("expected-new-service"), message!("advice-change-service")),
        ControlError::NoSuchService => (message!("expected-known-service"), message!("advice-add-service")),
        ControlError::ServiceNotDefined => (message!("expected-service-of-server"), message!("advice-add-service")),
        ControlError::DestinationExists => (message!("expected-new-server"), message!("advice-change-server")),
        ControlError::NoSuchDestination => (message!("expected-server-of-service"), message!("advice-add-server")),
        ControlError::OutOfRange => (message!("expected-thresholds"), message!("advice-thresholds")),
        ControlError::InvalidArgument => (message!("expected-one-host"), message!("advice-unicast")),
    }
}
