//! Do two sets of directions span the same subspace?

use crate::MetricsError;
use crate::decompose::{orthonormal, singular_values};
use nalgebra::DMatrix;

/// Principal angles between the spans of `a` and `b` in radians, smallest first; all near 0 means the same subspace.
///
/// Both are orthonormalised. cos θᵢ are the singular values of QₐᵀQᵦ; small angles, where a cosine is blind, come
/// from the sines, the singular values of Qᵦ − QₐQₐᵀQᵦ. There are min(ka, kb) angles.
///
/// # Shapes
/// `a` [ka, dim], `b` [kb, dim]: one direction a row, linearly independent, 1 <= k <= dim
///
/// # Errors
/// An element that is not finite, or directions of a span that depend on each other.
///
/// # Panics
/// If either is empty, not a whole number of rows, or has more rows than `dim`.
///
/// Source: Björck and Golub, Numerical methods for computing angles between linear subspaces, Math. Comp. 27 (1973).
///
/// ```
/// let angles = sparring_metrics::principal_angles(&[1.0, 0.0, 0.0], &[1.0, 1.0, 0.0], 3)?;
/// assert!((angles[0] - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
#[track_caller]
pub fn principal_angles(a: &[f64], b: &[f64], dim: usize) -> Result<Vec<f64>, MetricsError> {
    for (name, span) in [("first", a), ("second", b)] {
        assert!(
            dim > 0 && !span.is_empty() && span.len().is_multiple_of(dim) && span.len() <= dim * dim,
            "principal_angles: the {name} span has {} elements, expected 1 to {dim} rows of {dim}",
            span.len()
        );
    }
    let basis = |span: &'static str, rows: &[f64]| {
        if let Some(at) = rows.iter().position(|x| !x.is_finite()) {
            return Err(MetricsError::NotFinite { row: at / dim });
        }
        let given = rows.len() / dim;
        let basis = orthonormal(&DMatrix::from_column_slice(dim, given, rows), 1e-13);
        let independent = basis.ncols();
        if independent < given {
            return Err(MetricsError::Dependent { span, given, independent });
        }
        Ok(basis)
    };
    let (a, b) = (basis("first", a)?, basis("second", b)?);
    // The larger span goes first, so that the residual of the smaller one has one sine an angle.
    let (wide, slim) = if a.ncols() >= b.ncols() { (a, b) } else { (b, a) };
    let inner = wide.tr_mul(&slim);
    let residual = &slim - &wide * &inner;
    let (cosines, sines) = (singular_values(inner)?, singular_values(residual)?);
    // Largest cosine and smallest sine belong to the smallest angle.
    Ok(cosines.iter().zip(sines.iter().rev()).map(|(&c, &s)| s.atan2(c)).collect())
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
            let angles = principal_angles(&a, &b, 3).unwrap();
            assert!(angles[0].abs() < 1e-12 && (angles[1] - t).abs() < 1e-12, "{t}: {angles:?}");
        }
    }

    #[test]
    fn a_line_in_a_plane() {
        let plane = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        assert!(principal_angles(&plane, &[3.0, -4.0, 0.0], 3).unwrap()[0] < 1e-12);
        assert!((principal_angles(&[0.0, 0.0, 1.0], &plane, 3).unwrap()[0] - FRAC_PI_2).abs() < 1e-12);
    }

    #[test]
    fn directions_that_are_none_are_named() {
        let e = principal_angles(&[1.0, 0.0, 0.0], &[1.0, 2.0, 0.0, 0.5, 1.0, 0.0], 3).unwrap_err();
        assert_eq!(e, MetricsError::Dependent { span: "second", given: 2, independent: 1 });
        assert!(e.to_string().contains("only 1 of the 2 directions of the second span"), "{e}");
        assert!(principal_angles(&[0.0; 3], &[1.0, 0.0, 0.0], 3).is_err());
        let nan = [1.0, 0.0, 0.0, 0.0, f64::NAN, 0.0];
        assert_eq!(principal_angles(&nan, &[1.0, 0.0, 0.0], 3), Err(MetricsError::NotFinite { row: 1 }));
    }

    #[test]
    #[should_panic(expected = "the second span has 4 elements, expected 1 to 3 rows of 3")]
    fn broken_span_is_named() {
        let _ = principal_angles(&[1.0, 0.0, 0.0], &[0.0; 4], 3);
    }
}
