use std::fmt::Write as _;

use super::print::{VERSION, service_column, sorted_destinations, sorted_services};
use crate::ipvs::{Counts, Ipvs};

/// How large numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// From a hundred million on with K, M, G or T behind.
    #[default]
    Short,
    /// `--exact`
    Exact,
}

/// `ipvsadm -L -n --stats`: what was counted, as far as the kernel has read it, which it does every other second.
pub fn statistics(ipvs: &Ipvs, numbers: Numbers) -> String {
    let mut out = title(["Conns", "InPkts", "OutPkts", "InBytes", "OutBytes"]);
    for service in sorted_services(ipvs) {
        write_line(&mut out, &service_column(&service.key), 33, service.statistics.totals(ipvs.now()), numbers);
        for destination in sorted_destinations(ipvs, service) {
            let name = format!("  -> {:<28}", destination.config.real.to_string());
            write_line(&mut out, &name, 0, destination.statistics.totals(ipvs.now()), numbers);
        }
    }
    out
}

/// `ipvsadm -L -n --rate`: connections, packets and bytes in a second, as moving averages.
pub fn rates(ipvs: &Ipvs, numbers: Numbers) -> String {
    let mut out = title(["CPS", "InPPS", "OutPPS", "InBPS", "OutBPS"]);
    for service in sorted_services(ipvs) {
        write_line(&mut out, &service_column(&service.key), 33, service.statistics.rates(ipvs.now()), numbers);
        for destination in sorted_destinations(ipvs, service) {
            let rates = destination.statistics.rates(ipvs.now());
            // Writing to a String never fails; so in every function below.
            let _ = write!(out, "  -> {:<28}", destination.config.real.to_string());
            // The first three are never cut short.
            let Counts { connections, packets_in, packets_out, bytes_in, bytes_out } = rates;
            let _ = write!(out, " {connections:>8} {packets_in:>8} {packets_out:>8}");
            [bytes_in, bytes_out].into_iter().for_each(|bytes| write_number(&mut out, bytes, numbers));
            out.push('\n');
        }
    }
    out
}

/// `print_title`.
fn title(columns: [&str; 5]) -> String {
    let mut out = format!("{VERSION}{:<33}", "Prot LocalAddress:Port");
    for column in columns {
        let _ = write!(out, " {column:>8}");
    }
    out.push_str("\n  -> RemoteAddress:Port\n");
    out
}

fn write_line(out: &mut String, name: &str, width: usize, counts: Counts, numbers: Numbers) {
    let Counts { connections, packets_in, packets_out, bytes_in, bytes_out } = counts;
    let _ = write!(out, "{name:<width$}");
    for count in [connections, packets_in, packets_out, bytes_in, bytes_out] {
        write_number(out, count, numbers);
    }
    out.push('\n');
}

/// `print_largenum`.
fn write_number(out: &mut String, number: u64, numbers: Numbers) {
    const MILLION: u64 = 1_000_000;
    if numbers == Numbers::Exact {
        let _ = write!(out, " {number:>8}");
        return;
    }
    let (shown, unit) = match number {
        0..100_000_000 => {
            let _ = write!(out, "{number:>9}");
            return;
        }
        100_000_000..1_000_000_000 => (number / 1000, 'K'),
        1_000_000_000..100_000_000_000 => (number / MILLION, 'M'),
        100_000_000_000..100_000_000_000_000 => (number / (1000 * MILLION), 'G'),
        _ => (number / (MILLION * MILLION), 'T'),
    };
    let _ = write!(out, "{shown:>8}{unit}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_cut_short_unless_they_are_to_be_exact() {
        let written = |number, numbers| {
            let mut out = String::new();
            write_number(&mut out, number, numbers);
            out
        };
        // What `print_largenum` of ipvsadm 1.31 prints for these.
        let cases = [
            (99_999_999, " 99999999"),
            (100_000_000, "  100000K"),
            (999_999_999, "  999999K"),
            (1_000_000_000, "    1000M"),
            (100_000_000_000, "     100G"),
            (100_000_000_000_000, "     100T"),
        ];
        for (number, short) in cases {
            assert_eq!(written(number, Numbers::Short), short);
        }
        assert_eq!(written(7, Numbers::Exact), "        7");
        assert_eq!(written(1_234_567_890, Numbers::Exact), " 1234567890");
    }
}
