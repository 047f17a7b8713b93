//! sin(w x), by the vectorisable formulas or those with a branch.

use sparring_math::Real;

/// sin x; with `NEAR`, |x| is known to be in reach.
#[inline(always)]
pub(crate) fn sine<const NEAR: bool, E: Real>(x: E) -> E {
    if NEAR { x.sin_near() } else { x.sin() }
}

/// cos x; with `NEAR`, |x| is known to be in reach.
#[inline(always)]
pub(crate) fn cosine<const NEAR: bool, E: Real>(x: E) -> E {
    if NEAR { x.cos_near() } else { x.cos() }
}

/// sin(w x).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sine<const NEAR: bool>(pub(crate) f64);

impl<const NEAR: bool> Sine<NEAR> {
    /// f(x).
    #[inline(always)]
    pub(crate) fn f<E: Real>(&self, x: E) -> E {
        sine::<NEAR, E>(E::of(self.0) * x)
    }
    /// f'(x).
    #[inline(always)]
    pub(crate) fn df<E: Real>(&self, x: E) -> E {
        let w = E::of(self.0);
        w * cosine::<NEAR, E>(w * x)
    }
    /// f''(x).
    #[inline(always)]
    pub(crate) fn d2f<E: Real>(&self, x: E) -> E {
        let w = E::of(self.0);
        -(w * w) * sine::<NEAR, E>(w * x)
    }
}
