//! Do two sets of directions span the same subspace?

use nalgebra::DMatrix;

/// Principal angles between the spans of `a` and `b` in radians, smallest first; all near 0 means the same subspace.
///
/// Both are orthonormalised by QR. cos θᵢ are the singular values of QₐᵀQᵦ; small angles, where a cosine is blind, come
/// from the sines, the singular values of Qᵦ − QₐQₐᵀQᵦ. There are min(ka, kb) angles.
///
/// # Shapes
/// `a` [ka, dim], `b` [kb, dim]: one direction a row, linearly independent, 1 <= k <= dim
///
/// # Panics
/// If either is empty, not a whole number of rows, or has more rows than `dim`.
///
/// Source: Björck and Golub, Numerical methods for computing angles between linear subspaces, Math. Comp. 27 (1973).
///
/// ```
/// let angles = sparring_metrics::principal_angles(&[1.0, 0.0, 0.0], &[1.0, 1.0, 0.0], 3);
/// assert!((angles[0] - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
/// ```
#[track_caller]
pub fn principal_angles(a: &[f64], b: &[f64], dim: usize) -> Vec<f64> {
    for (name, span) in [("first", a), ("second", b)] {
        assert!(
            dim > 0 && !span.is_empty() && span.len().is_multiple_of(dim) && span.len() <= dim * dim,
            "principal_angles: the {name} span has {} elements, expected 1 to {dim} rows of {dim}",
            span.len()
        );
    }
    // The larger span goes first, so that the residual of the smaller one has one sine an angle.
    let (wide, slim) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let basis = |rows: &[f64]| DMatrix::from_column_slice(dim, rows.len() / dim, rows).qr().q();
    let (wide, slim) = (basis(wide), basis(slim));
    let inner = wide.transpose() * &slim;
    let residual = &slim - &wide * &inner;
    let descending = |m: DMatrix<f64>| {
        let mut values: Vec<f64> = m.singular_values().iter().copied().collect();
        values.sort_by(|x, y| y.total_cmp(x));
        values
    };
    let cosines = descending(inner);
    let sines = descending(residual);
    // Largest cosine and smallest sine belong to the smallest angle.
    cosines.iter().zip(sines.iter().rev()).map(|(&c, &s)| s.atan2(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn known_planes() {
        // span(e0, e1) against span(e0, cos t e1 + sin t e2): angles 0 and t, tiny ones too.
        for t in [1e-9, 0.3, FRAC_PI_2] {
            let a = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
            let b = [2.0, t.cos(), t.sin(), -1.0, t.cos(), t.sin()];
            let angles = principal_angles(&a, &b, 3);
            assert!(angles[0].abs() < 1e-12 && (angles[1] - t).abs() < 1e-12, "{t}: {angles:?}");
        }
    }

    #[test]
    fn a_line_in_a_plane() {
        let plane = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        assert!(principal_angles(&plane, &[3.0, -4.0, 0.0], 3)[0] < 1e-12);
        assert!((principal_angles(&[0.0, 0.0, 1.0], &plane, 3)[0] - FRAC_PI_2).abs() < 1e-12);
    }

    #[test]
    #[should_panic(expected = "the second span has 4 elements, expected 1 to 3 rows of 3")]
    fn broken_span_is_named() {
        principal_angles(&[1.0, 0.0, 0.0], &[0.0; 4], 3);
    }
}
