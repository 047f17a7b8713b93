//! Matrices in plain loops, for who brings no matmul of his own.

use sparring_math::{Real, simd};

/// out \[m, n\] = a \[m, k\] · bᵀ, where b is \[n, k\]: a dot product an element, in eight sums side by side.
///
/// # Panics
/// If a slice is not as long as the extents `[m, k, n]` say.
#[track_caller]
pub(crate) fn matmul_transposed<E: Real>([m, k, n]: [usize; 3], a: &[E], b: &[E], out: &mut [E]) {
    struct Dots<'a, E>(usize, &'a [E], &'a [E], &'a mut [E]);
    impl<E: Real> simd::Kernel for Dots<'_, E> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            let Self(k, a, b, out) = self;
            for (a, out) in a.chunks_exact(k).zip(out.chunks_exact_mut(b.len() / k)) {
                for (b, out) in b.chunks_exact(k).zip(out) {
                    let mut sums = [E::ZERO; 8];
                    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
                    for (a, b) in a.iter().zip(b) {
                        for j in 0..8 {
                            sums[j] += a[j] * b[j];
                        }
                    }
                    for ((sum, a), b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
                        *sum += *a * *b;
                    }
                    *out = sums.iter().fold(E::ZERO, |all, sum| all + *sum);
                }
            }
        }
    }
    let fits = a.len() == m * k && b.len() == n * k && out.len() == m * n;
    assert!(fits, "matmul: [{m}, {k}] and [{n}, {k}] of {} and {} to {}", a.len(), b.len(), out.len());
    match m * k * n {
        0 => out.fill(E::ZERO),
        _ => simd::dispatch(Dots(k, a, b, out)),
    }
}

/// `to` \[n, m\] = `from` \[m, n\] transposed.
pub(crate) fn transpose<E: Real>(m: usize, n: usize, from: &[E], to: &mut [E]) {
    for i in 0..m {
        for j in 0..n {
            to[j * m + i] = from[i * n + j];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_those_of_a_loop() {
        for [m, k, n] in [[1, 1, 1], [3, 17, 5], [2, 8, 4], [0, 3, 2], [2, 0, 2]] {
            let of = |rows: usize, salt: f64| -> Vec<f64> {
                (0..rows * k).map(|i| (i as f64 * salt).sin()).collect()
            };
            let (a, b, mut out) = (of(m, 0.7), of(n, 1.3), vec![f64::NAN; m * n]);
            matmul_transposed([m, k, n], &a, &b, &mut out);
            for (at, out) in out.iter().enumerate() {
                let want: f64 = (0..k).map(|p| a[at / n * k + p] * b[at % n * k + p]).sum();
                assert!((out - want).abs() < 1e-14, "{m} {k} {n}");
            }
        }
    }
}
