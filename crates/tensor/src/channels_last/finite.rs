//! Whether zeros may be skipped (0 · ∞ is not 0), and whether there are enough of them.

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
        // No early exit: the loop vectorises, and almost always runs to the end.
        self.0.iter().fold(true, |all, x| all & x.is_finite())
    }
}

/// Whether more than `most` numbers are not 0, so that a list of them does not pay.
pub(super) fn is_dense<E: Elem>(isa: Isa, x: &[E], most: usize) -> bool {
    // Reserved now, so that no later step allocates, whatever its zeros.
    E::lists().with_borrow_mut(|lists| lists.reserve(x.len()));
    most == 0 || more_nonzeros(isa, x, most)
}

/// Usually decided after a fraction of them, long before a list is complete.
fn more_nonzeros<E: Elem>(isa: Isa, x: &[E], most: usize) -> bool {
    const PART: usize = 512;
    let mut count = 0;
    x.chunks(PART).any(|x| {
        count += simd::dispatch_on(isa, Nonzeros(x)) as usize;
        count > most
    })
}

struct Nonzeros<'a, E>(&'a [E]);

impl<E: Elem> simd::Kernel for Nonzeros<'_, E> {
    type Output = u32;
    #[inline(always)]
    fn run(self) -> u32 {
        self.0.iter().map(|&x| u32::from(x != E::ZERO)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonzeros_are_counted() {
        let x: Vec<f32> = (0..1500).map(|i| if i % 3 == 0 { 1.0 } else { -0.0 }).collect();
        let isa = simd::isa();
        assert!(
            more_nonzeros(isa, &x, 499) && !more_nonzeros(isa, &x, 500) && !more_nonzeros::<f32>(isa, &[], 0)
        );
    }
}
