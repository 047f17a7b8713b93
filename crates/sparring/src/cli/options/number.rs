//! Numbers on the command line: refused by clap, with the flag's name, before any work.

use std::num::IntErrorKind;

/// The largest count of anything: no step, epoch or image beyond it would ever come.
const MOST: usize = 1_000_000_000_000;

/// A count of at least 1.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    let too_many = || Err(format!("must be at most {MOST}"));
    match text.parse::<usize>() {
        Ok(n) if n > MOST => too_many(),
        Ok(n) if n > 0 => Ok(n),
        Err(e) if *e.kind() == IntErrorKind::PosOverflow => too_many(),
        _ => Err("must be a whole number, 1 or above".into()),
    }
}

/// A count that may be 0.
pub(crate) fn whole(text: &str) -> Result<usize, String> {
    if text == "0" {
        Ok(0)
    } else {
        count(text).map_err(|_| format!("must be a whole number from 0 to {MOST}"))
    }
}

/// In [0, 1].
pub(crate) fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(v) if (0.0..=1.0).contains(&v) => Ok(v),
        _ => Err("must be a number from 0 to 1".into()),
    }
}

/// What randomness begins from.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("must be a whole number from 0 to {}", u64::MAX))
}

/// Finite and above 0.
pub(crate) fn above_zero(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(v) if v.is_finite() && v > 0.0 => Ok(v),
        _ => Err("must be a finite number above 0".into()),
    }
}

/// In [0, 1).
pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(v) if (0.0..1.0).contains(&v) => Ok(v),
        _ => Err("must be at least 0 and below 1".into()),
    }
}

/// An attack budget: finite, 0 or above.
pub(crate) fn budget(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(v) if v.is_finite() && v >= 0.0 => Ok(v),
        _ => Err("must be a finite number, 0 or above".into()),
    }
}
