//! The space without a box in which Carlini and Wagner's attacks walk.
//!
//! x = m + r tanh w, m and r the middle and the half width of the box; w of 0.999999 of an example, so that no w is infinite
//! source  Carlini and Wagner 2017, arXiv:1608.04644, section V

use sparring_oracle::Bounds;

/// How far from the middle an example is seen, so that no w is infinite.
const WITHIN: f32 = 0.999_999;

/// The map between the two spaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tanh {
    middle: f32,
    half: f32,
    bounds: Bounds,
}

impl Tanh {
    pub(crate) fn of(bounds: Bounds) -> Self {
        let (lo, hi) = (bounds.lo(), bounds.hi());
        Self { middle: (lo + hi) / 2.0, half: (hi - lo) / 2.0, bounds }
    }
    /// Where w of an example leads back to.
    pub(crate) fn seen(&self, x: f32) -> f32 {
        self.middle + self.half * (WITHIN * ((x - self.middle) / self.half))
    }
    /// w of a point.
    pub(crate) fn enter(&self, x: &[f32], w: &mut [f32]) {
        for (w, &x) in w.iter_mut().zip(x) {
            *w = (WITHIN * ((x - self.middle) / self.half)).atanh();
        }
    }
    /// The point of w.
    pub(crate) fn leave(&self, w: &[f32], point: &mut [f32]) {
        for (p, &w) in point.iter_mut().zip(w) {
            *p = self.bounds.clip(self.middle + self.half * w.tanh());
        }
    }
    /// dx/dw at the point x.
    pub(crate) fn derivative(&self, x: f32) -> f32 {
        let t = (x - self.middle) / self.half;
        self.half * (1.0 - t * t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_the_derivative_between() {
        let space = Tanh::of(Bounds::new(-1.0, 3.0).unwrap());
        let x = [-1.0, -0.4, 1.0, 2.9, 3.0];
        let (mut w, mut back) = ([0.0; 5], [0.0; 5]);
        space.enter(&x, &mut w);
        space.leave(&w, &mut back);
        assert!(w.iter().all(|w| w.is_finite()));
        for ((x, back), w) in x.iter().zip(back).zip(w) {
            assert!((back - space.seen(*x)).abs() < 1e-6 && (back - x).abs() < 1e-5, "{x} {back}");
            let (mut up, mut down) = ([0.0], [0.0]);
            space.leave(&[w + 1e-2], &mut up);
            space.leave(&[w - 1e-2], &mut down);
            let rise = (up[0] - down[0]) / 2e-2;
            assert!((rise - space.derivative(back)).abs() < 1e-3, "{x}: {rise}");
        }
    }
}
