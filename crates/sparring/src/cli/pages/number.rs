//! Measured numbers in words: a dash where there is none.

/// With so many decimals; a dash if it is no number.
pub(crate) fn number(v: f64, decimals: usize) -> String {
    if v.is_finite() { format!("{v:.decimals$}") } else { "–".into() }
}

/// A fraction as a percentage with so many decimals; a dash if it is no number.
pub(crate) fn percent(fraction: f64, decimals: usize) -> String {
    let v = 100.0 * fraction;
    if v.is_finite() { format!("{v:.decimals$}\u{a0}%") } else { "–".into() }
}

/// A few digits of a number of any size.
pub(crate) fn short(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        size if (1e-3..1e6).contains(&size) => format!("{}", (v * 1e4).round() / 1e4),
        _ => format!("{v:.2e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_a_dash() {
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!((number(v, 5), percent(v, 1)), ("–".into(), "–".into()));
        }
        assert_eq!([0.0, 0.031_25, 64.0, 3.2e-7].map(short), ["0", "0.0313", "64", "3.20e-7"]);
        assert_eq!((number(0.5, 1), number(1.386_29, 3)), ("0.5".into(), "1.386".into()));
        assert_eq!((percent(0.667, 0), percent(0.1234, 1)), ("67\u{a0}%".into(), "12.3\u{a0}%".into()));
    }
}
