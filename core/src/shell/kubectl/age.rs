use super::kind::Kind;
use super::proxies;
use crate::k8s::NamespacedName;
use crate::lab::Lab;
use crate::netfilter::Seconds;

/// When an object was made, by the lab's clock, which began with the objects of the text.
pub(super) fn born(lab: &Lab, kind: Kind, name: &NamespacedName) -> Seconds {
    match kind {
        Kind::Object(resource) => {
            proxies::born(lab, name).unwrap_or_else(|| lab.born(resource.kind(), &resource.shown(name)))
        }
        // Those of a Service are made with it.
        Kind::Endpoints => lab.born("Service", &name.to_string()),
        Kind::ConfigMap | Kind::Namespace => 0,
    }
}

/// The AGE of an object (`translateTimestampSince`).
pub(super) fn age(lab: &Lab, kind: Kind, name: &NamespacedName) -> String {
    human(lab.now.saturating_sub(born(lab, kind, name)))
}

/// `duration.HumanDuration` of k8s.io/apimachinery.
fn human(seconds: Seconds) -> String {
    const MINUTE: Seconds = 60;
    const HOUR: Seconds = 60 * MINUTE;
    const DAY: Seconds = 24 * HOUR;
    const YEAR: Seconds = 365 * DAY;
    let with = |unit: Seconds, name: &str, part: Seconds, part_name: &str| match seconds % unit / part {
        0 => format!("{}{name}", seconds / unit),
        rest => format!("{}{name}{rest}{part_name}", seconds / unit),
    };
    match seconds {
        0..=119 => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => with(MINUTE, "m", 1, "s"),
        _ if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < 8 * HOUR => with(HOUR, "h", MINUTE, "m"),
        _ if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 8 * DAY => with(DAY, "d", HOUR, "h"),
        _ if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        _ if seconds < 8 * YEAR => with(YEAR, "y", DAY, "d"),
        _ => format!("{}y", seconds / YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::human;

    /// The table of `TestHumanDurationBoundaries`' rules.
    #[test]
    fn durations_are_rounded_as_people_read_them() {
        let cases = [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (130, "2m10s"),
            (599, "9m59s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (14_400 + 61, "4h1m"),
            (28_800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (176_400, "2d1h"),
            (691_200, "8d"),
            (63_072_000, "2y"),
            (63_158_400, "2y1d"),
            (252_288_000, "8y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human(seconds), text, "{seconds}");
        }
    }
}
