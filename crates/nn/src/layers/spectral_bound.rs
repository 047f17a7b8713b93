//! Bounds from above of the largest singular value of a weight, as power iterations cannot give: they come from below.
//!
//! matrix        σ ≤ ‖G‖_F^(1/2ᵏ) for G = (W Wᵀ)^(2ᵏ⁻¹): k = 11 squarings leave at most n^(1/4096) of it, 0.2 % for n = 1024 (Gram iteration,
//!               Delattre et al. 2023, arXiv:2305.16173), and σ ≤ √(‖W‖₁ ‖W‖_∞), largest sums of absolute values of columns and rows
//! convolution   with the weight as a matrix `[outputs, inputs · kernel]` it is that matrix times the map to patches, in which a pixel comes at most
//!               ⌈kernel/stride⌉ times along each axis (Tsuzuku et al. 2018, arXiv:1802.04034): σ ≤ √(those) σ(matrix); and by the sums of the kernel's absolute values,
//!               of columns over the taps that can meet in one pixel. A border of zeros only takes away; a transposed convolution has the singular values of its convolution

use sparring_tensor::{Array, Trans, matmul};

/// What the rounding of a weight that is computed in `f32`, and of the bound itself, may add.
const ROUNDING: f64 = 1.0 + 1e-6;
const SQUARINGS: usize = 11;
/// The longest side of a Gram matrix that is squared; beyond it the Frobenius norm stands.
const MOST: usize = 1024;

/// A bound of σ of a matrix of `rows` rows.
pub(super) fn matrix(w: &[f32], rows: usize) -> Option<f64> {
    let columns = w.len() / rows.max(1);
    let by_sums = sums(w, [rows, columns, 1, 1], [1, 1]);
    finite(gram(w, [rows, columns]).min(by_sums))
}

/// A bound of σ of the convolution with the weight w `[outputs, inputs, kh, kw]`, whatever its border and input.
pub(super) fn convolution(w: &[f32], extents: [usize; 4], stride: [usize; 2]) -> Option<f64> {
    let [o, i, kh, kw] = extents;
    let times = kh.div_ceil(stride[0]) * kw.div_ceil(stride[1]);
    let patches = (times as f64).sqrt() * gram(w, [o, i * kh * kw]);
    finite(patches.min(sums(w, extents, stride)))
}

/// A bound of a map that multiplies each number by one of these.
pub(super) fn diagonal(mut scales: impl Iterator<Item = f64>) -> Option<f64> {
    // Not `max`, which would drop a NaN.
    scales.try_fold(0.0, |most: f64, s| s.is_finite().then(|| most.max(s.abs()))).map(|m| m * ROUNDING)
}

fn finite(bound: f64) -> Option<f64> {
    bound.is_finite().then_some(bound * ROUNDING)
}

/// √(‖A‖₁ ‖A‖_∞) of the convolution.
fn sums(w: &[f32], [o, i, kh, kw]: [usize; 4], [sh, sw]: [usize; 2]) -> f64 {
    let mut rows = vec![0.0f64; o];
    // Of the taps along an axis those meet in a pixel that are whole strides apart.
    let mut columns = vec![0.0f64; i * sh * sw];
    for (at, &v) in w.iter().enumerate() {
        let (x, rest) = (at % kw, at / kw);
        let (y, rest) = (rest % kh, rest / kh);
        let size = f64::from(v).abs();
        rows[rest / i] += size;
        columns[(rest % i * sh + y % sh) * sw + x % sw] += size;
    }
    let most = |sums: &[f64]| sums.iter().fold(0.0f64, |m, &s| if s > m || s.is_nan() { s } else { m });
    (most(&rows) * most(&columns)).sqrt()
}

fn frobenius(g: &Array<f64>) -> f64 {
    g.as_slice().iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// ‖G‖_F^(1/2ᵏ).
fn gram(w: &[f32], [rows, columns]: [usize; 2]) -> f64 {
    let mut g = Array::from_fn([rows, columns], |i| f64::from(w[i]));
    let (norm, side) = (frobenius(&g), rows.min(columns));
    if norm == 0.0 || !norm.is_finite() || side > MOST {
        return norm;
    }
    g.as_mut_slice().iter_mut().for_each(|v| *v /= norm);
    let [first, second] = if rows <= columns { [Trans::No, Trans::Yes] } else { [Trans::Yes, Trans::No] };
    g = matmul(&g, first, &g, second);
    // G is e^log times g; it has σ^power.
    let (mut log, mut power) = (2.0 * norm.ln(), 2.0);
    for _ in 0..SQUARINGS {
        let size = frobenius(&g);
        g.as_mut_slice().iter_mut().for_each(|v| *v /= size);
        g = matmul(&g, Trans::No, &g, Trans::No);
        (log, power) = (2.0 * (log + size.ln()), 2.0 * power);
    }
    ((log + frobenius(&g).ln()) / power).exp()
}
