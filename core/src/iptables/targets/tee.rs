use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;

use super::super::address::Text;
use super::super::given::{Given, Refusal};
use super::super::matches::write_value;
use super::super::translate::Translation;
use super::Target;
use crate::message;
use crate::netfilter::{Context, Duplicate};
use crate::trace::{RuleId, Tracer};

/// `-j TEE`: a copy of the packet goes to another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeeTarget {
    pub gateway: IpAddr,
    /// Without a device of this name the copy goes as if none had been named (`tee_netdev_event`).
    pub device: Option<Arc<str>>,
}

pub fn read(given: &Given<'_>) -> Result<Target, Refusal> {
    let (gateway, ..) = given.required(given.addresses("--gateway"), "TEE", "--gateway")?;
    if gateway.is_unspecified() {
        // `tee_tg_check`
        return Err(given.wrong(
            "--gateway",
            "Invalid argument.",
            message!("expected-machine"),
            message!("advice-another-address"),
        ));
    }
    let device = given.text("--oif").filter(|device| !device.is_empty()).map(Into::into);
    Ok(Target::Tee(Box::new(TeeTarget { gateway, device })))
}

impl TeeTarget {
    /// `tee_tg4`, `tee_tg6`
    pub fn apply<T: Tracer>(&self, ctx: &mut Context<'_, T>, rule: RuleId) {
        let copy = Duplicate::for_machine(ctx.skb, ctx.hook, self.gateway, self.device.clone(), rule);
        ctx.stack.duplicates.extend(copy);
    }

    /// `tee_save`
    pub fn write(&self, out: &mut String) {
        write_value(out, false, "--gateway", Text(self.gateway));
        if let Some(device) = &self.device {
            write_value(out, false, "--oif", device);
        }
    }

    /// `tee_print`
    pub fn list(&self, out: &mut String) {
        let _ = write!(out, " TEE gw:{}", Text(self.gateway));
        if let Some(device) = &self.device {
            let _ = write!(out, " oif={device}");
        }
    }

    /// `tee_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add(&format!("dup to {}", Text(self.gateway)));
        if let Some(device) = &self.device {
            to.add(&format!(" device {device}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::iptables::{Tables, restore, save};
    use crate::net::Family;

    /// What iptables-legacy-save 1.8.9 printed, and what it refused.
    #[test]
    fn copies_print_as_they_are_asked_for() {
        let saved = |family, options: &str| {
            let mut tables = Tables::new(family);
            let text = format!("*filter\n-A INPUT -j TEE{options}\nCOMMIT\n");
            let refused = restore(&mut tables, &text, false).map_err(|errors| errors[0].message.to_string());
            refused.map(|_| save(&tables).lines().any(|line| line == format!("-A INPUT -j TEE{options}")))
        };
        assert_eq!(saved(Family::V4, " --gateway 10.0.0.9"), Ok(true));
        assert_eq!(saved(Family::V4, " --gateway 10.0.0.9 --oif v0"), Ok(true));
        assert_eq!(saved(Family::V6, " --gateway fd00::9 --oif v0"), Ok(true));
        assert_eq!(saved(Family::V4, "").unwrap_err(), "TEE: option \"--gateway\" must be specified");
        assert!(saved(Family::V4, " --gateway 0.0.0.0").unwrap_err().starts_with("Invalid argument"));
    }
}
