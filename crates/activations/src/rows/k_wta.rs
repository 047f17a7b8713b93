//! k-WTA (k winners take all): the largest numbers of a row stay, the others become 0.
//!
//! gradient    dy where a number stays, 0 elsewhere
//! edges       numbers equal to the smallest that stays all stay, as in the authors' code; NaN in a row makes all of it NaN
//! source      Xiao, Zhong, Zheng 2020, arXiv:1905.10510. It jumps wherever the order changes: no Lipschitz constant, and no robustness by it, its
//!             gradients only mislead attacks (Tramèr et al. 2020, arXiv:2002.08347)

use super::{AboutRows, RowActivation};
use crate::Smoothness;
use sparring_math::Real;
use sparring_math::named::{Named, Range};
use std::cmp::Ordering;

/// Keeps the ⌊`fraction` · width⌋ largest numbers, at least 1, and what equals the smallest of them.
///
/// ```
/// use sparring_activations::{RowActivation, rows::KWta};
///
/// let mut y = [9.0f32; 4];
/// KWta { fraction: 0.5 }.forward_rows(4, &[1.0, -2.0, 3.0, 0.5], &mut y);
/// assert_eq!(y, [1.0, 0.0, 3.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KWta {
    /// How much of a row stays, 0.1 by default.
    pub fraction: f64,
}

impl Default for KWta {
    fn default() -> Self {
        Self { fraction: 0.1 }
    }
}

sparring_math::named! {
    KWta: "k_wta", [], "Xiao, Zhong, Zheng 2020, arXiv:1905.10510";
    fraction: Range::above_to(0.0, 1.0), "how much of a row stays";
}

impl KWta {
    /// Writes `kept(i)` where number i of x stays and 0 elsewhere; NaN everywhere if x has one.
    fn write<E: Real>(&self, x: &[E], out: &mut [E], kept: impl Fn(usize) -> E) {
        if let Some(&nan) = x.iter().find(|x| x.is_nan()) {
            out.fill(nan);
            return;
        }
        let k = ((self.fraction * x.len() as f64) as usize).clamp(1, x.len());
        let mut values = x.to_vec();
        let from_largest = |a: &E, b: &E| b.partial_cmp(a).unwrap_or(Ordering::Equal);
        let (_, &mut smallest, _) = values.select_nth_unstable_by(k - 1, from_largest);
        for (i, (out, &x)) in out.iter_mut().zip(x).enumerate() {
            *out = if x >= smallest { kept(i) } else { E::ZERO };
        }
    }
}

impl<E: Real> RowActivation<E> for KWta {
    fn about_rows(&self) -> AboutRows {
        let formula = "x_i if it is among the k largest, 0 otherwise";
        AboutRows {
            name: Self::NAME,
            formula,
            source: Self::PAPER,
            range: (None, None),
            lipschitz: None,
            smoothness: Smoothness::Jumps,
        }
    }
    fn outputs(&self, width: usize) -> Option<usize> {
        Some(width)
    }
    fn row(&self, x: &[E], y: &mut [E]) {
        self.write(x, y, |i| x[i]);
    }
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        self.write(x, dx, |i| dy[i]);
    }
}
