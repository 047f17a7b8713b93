//! L0: how many elements change, by however much.
//!
//! size      the number of δᵢ ≠ 0
//! project   the ⌊ε⌋ elements of largest |δᵢ| stay
//! steepest  ±1 in the element whose gradient is largest, 0 elsewhere: a step may not be longer than the box is wide
//! source    Papernot et al. 2016, arXiv:1511.07528
//!
//! Elements are counted, not pixels: of a picture in colours each channel by itself.

use super::{L1, Norm};
use sparring_math::named::Named;
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The L0 "norm": the number of elements that change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L0;

sparring_math::named! { L0: "l0", [], "Papernot et al. 2016, arXiv:1511.07528"; }

impl Norm for L0 {
    fn name(&self) -> &'static str {
        <Self as Named>::NAME
    }
    fn size(&self, delta: &[f32]) -> f64 {
        if delta.iter().any(|d| d.is_nan()) {
            return f64::NAN;
        }
        delta.iter().filter(|d| **d != 0.0).count() as f64
    }
    fn project(&self, delta: &mut [f32], eps: f32) {
        let stay = eps.max(0.0) as usize;
        if delta.iter().filter(|d| **d != 0.0).count() <= stay {
            return;
        }
        let mut order: Vec<usize> = (0..delta.len()).collect();
        // A stable sort: of equals the first stay. NaN counts as largest and is not hidden.
        let size = |i: usize| if delta[i].is_nan() { f32::INFINITY } else { delta[i].abs() };
        order.sort_by(|&a, &b| size(b).total_cmp(&size(a)));
        for &i in &order[stay..] {
            delta[i] = 0.0;
        }
    }
    fn steepest(&self, grad: &[f32], out: &mut [f32]) {
        L1.steepest(grad, out);
    }
    fn dual(&self, grad: &[f32]) -> f64 {
        L1.dual(grad)
    }
    /// ⌊eps⌋ elements, chosen evenly, each uniform in (−1, 1).
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        out.fill(0.0);
        let (n, mut chosen) = (out.len(), (eps.max(0.0) as usize).min(out.len()));
        // Selection sampling: each element is taken with the share of places left among the elements left.
        for (i, o) in out.iter_mut().enumerate() {
            if rng.uniform_f64() * ((n - i) as f64) < chosen as f64 {
                chosen -= 1;
                *o = (2.0 * rng.uniform_f64() - 1.0) as f32;
            }
        }
    }
    fn diagonal(&self, dim: usize) -> f64 {
        dim as f64
    }
    fn largest(&self, _bounds: Bounds, dim: usize) -> f64 {
        dim as f64
    }
    fn rounding(&self, _bounds: Bounds, _dim: usize) -> f64 {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::{L0, Norm};
    use sparring_seed::Key;

    #[test]
    fn the_largest_changes_stay() {
        let mut delta = [0.5, -2.0, 0.0, 2.0, 1.0];
        assert_eq!(L0.size(&delta), 4.0);
        L0.project(&mut delta, 2.9);
        assert_eq!(delta, [0.0, -2.0, 0.0, 2.0, 0.0]);
        L0.project(&mut delta, 0.5);
        assert_eq!(delta, [0.0; 5]);
        assert!(L0.size(&[f32::NAN, 0.0]).is_nan());
    }

    #[test]
    fn every_element_is_chosen_as_often() {
        let (mut counts, mut v) = ([0_u32; 6], [0.0; 6]);
        for i in 0..6000 {
            L0.uniform(&mut Key::new(1).rng(i), 2.0, &mut v);
            assert_eq!(L0.size(&v), 2.0);
            counts.iter_mut().zip(v).for_each(|(c, v)| *c += u32::from(v != 0.0));
        }
        assert!(counts.iter().all(|c| (1850..2150).contains(c)), "{counts:?}");
    }
}
