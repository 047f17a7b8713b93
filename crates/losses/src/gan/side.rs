//! Whose loss it is.

use crate::lanes::{self, Pointwise};
use crate::targets::assert_length;
use sparring_math::Real;

/// Whose loss is asked for, and about which example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Side {
    /// The critic's loss on a real example.
    Real,
    /// The critic's loss on a generated example.
    Fake,
    /// The generator's loss on its own example.
    Generator,
}

/// `sign_out · softplus(sign_in · z)`, mean over the row: all the losses here have this form.
#[derive(Clone, Copy)]
pub(super) struct Softplus {
    pub sign_in: f64,
    pub sign_out: f64,
}

/// `softplus(sign · z)`.
#[derive(Clone, Copy)]
struct Signed<E>(E);

impl<E: Real> Pointwise<E> for Signed<E> {
    #[inline(always)]
    fn at(self, z: E, _: E) -> (E, E) {
        let c = self.0 * z;
        (c.softplus(), self.0 * c.sigmoid())
    }

    #[inline(always)]
    fn curvature(self, z: E) -> E {
        let tail = (-z.abs()).sigmoid();
        tail * (E::ONE - tail)
    }
}

impl Softplus {
    #[track_caller]
    pub fn eval<E: Real>(self, name: &str, z: &[E], dz: &mut [E]) -> E {
        assert_length(name, z.len(), "dz", dz.len());
        lanes::eval(z, z, dz, E::of(self.sign_out / z.len() as f64), Signed(E::of(self.sign_in)))
    }

    #[track_caller]
    pub fn hvp<E: Real>(self, name: &str, z: &[E], v: &[E], out: &mut [E]) {
        assert_length(name, z.len(), "v", v.len());
        assert_length(name, z.len(), "out", out.len());
        lanes::hvp(z, v, out, E::of(self.sign_out / z.len() as f64), Signed(E::of(self.sign_in)));
    }
}
