//! The arithmetic of matmuls.

use crate::kernels::bf16::Unit;
use sparring_math::grammar::same;
use std::fmt;
use std::str::FromStr;

/// The arithmetic of matmuls and convolutions of `f32`.
///
/// The other two split numbers into terms of bf16 (the exponent of `f32`, 8 bits of mantissa) and multiply those in AMX tiles, where a machine has
/// them; elsewhere they give the same numbers, slowly ([`is_fast`](Self::is_fast)). Numbers from 3.39e38 on count as infinite there,
/// what is below 2⁻¹²⁶ as 0, and an output that meets something infinite may be NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Chains of fused multiply-adds in `f32`.
    #[default]
    F32,
    /// Three terms a number and the six largest of the nine products, summed in `f32`: the error of a sum is below that of the same sum
    /// in `f32`. Not `f32` arithmetic: other bits.
    Split6,
    /// One term a number, products summed in `f32`: factors have a relative error of up to 2⁻⁹. For proposals that are verified, such as the
    /// gradients of an attack.
    Bf16,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::F32, Self::Split6, Self::Bf16];
    const NAMES: [&str; 3] = ["f32", "split6", "bf16"];

    /// Whether this machine has the instructions for it. Requests AMX tiles from the system at the first call; `SPARRING_ISA` below
    /// `avx512` disables them.
    pub fn is_fast(self) -> bool {
        self == Self::F32 || Unit::new().has_tiles()
    }
    /// Terms of a number; `None` for plain `f32`.
    pub(crate) fn terms(self) -> Option<usize> {
        match self {
            Self::F32 => None,
            Self::Split6 => Some(3),
            Self::Bf16 => Some(1),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

/// Not the name of a [`Precision`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPrecision(String);

impl fmt::Display for UnknownPrecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no precision is called {:?}: there are {}", self.0, Precision::NAMES.join(", "))
    }
}
impl std::error::Error for UnknownPrecision {}

impl FromStr for Precision {
    type Err = UnknownPrecision;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let at = Self::NAMES.iter().position(|n| same(n, s));
        at.map(|i| Self::ALL[i]).ok_or_else(|| UnknownPrecision(s.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_others_are_refused() {
        for p in Precision::ALL {
            assert_eq!(p.to_string().parse(), Ok(p));
            assert_eq!(p.to_string().to_uppercase().parse(), Ok(p));
        }
        let refused = "fp8".parse::<Precision>().unwrap_err();
        assert_eq!(refused.to_string(), "no precision is called \"fp8\": there are f32, split6, bf16");
    }
}
