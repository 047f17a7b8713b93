//! Whether zeros may be skipped: 0 · ∞ is not 0.

use crate::Elem;
use sparring_math::simd::{self, Isa};

/// Whether all numbers are finite.
pub(super) fn finite<E: Elem>(isa: Isa, x: &[E]) -> bool {
    simd::dispatch_on(isa, Finite(x))
}

struct Finite<'a, E>(&'a [E]);

impl<E: Elem> simd::Kernel for Finite<'_, E> {
    type Output = bool;
    #[inline(always)]
    fn run(self) -> bool {
        // No early end: the loop is to be vectorised, and almost always goes to the end.
        self.0.iter().fold(true, |all, x| all & x.is_finite())
    }
}
