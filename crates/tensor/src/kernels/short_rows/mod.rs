//! Rows that fit a register, sixteen rows at a time: sums and maxima of rows, and element-wise operations of each row with one number.
//!
//! Only AVX-512 has the masks for rows shorter than a register; elsewhere [`ShortRows::short`] is false.

#[cfg(target_arch = "x86_64")]
mod avx512;

use sparring_math::Real;

/// Scalars whose short rows have kernels on some machine. The other methods may be called only where [`short`](ShortRows::short) is true.
pub(crate) trait ShortRows: Real {
    /// Whether rows of `m` numbers have kernels here.
    fn short(m: usize) -> bool {
        let _ = m;
        false
    }
    /// The largest of each row of `m`; of a row that holds NaN, anything.
    fn row_largest(x: &[Self], m: usize, out: &mut [Self]) {
        no_kernel(x, m, out);
    }
    /// The sum of each row of `m`, in an order fixed by `m`.
    fn row_sum(x: &[Self], m: usize, out: &mut [Self]) {
        no_kernel(x, m, out);
    }
    /// The sum of the products of each two rows of `m`, in an order fixed by `m`.
    fn row_dot(x: &[Self], y: &[Self], m: usize, out: &mut [Self]) {
        let _ = y;
        no_kernel(x, m, out);
    }
    /// `out = x − r`, `r` being one number a row of `m`.
    fn row_minus(x: &[Self], m: usize, r: &[Self], out: &mut [Self]) {
        let _ = r;
        no_kernel(x, m, out);
    }
    /// `out = e^(x − r) · 2⁶⁴`, as above, for x ≤ r: on this scale no exponential is subnormal. As much memory as `out` has is prefetched at
    /// the start of each of `next` meanwhile.
    fn row_raised_exp(x: &[Self], m: usize, r: &[Self], out: &mut [Self], next: [&[Self]; 2]) {
        let _ = (r, next);
        no_kernel(x, m, out);
    }
    /// `out = x · r`, as above.
    fn row_times(x: &[Self], m: usize, r: &[Self], out: &mut [Self]) {
        let _ = r;
        no_kernel(x, m, out);
    }
    /// `out = x · (y − r)`, as above.
    fn row_times_minus(x: &[Self], y: &[Self], m: usize, r: &[Self], out: &mut [Self]) {
        let _ = (y, r);
        no_kernel(x, m, out);
    }
    /// `out = y − x · r`, as above.
    fn row_minus_times(y: &[Self], x: &[Self], m: usize, r: &[Self], out: &mut [Self]) {
        let _ = (y, r);
        no_kernel(x, m, out);
    }
}

fn no_kernel<E>(_: &[E], m: usize, _: &mut [E]) {
    unreachable!("rows of {m} have no kernel here");
}

impl ShortRows for f64 {}

#[cfg(not(target_arch = "x86_64"))]
impl ShortRows for f32 {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_each_length_are_worked_on_whole() {
        for m in (1..=16).filter(|&m| f32::short(m)) {
            for n in [0, 1, 15, 16, 17, 40] {
                let x: Vec<f32> = (0..n * m).map(|i| ((i * 37 + 11) % 64) as f32 - 30.0).collect();
                let y: Vec<f32> = (0..n * m).map(|i| ((i * 23 + 5) % 32) as f32 - 9.0).collect();
                let r: Vec<f32> = (0..n).map(|i| i as f32 * 0.5 - 3.0).collect();
                let rows: Vec<&[f32]> = x.chunks(m).collect();
                let mut out = vec![0.0; n];
                f32::row_largest(&x, m, &mut out);
                assert!(
                    rows.iter().zip(&out).all(|(row, o)| row.iter().copied().fold(f32::MIN, f32::max) == *o)
                );
                f32::row_sum(&x, m, &mut out);
                assert!(
                    rows.iter().zip(&out).all(|(row, o)| row.iter().sum::<f32>() == *o),
                    "{n} rows of {m}"
                );
                f32::row_dot(&x, &y, m, &mut out);
                let dots = rows
                    .iter()
                    .zip(y.chunks(m))
                    .map(|(x, y)| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>());
                assert!(dots.zip(&out).all(|(dot, o)| dot == *o));
                // Small whole and half numbers: each operation is exact.
                let mut got = [(); 4].map(|()| vec![0.0; n * m]);
                let [minus, times, times_minus, minus_times] = &mut got;
                f32::row_minus(&x, m, &r, minus);
                f32::row_times(&x, m, &r, times);
                f32::row_times_minus(&x, &y, m, &r, times_minus);
                f32::row_minus_times(&y, &x, m, &r, minus_times);
                for i in 0..n * m {
                    let (x, y, r) = (x[i], y[i], r[i / m]);
                    let want = [x - r, x * r, x * (y - r), y - x * r];
                    assert_eq!([0, 1, 2, 3].map(|k| got[k][i]), want, "{n} rows of {m}");
                }
            }
        }
    }

    #[test]
    fn raised_exponentials_are_those_of_double_precision() {
        for m in [1, 10, 16].into_iter().filter(|&m| f32::short(m)) {
            let x: Vec<f32> = (0..m * 1000).map(|i| -0.0065 * i as f32).collect();
            let (r, mut e) = (vec![0.0; 1000], vec![0.0; m * 1000]);
            f32::row_raised_exp(&x, m, &r, &mut e, [&[], &[]]);
            for (x, e) in x.into_iter().zip(e) {
                let exact = f64::from(x).max(-104.0).exp() * 2f64.powi(64);
                assert!((f64::from(e) - exact).abs() < 3e-7 * exact, "{x}: {e}, not {exact}");
            }
        }
    }
}
