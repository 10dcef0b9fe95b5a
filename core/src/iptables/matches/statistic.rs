use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not};
use super::{Match, MatchState, Remembered, without_dashes, write_value};
use crate::chance::Chance;
use crate::message;

/// `-m statistic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticMatch {
    /// True for `threshold` of 2^31 packets.
    Random { threshold: u32, inverted: bool },
    /// True for one of `every` packets, `packet` of which came before the first.
    Nth { every: u32, packet: u32, inverted: bool },
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let nth_needs = "--every and --packet must be specified when using nth mode";
    match given.required(given.text("--mode"), "statistic", "--mode")? {
        "random" => {
            let message = "--probability must be specified when using random mode";
            let Some(super::super::argument::Value::Probability(threshold)) =
                given.find("--probability").map(|given| &given.value)
            else {
                return Err(given.wrong("--mode", message, "--probability", message!("advice-probability")));
            };
            let inverted = given.inverted("--probability");
            Ok(Match::Statistic(StatisticMatch::Random { threshold: *threshold, inverted }))
        }
        "nth" => {
            let Some(every) = given.number("--every") else {
                return Err(given.wrong("--mode", nth_needs, "--every", message!("advice-every-and-packet")));
            };
            let Some(packet) = given.number("--packet") else {
                let message = "statistic: option \"--every\" also requires \"--packet\".";
                return Err(given.wrong(
                    "--every",
                    message,
                    "--packet",
                    message!("advice-add-option", what = "--packet 0"),
                ));
            };
            if packet >= every {
                let advice = message!("advice-lower", what = "--packet");
                return Err(given.wrong(
                    "--packet",
                    "the --packet p must be 0 <= p <= n-1",
                    message!("expected-smaller"),
                    advice,
                ));
            }
            Ok(Match::Statistic(StatisticMatch::Nth { every, packet, inverted: given.inverted("--every") }))
        }
        other => Err(given.wrong(
            "--mode",
            format!("Bad mode \"{other}\""),
            message!("expected-either", one = "random", other = "nth"),
            message!("advice-one-of-the-two"),
        )),
    }
}

impl StatisticMatch {
    /// `statistic_mt`.
    pub(super) fn test(&self, chance: &mut Chance, memory: &mut Remembered<'_>) -> bool {
        match *self {
            Self::Random { threshold, inverted } => chance.statistic(threshold) != inverted,
            Self::Nth { every, packet, inverted } => {
                let last = every.saturating_sub(1);
                // `statistic_check` starts the count so that `packet` packets pass before the first hit.
                let MatchState::Nth(count) = memory.state(MatchState::Nth(last.saturating_sub(packet))) else {
                    return false;
                };
                *count = if *count == last { 0 } else { *count + 1 };
                (*count == 0) != inverted
            }
        }
    }

    pub fn write(&self, out: &mut String) {
        match *self {
            Self::Random { threshold, inverted } => {
                out.push_str(" --mode random");
                let probability = f64::from(threshold) / f64::from(Chance::STATISTIC_SCALE);
                write_value(out, inverted, "--probability", format_args!("{probability:.11}"));
            }
            Self::Nth { every, packet, inverted } => {
                out.push_str(" --mode nth");
                write_value(out, inverted, "--every", every);
                write_value(out, false, "--packet", packet);
            }
        }
    }

    /// `statistic_print`: a packet of 0 is not said.
    pub fn list(&self, out: &mut String) {
        out.push_str(" statistic");
        without_dashes(out, |out| match *self {
            Self::Nth { every, packet: 0, inverted } => {
                out.push_str(" --mode nth");
                write_value(out, inverted, "--every", every);
            }
            other => other.write(out),
        });
    }

    /// `statistic_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        to.add(&match *self {
            Self::Random { threshold, inverted } => {
                format!("meta random & {} {} {threshold}", i32::MAX, if inverted { ">=" } else { "<" })
            }
            Self::Nth { every, packet, inverted } => format!("numgen inc mod {every} {}{packet}", not(inverted)),
        });
    }
}
