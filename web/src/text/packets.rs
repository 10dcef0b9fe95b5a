//! What is said about packets, what they cost, and the ruleset.

use super::say;

pub mod transport {
    use super::say;

    pub const PACES: [&str; 4] = ["½×", "1×", "2×", "5×"];

    pub fn packet(index: usize) -> String {
        match index {
            0 => say!("transport-first-packet"),
            _ => say!("transport-packet", number = index + 1),
        }
    }
}

pub mod because {
    use super::say;

    pub fn count(at: Option<usize>, lines: usize) -> String {
        match at {
            Some(at) => say!("because-line", at = at + 1, lines = lines),
            None => say!("because-count", lines = lines),
        }
    }
}

pub mod answers {
    use datapath_core::lab::{Answer, ChiSquare, LaneAnswers};

    use super::say;
    use crate::text;

    pub const NO_CHANCE: &str = "–";

    pub fn progress(done: usize, all: usize, is_running: bool) -> String {
        if is_running { say!("answers-opening", count = done, all = all) } else { say!("answers-opened", count = done) }
    }

    pub fn chance(answer: &Answer) -> String {
        format!("{:.1} %", answer.probability * 100.0)
    }

    /// `3,333.3`
    pub fn expected(count: Option<f64>) -> String {
        let Some(count) = count else {
            return NO_CHANCE.to_owned();
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of some connections")]
        let tenths = (count * 10.0).round() as usize;
        format!("{}.{}", text::number(tenths / 10), tenths % 10)
    }

    /// How many connections, how many backends are not in the picture, and how well each lane fits.
    pub fn about<'a>(of: String, more: usize, lanes: impl Iterator<Item = LaneAnswers<'a>>) -> String {
        let fits = lanes.filter_map(|lane| {
            let ChiSquare { statistic, degrees, probability } = lane.fit()?;
            let (statistic, p) = (format!("{statistic:.2}"), format!("{probability:.2}"));
            Some(say!(
                "answers-fit-short",
                mode = text::mode(lane.mode),
                statistic = statistic,
                degrees = degrees,
                p = p
            ))
        });
        let more = (more > 0).then(|| say!("answers-more", count = more));
        std::iter::once(of).chain(more).chain(fits).collect::<Vec<_>>().join(" ")
    }

    /// `0.667 × 0.500`: what was drawn on the way, where it was more than once.
    pub fn draws(answer: &Answer) -> Option<String> {
        let draws = answer.draws.iter().map(|draw| format!("{:.3}", draw.probability));
        (answer.draws.len() > 1).then(|| draws.collect::<Vec<_>>().join(" × "))
    }

    pub fn fit(statistic: f64, degrees: u32, probability: f64) -> String {
        let (statistic, percent) = (format!("{statistic:.2}"), format!("{:.0}", probability * 100.0));
        say!("answers-fit", statistic = statistic, degrees = degrees, percent = percent)
    }
}

pub mod compare {
    use super::say;

    /// `3rd`
    pub fn nth(index: usize) -> String {
        let number = index + 1;
        let ending = match number % 100 {
            11..=13 => "other",
            _ => ["other", "one", "two", "few"].get(number % 10).copied().unwrap_or("other"),
        };
        say!("compare-nth", number = number, ending = ending)
    }
}

pub mod published {
    use super::say;

    pub const NOT_RUN: &str = "–";

    /// `13.6`
    pub fn microseconds(time: f64) -> String {
        format!("{time:.1}")
    }

    /// `49–156`, and what the model makes of it.
    pub fn bar(p50: u32, p99: u32, estimate: Option<f64>) -> String {
        match estimate {
            Some(time) => say!("published-bar-model", p50 = p50, p99 = p99, time = microseconds(time)),
            None => say!("published-bar", p50 = p50, p99 = p99),
        }
    }
}

pub mod structure {
    use super::say;

    pub fn vertex(label: &str, is_dead: bool) -> String {
        if is_dead { say!("structure-dead-vertex", label = label) } else { label.to_owned() }
    }

    pub fn above(chain: &str, above: &[String], is_reached: bool) -> String {
        match (is_reached, above) {
            (false, _) => say!("structure-not-reached", chain = chain),
            (true, []) => say!("structure-reached-directly", chain = chain),
            (true, above) => say!("structure-reached-through", chain = chain, above = above.join(" → ")),
        }
    }

    pub fn dead(chains: usize, rules: usize, more: usize) -> String {
        let more = if more > 0 { "yes" } else { "no" };
        say!("structure-dead", chains = chains, rules = rules, more = more)
    }
}

pub mod cluster {
    use super::say;
    use crate::shelf::Unkept;

    pub const NODE_COMMANDS: &str = "iptables-save; ip6tables-save; nft list ruleset; ipset save; ipvsadm -S -n; \
        conntrack -L; ip addr; ip route";
    pub const COMMAND: &str =
        "kubectl get svc,endpointslices,nodes,pods,deployments,replicasets,statefulsets,daemonsets -A -o yaml";

    pub fn unkept(why: Unkept) -> String {
        match why {
            Unkept::Forbidden => say!("cluster-unkept-forbidden"),
            Unkept::Elsewhere => say!("cluster-unkept-elsewhere"),
            Unkept::Full(bytes) => say!("cluster-unkept-full", kilobytes = bytes.div_ceil(1_000)),
        }
    }

    pub fn reading(bytes: usize) -> String {
        let tenths = bytes / 100_000;
        if tenths == 0 {
            return say!("cluster-reading");
        }
        say!("cluster-reading-size", megabytes = format!("{}.{}", tenths / 10, tenths % 10))
    }
}

pub mod connections {
    use super::say;

    pub const STEPS: [u64; 4] = [1, 10, 60, 3_600];

    pub fn step(seconds: u64) -> String {
        match seconds {
            3_600.. => say!("connections-hours", count = seconds / 3_600),
            60.. => say!("connections-minutes", count = seconds / 60),
            _ => say!("connections-seconds", count = seconds),
        }
    }

    /// `Clock: 1:02:03`
    pub fn clock(now: u64) -> String {
        say!("connections-clock", time = format!("{}:{:02}:{:02}", now / 3_600, now / 60 % 60, now % 60))
    }
}
