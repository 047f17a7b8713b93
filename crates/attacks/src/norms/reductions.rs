//! Sums (in f64) and the maximum over the numbers of an example, in several lanes: no operation waits for the one before it, and their order is always the same.

use sparring_math::simd::{self, Kernel};

/// Numbers that are taken together.
pub(crate) const LANES: usize = 8;

/// The sum of `term` over both, as long as the shorter.
#[inline(always)]
fn sum(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (a[..n].chunks_exact(LANES), b[..n].chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    let mut lanes = [0.0; LANES];
    for (a, b) in a.zip(b) {
        for l in 0..LANES {
            lanes[l] += term(f64::from(a[l]), f64::from(b[l]));
        }
    }
    rest.fold(lanes.into_iter().sum(), |all, (&a, &b)| all + term(a.into(), b.into()))
}

/// Σ aᵢ bᵢ
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f64 {
    struct Dot<'v>(&'v [f32], &'v [f32]);
    impl Kernel for Dot<'_> {
        type Output = f64;
        #[inline(always)]
        fn run(self) -> f64 {
            sum(self.0, self.1, |a, b| a * b)
        }
    }
    simd::dispatch(Dot(a, b))
}

/// Σ |vᵢ|
pub(crate) fn absolutes(v: &[f32]) -> f64 {
    struct Absolutes<'v>(&'v [f32]);
    impl Kernel for Absolutes<'_> {
        type Output = f64;
        #[inline(always)]
        fn run(self) -> f64 {
            sum(self.0, self.0, |a, _| a.abs())
        }
    }
    simd::dispatch(Absolutes(v))
}

/// max |vᵢ|; NaN if one of them is.
pub(crate) fn largest(v: &[f32]) -> f32 {
    struct Largest<'v>(&'v [f32]);
    /// Once NaN, it stays.
    #[inline(always)]
    fn larger(m: f32, a: f32) -> f32 {
        if a > m || a.is_nan() { a } else { m }
    }
    impl Kernel for Largest<'_> {
        type Output = f32;
        #[inline(always)]
        fn run(self) -> f32 {
            let chunks = self.0.chunks_exact(2 * LANES);
            let rest = chunks.remainder();
            let mut lanes = [0.0_f32; 2 * LANES];
            for v in chunks {
                for l in 0..2 * LANES {
                    lanes[l] = larger(lanes[l], v[l].abs());
                }
            }
            lanes.into_iter().chain(rest.iter().map(|v| v.abs())).fold(0.0, larger)
        }
    }
    simd::dispatch(Largest(v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_the_sum_once() {
        for n in 0..40 {
            let v: Vec<f32> = (0..n).map(|i| if i % 3 == 0 { -(i as f32) } else { i as f32 }).collect();
            let all = (0..n).sum::<usize>() as f64;
            assert_eq!(
                (absolutes(&v), dot(&v, &vec![1.0; n + 3])),
                (all, v.iter().map(|v| f64::from(*v)).sum())
            );
            assert_eq!(dot(&v, &v), (0..n).map(|i| (i * i) as f64).sum());
        }
        for n in 0..40 {
            let mut v: Vec<f32> = (0..n).map(|i| -(i as f32)).collect();
            assert_eq!(largest(&v), n.max(1) as f32 - 1.0);
            if n > 0 {
                v[n / 2] = f32::NAN;
                assert!(largest(&v).is_nan(), "{n}");
            }
        }
        assert!(absolutes(&[1.0, f32::NAN]).is_nan() && dot(&[f32::INFINITY, 1.0], &[1.0; 2]).is_infinite());
    }
}
