/// How well counts fit what chance should make of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    pub statistic: f64,
    pub degrees: u32,
    /// How often a fair draw is at least as far from what is expected, 0 to 1.
    pub probability: f64,
}

impl ChiSquare {
    /// Of counts with the probability of each. None where there is nothing to compare: fewer than two outcomes, one
    /// that cannot be, or an expected count below 5, where the approximation does not hold.
    pub fn of(counts: &[(u32, f64)]) -> Option<Self> {
        let total: f64 = counts.iter().map(|(count, _)| f64::from(*count)).sum();
        let expected = |probability: &f64| total * probability;
        let is_fit = counts.len() >= 2 && counts.iter().all(|(_, probability)| expected(probability) >= 5.0);
        is_fit.then(|| {
            let term = |(count, probability): &(u32, f64)| {
                let expected = expected(probability);
                (f64::from(*count) - expected).powi(2) / expected
            };
            let statistic = counts.iter().map(term).sum();
            let degrees = u32::try_from(counts.len() - 1).unwrap_or(u32::MAX);
            Self { statistic, degrees, probability: upper_tail(statistic, degrees) }
        })
    }
}

/// The upper tail of the chi-square distribution for a whole number of degrees of freedom (Abramowitz and Stegun,
/// 26.4.4 and 26.4.5).
fn upper_tail(statistic: f64, degrees: u32) -> f64 {
    let half = statistic / 2.0;
    let (mut sum, mut term, mut step) = if degrees.is_multiple_of(2) {
        (0.0, (-half).exp(), 1.0)
    } else {
        let first = 2.0 * (half / std::f64::consts::PI).sqrt() * (-half).exp();
        (libm::erfc(half.sqrt()), first, 1.5)
    };
    for _ in 0..degrees / 2 {
        sum += term;
        term *= half / step;
        step += 1.0;
    }
    sum.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::{ChiSquare, upper_tail};

    /// The critical values that every textbook prints: degrees of freedom, then for 0.95, 0.5, 0.05 and 0.001.
    const TABLE: &[(u32, [f64; 4])] = &[
        (1, [0.003_932, 0.454_936, 3.841_459, 10.827_566]),
        (2, [0.102_587, 1.386_294, 5.991_465, 13.815_511]),
        (3, [0.351_846, 2.365_974, 7.814_728, 16.266_236]),
        (4, [0.710_723, 3.356_694, 9.487_729, 18.466_827]),
        (9, [3.325_113, 8.342_833, 16.918_978, 27.877_165]),
        (30, [18.492_661, 29.336_032, 43.772_972, 59.703_064]),
    ];

    #[test]
    fn tails_are_those_of_the_tables() {
        for (degrees, values) in TABLE {
            for (value, tail) in values.iter().zip([0.95, 0.5, 0.05, 0.001]) {
                let found = upper_tail(*value, *degrees);
                assert!((found - tail).abs() < 2e-5, "{degrees} degrees, {value}: {found}, not {tail}");
            }
        }
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        assert_eq!(ChiSquare::of(&[(100, 1.0)]), None);
        assert_eq!(ChiSquare::of(&[(3, 0.5), (2, 0.5)]), None);
        assert_eq!(ChiSquare::of(&[(10, 0.0), (10, 1.0)]), None);
        let even = ChiSquare::of(&[(50, 0.5), (50, 0.5)]).expect("two outcomes");
        assert_eq!((even.statistic, even.degrees, even.probability), (0.0, 1, 1.0));
    }
}
