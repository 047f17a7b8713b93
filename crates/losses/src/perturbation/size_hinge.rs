//! What a perturbation costs beyond a size.

use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// max(‖δ‖₂ − c, 0) of the perturbation of one example.
///
/// Gradient δ / ‖δ‖₂ where it is longer than `c`, else 0. The mean over examples is the caller's. The length is taken of the perturbation over its largest number, so that no square over- or underflows.
///
/// Extremes: an infinite number gives +∞ and a gradient of NaN; NaN stays NaN.
///
/// Source: Xiao et al. 2018, arXiv:1801.02610, equation 3; Liu et al. 2017, arXiv:1611.02770.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::SizeHinge;
/// let mut d = [0.0; 2];
/// assert_eq!(SizeHinge { bound: 1.0 }.eval(&[3.0_f64, -4.0], &mut d), 4.0);
/// assert_eq!(d, [0.6, -0.8]);
/// assert_eq!((SizeHinge { bound: 5.0 }.eval(&[3.0_f64, -4.0], &mut d), d), (0.0, [0.0; 2]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeHinge {
    /// The length that costs nothing, in units of the input.
    pub bound: f64,
}

impl Default for SizeHinge {
    /// Every length costs.
    fn default() -> Self {
        Self { bound: 0.0 }
    }
}

sparring_math::named! {
    SizeHinge: "size-hinge", [], "Xiao et al. 2018, arXiv:1801.02610";
    bound: Range::at_least(0.0), "the length that costs nothing, in units of the input";
}

impl SizeHinge {
    /// What the perturbation costs; the gradient at it is overwritten.
    #[track_caller]
    pub fn eval<E: Real>(&self, delta: &[E], d_delta: &mut [E]) -> E {
        assert_length(Self::NAME, delta.len(), "d_delta", d_delta.len());
        let mut top = E::ZERO;
        for d in delta {
            // A NaN goes through.
            top = if d.abs() > top || d.is_nan() { d.abs() } else { top };
        }
        if top.is_nan() {
            d_delta.fill(top);
            return top;
        }
        if top == E::of(f64::INFINITY) {
            d_delta.fill(E::of(f64::NAN));
            return top;
        }
        d_delta.fill(E::ZERO);
        if top == E::ZERO {
            return E::ZERO;
        }
        let mut sum = E::ZERO;
        for d in delta {
            sum += (*d / top) * (*d / top);
        }
        let length = sum.sqrt();
        let over = top * length - E::of(self.bound);
        if over <= E::ZERO {
            return E::ZERO;
        }
        d_delta.iter_mut().zip(delta).for_each(|(to, d)| *to = *d / top / length);
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    #[test]
    fn gradients_are_differences() {
        let h = 1e-6;
        for (n, bound) in [(1, 0.0), (3, 0.5), (40, 2.0), (40, 100.0)] {
            let delta = noise(n, 5);
            let at = |delta: &[f64]| SizeHinge { bound }.eval(delta, &mut vec![f64::NAN; n]);
            let plain = delta.iter().map(|d| d * d).sum::<f64>().sqrt();
            assert!((at(&delta) - (plain - bound).max(0.0)).abs() < 1e-12);
            let mut got = vec![f64::NAN; n];
            SizeHinge { bound }.eval(&delta, &mut got);
            for j in 0..n {
                let by = |d: f64| {
                    let mut delta = delta.clone();
                    delta[j] += d;
                    at(&delta)
                };
                assert!((got[j] - (by(h) - by(-h)) / (2.0 * h)).abs() < 1e-6, "{n} {bound} {j}");
            }
        }
    }

    #[test]
    fn extremes() {
        let hinge = SizeHinge::default();
        let mut d = [f32::NAN; 2];
        assert_eq!((hinge.eval(&[0.0f32; 2], &mut d), d), (0.0, [0.0; 2]));
        assert_eq!((hinge.eval(&[1e-30f32, 0.0], &mut d), d), (1e-30, [1.0, 0.0]));
        assert_eq!((hinge.eval(&[0.0, -3e38f32], &mut d), d), (3e38, [0.0, -1.0]));
        assert!(hinge.eval(&[f32::NAN, 1.0], &mut d).is_nan() && d.iter().all(|d| d.is_nan()));
        assert!(hinge.eval(&[1.0, f32::NAN], &mut d).is_nan());
        assert!(hinge.eval(&[f32::INFINITY, 1.0], &mut d) == f32::INFINITY && d.iter().all(|d| d.is_nan()));
        assert_eq!(hinge.eval::<f32>(&[], &mut []), 0.0);
    }
}
