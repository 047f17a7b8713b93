//! Norms over gradients, and scaling by them.

use sparring_math::{Real, simd};

/// Euclidean norm over all slices together, summed in f64 in a fixed order; of finite numbers it is never infinite for want of
/// range in their squares, nor 0 where one of them is not.
///
/// The order within a slice depends on its length alone, and slices are added in the order given.
pub fn global_norm<'a, E: Real>(slices: impl IntoIterator<Item = &'a [E]>) -> f64 {
    let (mut sum, mut extreme) = (0.0, 0.0f64);
    for slice in slices {
        let part = squares(slice);
        if (1e-280..1e280).contains(&part) {
            sum += part;
        } else {
            extreme = extreme.hypot(scaled_norm(slice));
        }
    }
    if extreme == 0.0 { f64::sqrt(sum) } else { f64::sqrt(sum).hypot(extreme) }
}

/// Norm by way of the largest element, for numbers whose squares leave the range of f64.
#[cold]
fn scaled_norm<E: Real>(slice: &[E]) -> f64 {
    let largest = slice.iter().fold(0.0f64, |a, x| a.larger(x.to_f64().abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * slice.iter().map(|x| (x.to_f64() / largest).powi(2)).sum::<f64>().sqrt()
}

/// Σ x² in f64, in the order of eight sums side by side: it depends on the length alone.
pub fn squares<E: Real>(slice: &[E]) -> f64 {
    struct Squares<'a, E>(&'a [E]);
    impl<E: Real> simd::Kernel for Squares<'_, E> {
        type Output = f64;
        #[inline(always)]
        fn run(self) -> f64 {
            let mut sums = [0.0; 8];
            let (eights, rest) = self.0.as_chunks::<8>();
            for x in eights {
                for j in 0..8 {
                    let v = x[j].to_f64();
                    sums[j] += v * v;
                }
            }
            for (sum, x) in sums.iter_mut().zip(rest) {
                *sum += x.to_f64() * x.to_f64();
            }
            sums.iter().sum()
        }
    }
    simd::dispatch(Squares(slice))
}

/// Scales a gradient of this norm by max / (norm + 1e-6), if that is below 1, as PyTorch does; one whose norm is not finite stays as it is.
pub(super) fn scale<E: Real>(g: &mut [E], max: f64, norm: f64) {
    let factor = max / (norm + 1e-6);
    if norm.is_finite() && factor < 1.0 {
        let factor = E::of(factor);
        g.iter_mut().for_each(|g| *g *= factor);
    }
}

/// Scales all slices by `max / (norm + 1e-6)` if that is below 1, and returns the norm before.
///
/// PyTorch's `clip_grad_norm_`, but for one thing: if the norm is not finite nothing is scaled, so that the caller
/// sees where the bad number is, and the norm returned says that there is one.
///
/// # Panics
/// If `max` is negative or NaN.
///
/// ```
/// let (mut a, mut b) = ([3.0_f32], [4.0]);
/// assert_eq!(sparring_optim::clip_global_norm(&mut [&mut a, &mut b], 1.0), 5.0);
/// assert!((a[0] - 0.6).abs() < 1e-6 && (b[0] - 0.8).abs() < 1e-6);
/// ```
#[track_caller]
pub fn clip_global_norm<E: Real>(slices: &mut [&mut [E]], max: f64) -> f64 {
    assert!(max >= 0.0, "clip_global_norm: max {max} is not 0 or above");
    let norm = global_norm(slices.iter().map(|s| &**s));
    slices.iter_mut().for_each(|g| scale(g, max, norm));
    norm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norm_over_many_slices() {
        let a: Vec<f32> = (0..37).map(|i| i as f32).collect();
        let want: f64 = (0..37).map(|i| f64::from(i * i)).sum();
        assert!((global_norm([&a[..10], &a[10..]]).powi(2) / want - 1.0).abs() < 1e-14);
        assert_eq!(global_norm::<f32>([]), 0.0);
        // Squares that would overflow f32.
        assert!((global_norm([&[1e30f32, 1e30][..]]) / 2f64.sqrt() / 1e30 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn squares_may_leave_the_range_of_f64() {
        for size in [1e300, 1e-300] {
            let (a, b, one) = ([3.0 * size, 0.0], [-4.0 * size], [1.0]);
            assert!((global_norm([&a[..], &b]) / (5.0 * size) - 1.0).abs() < 1e-15);
            let want = if size > 1.0 { 5.0 * size } else { 1.0 };
            assert!((global_norm([&a[..], &one, &b]) / want - 1.0).abs() < 1e-15);
        }
        let mut g = [3e300, -4e300];
        clip_global_norm(&mut [&mut g], 1.0);
        assert!((g[0] - 0.6).abs() < 1e-12 && (g[1] + 0.8).abs() < 1e-12, "{g:?}");
        assert!(global_norm([&[f64::NAN, 1e300][..]]).is_nan());
        assert_eq!(global_norm([&[f64::NEG_INFINITY, 1e300][..]]), f64::INFINITY);
    }

    #[test]
    fn small_and_broken_gradients_are_left() {
        let mut g = [0.3f64, 0.4];
        assert_eq!(clip_global_norm(&mut [&mut g], 10.0), 0.5);
        assert_eq!(g, [0.3, 0.4]);
        let mut g = [1.0f32, f32::NAN];
        assert!(clip_global_norm(&mut [&mut g], 0.1).is_nan());
        assert_eq!(g[0], 1.0);
        let mut g = [1.0f32, f32::INFINITY];
        assert_eq!(clip_global_norm(&mut [&mut g], 0.1), f64::INFINITY);
        assert_eq!(g, [1.0, f32::INFINITY]);
    }

    #[test]
    #[should_panic(expected = "max -1 is not 0 or above")]
    fn negative_limit() {
        clip_global_norm::<f32>(&mut [], -1.0);
    }
}
