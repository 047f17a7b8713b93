//! Maxout: the largest of every `pieces` neighbours.
//!
//! gradient    dy goes to the first of the largest
//! edges       NaN among the neighbours gives NaN, whose gradient goes to the first NaN
//! source      Goodfellow et al. 2013, arXiv:1302.4389; 1-Lipschitz in l2

use super::{AboutRows, RowActivation};
use crate::Smoothness;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// yᵢ = max of x from `pieces`·i to `pieces`·(i + 1) − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxoutRows {
    /// Numbers that give one, 2 by default.
    pub pieces: usize,
}

impl Default for MaxoutRows {
    fn default() -> Self {
        Self { pieces: 2 }
    }
}

sparring_math::named! {
    MaxoutRows: "maxout", [], "Goodfellow et al. 2013, arXiv:1302.4389";
    pieces: Range::COUNT, "numbers of which the largest is taken";
}

/// Where the first of the largest is, or the first NaN.
fn largest<E: Real>(x: &[E]) -> usize {
    let mut at = 0;
    for (i, &v) in x.iter().enumerate() {
        if !x[at].is_nan() && (v.is_nan() || v > x[at]) {
            at = i;
        }
    }
    at
}

impl<E: Real> RowActivation<E> for MaxoutRows {
    fn about_rows(&self) -> AboutRows {
        let formula = "max of every `pieces` neighbours";
        AboutRows {
            name: Self::NAME,
            formula,
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(1.0),
            smoothness: Smoothness::C0,
        }
    }
    fn outputs(&self, width: usize) -> Option<usize> {
        (self.pieces > 0 && width.is_multiple_of(self.pieces)).then(|| width / self.pieces)
    }
    fn row(&self, x: &[E], y: &mut [E]) {
        for (x, y) in x.chunks_exact(self.pieces).zip(y) {
            *y = x[largest(x)];
        }
    }
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        dx.fill(E::ZERO);
        for ((x, &dy), dx) in x.chunks_exact(self.pieces).zip(dy).zip(dx.chunks_exact_mut(self.pieces)) {
            dx[largest(x)] = dy;
        }
    }
}
