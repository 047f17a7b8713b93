//! Numbers as a reader wants them.

use super::scale::Scale;

/// How the numbers of an axis are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TickFormat {
    /// As it is: `0.25`, `12 000`, `3×10⁻⁵`.
    #[default]
    Number,
    /// A fraction of 1 as a percentage: 0.25 is `25 %`.
    Percent,
    /// The same, with two decimals where a value stands alone: `82.85 %`.
    FinePercent,
}

impl TickFormat {
    /// Labels of `ticks`, with the decimals that tell neighbours apart.
    pub(super) fn labels(self, ticks: &[f64], scale: Scale) -> Vec<String> {
        let percent = self != Self::Number;
        let factor = if percent { 100.0 } else { 1.0 };
        let largest = ticks.iter().fold(0.0f64, |m, t| m.max((t * factor).abs()));
        let smallest =
            ticks.iter().map(|t| (t * factor).abs()).filter(|&t| t > 0.0).fold(f64::INFINITY, f64::min);
        // Ticks a decade apart share no decimals: each gets its own form.
        let apart = scale == Scale::Log10 && largest >= 9.0 * smallest;
        let scientific = largest >= 1e6 || (largest > 0.0 && largest < 1e-3) || (apart && smallest < 1e-3);
        let decimals = ticks.iter().map(|t| decimals(t * factor)).max().unwrap_or(0);
        ticks
            .iter()
            .map(|&t| {
                let v = t * factor;
                let mut text = match (scientific, apart) {
                    (true, _) => power_of_ten(v),
                    (false, true) => grouped(v, self::decimals(v)),
                    (false, false) => grouped(v, decimals),
                };
                if percent {
                    text.push_str("\u{a0}%");
                }
                text
            })
            .collect()
    }

    /// One value with three significant digits, or one or two decimals of a percent.
    pub(super) fn value(self, v: f64) -> String {
        match self {
            Self::Percent => format!("{}\u{a0}%", grouped(v * 100.0, 1)),
            Self::FinePercent => format!("{}\u{a0}%", grouped(v * 100.0, 2)),
            Self::Number if v != 0.0 && (v.abs() < 1e-3 || v.abs() >= 1e6) => power_of_ten(v),
            Self::Number => {
                let whole = v.abs().max(1e-9).log10().floor() as i32;
                let text = grouped(v, (3 - whole).clamp(0, 6) as usize);
                trimmed(text)
            }
        }
    }
}

/// Fewest decimals (at most 9) that write `v` to nine significant digits.
fn decimals(v: f64) -> usize {
    (0..9)
        .find(|&d| (v - format!("{v:.d$}").parse::<f64>().unwrap_or(v)).abs() <= 1e-9 * v.abs())
        .unwrap_or(9)
}

/// `v` with a true minus sign and thin spaces between thousands from 10 000 on.
fn grouped(v: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", v.abs());
    let (whole, part) = plain.split_once('.').map_or((plain.as_str(), None), |(w, p)| (w, Some(p)));
    let mut out = String::new();
    let zero = plain.bytes().all(|b| b == b'0' || b == b'.');
    if v < 0.0 && !zero {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && whole.len() > 4 && (whole.len() - i).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `v` as 10ⁿ, or m×10ⁿ with up to two decimals.
fn power_of_ten(v: f64) -> String {
    if v == 0.0 {
        return "0".into();
    }
    let text = format!("{:.2e}", v.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = trimmed(mantissa.to_owned());
    let raised: String = exponent
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            digit => digit
                .to_digit(10)
                .map_or(digit, |d| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][d as usize]),
        })
        .collect();
    let sign = if v < 0.0 { "−" } else { "" };
    if mantissa == "1" { format!("{sign}10{raised}") } else { format!("{sign}{mantissa}×10{raised}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_agree_on_decimals() {
        assert_eq!(TickFormat::Number.labels(&[0.0, 0.05, 0.1], Scale::Linear), ["0.00", "0.05", "0.10"]);
        assert_eq!(TickFormat::Number.labels(&[-1.0, 0.0, 1.0], Scale::Linear), ["−1", "0", "1"]);
        assert_eq!(TickFormat::Number.labels(&[5000.0, 10000.0], Scale::Linear), ["5000", "10\u{2009}000"]);
        assert_eq!(
            TickFormat::Percent.labels(&[0.0, 0.5, 1.0], Scale::Linear),
            ["0\u{a0}%", "50\u{a0}%", "100\u{a0}%"]
        );
        assert_eq!(TickFormat::Percent.labels(&[0.975, 1.0], Scale::Linear), ["97.5\u{a0}%", "100.0\u{a0}%"]);
        assert_eq!(TickFormat::Number.labels(&[], Scale::Linear), [""; 0]);
    }

    #[test]
    fn wide_axes_use_powers() {
        assert_eq!(TickFormat::Number.labels(&[1e-5, 1e-3, 0.1], Scale::Log10), ["10⁻⁵", "10⁻³", "10⁻¹"]);
        assert_eq!(TickFormat::Number.labels(&[0.01, 1.0, 100.0], Scale::Log10), ["0.01", "1", "100"]);
        assert_eq!(TickFormat::Number.labels(&[0.0, 2e6, 4e6], Scale::Linear), ["0", "2×10⁶", "4×10⁶"]);
    }

    #[test]
    fn values_are_short() {
        assert_eq!(TickFormat::Percent.value(0.9789), "97.9\u{a0}%");
        assert_eq!(TickFormat::Number.value(0.016828), "0.01683");
        assert_eq!(TickFormat::Number.value(12.0), "12");
        assert_eq!(TickFormat::Number.value(-2.5e-7), "−2.5×10⁻⁷");
        assert_eq!(TickFormat::Number.value(0.0), "0");
    }
}
