//! Numbers on the command line: refused by clap, with the flag's name, before any work.

use sparring::math::named::Value;
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

/// A number or a fraction of two, as parameters are read.
fn number(text: &str) -> Option<f64> {
    let mut read = 0.0_f64;
    read.read(text).ok().map(|()| read)
}

/// In [0, 1].
pub(crate) fn share(text: &str) -> Result<f64, String> {
    match number(text) {
        Some(v) if (0.0..=1.0).contains(&v) => Ok(v),
        _ => Err("must be a number from 0 to 1".into()),
    }
}

/// What randomness begins from.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("must be a whole number from 0 to {}", u64::MAX))
}

/// Finite and above 0.
pub(crate) fn above_zero(text: &str) -> Result<f64, String> {
    match number(text) {
        Some(v) if v.is_finite() && v > 0.0 => Ok(v),
        _ => Err("must be a finite number above 0".into()),
    }
}

/// Finite and at least 0.
pub(crate) fn at_least_zero(text: &str) -> Result<f64, String> {
    match number(text) {
        Some(v) if v.is_finite() && v >= 0.0 => Ok(v),
        _ => Err("must be a finite number, at least 0".into()),
    }
}

/// An attack budget: finite and above 0, a number or a fraction such as 8/255.
fn budget(text: &str) -> Result<f32, String> {
    let mut read = 0.0_f32;
    let parsed = read.read(text).ok().map(|()| read);
    parsed.filter(|v| v.is_finite() && *v > 0.0).ok_or_else(|| {
        "must be a finite number above 0, in pixels of [0, 1]: 0.1, or a fraction such as 8/255".to_string()
    })
}

/// A [`budget`] in a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Budget(pub(crate) f32);

impl std::str::FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        budget(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{above_zero, budget, share};

    #[test]
    fn budgets_are_numbers_or_fractions_above_0() {
        assert_eq!(budget("0.3"), Ok(0.3));
        assert_eq!(budget(" 8 / 255 "), Ok(8.0 / 255.0));
        assert_eq!((above_zero("1/1000"), share("1/3")), (Ok(1e-3), Ok(1.0 / 3.0)));
        assert!(above_zero("1/0").is_err() && share("4/3").is_err());
        for text in ["-1", "0", "-0", "nan", "inf", "1/0", "-8/255", "8/", "/255", "8/255/2", "", "1e-60"] {
            assert!(budget(text).is_err_and(|why| why.contains("above 0")), "{text:?}");
        }
    }
}
