//! Orthonormal bases.

use nalgebra::DMatrix;

/// Makes the columns of `a` orthonormal in their order, those that depend on earlier ones being left out: a column is kept if more than
/// `tolerance` of its length is its own. Gram-Schmidt, twice, which is orthogonal to rounding.
///
/// Source: Giraud, Langou, Rozložník, Numer. Math. 101 (2005): twice is enough.
pub(crate) fn orthonormal(a: &DMatrix<f64>, tolerance: f64) -> DMatrix<f64> {
    let mut basis = DMatrix::zeros(a.nrows(), a.ncols().min(a.nrows()));
    let mut kept = 0;
    for column in a.column_iter() {
        if kept == basis.ncols() {
            break;
        }
        let size = column.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        if !(size > 0.0 && size.is_finite()) {
            continue;
        }
        // In units of its largest element no square overflows or vanishes.
        let mut own = column / size;
        own /= own.norm();
        for _ in 0..2 {
            for j in 0..kept {
                let along = basis.column(j).dot(&own);
                own.axpy(-along, &basis.column(j), 1.0);
            }
        }
        let left = own.norm();
        if left > tolerance {
            basis.set_column(kept, &(own / left));
            kept += 1;
        }
    }
    basis.columns(0, kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependent_columns_are_left_out() {
        let a = DMatrix::from_column_slice(
            3,
            4,
            &[2.0, 0.0, 0.0, -4.0, 0.0, 0.0, 1.0, 1e200, 0.0, 0.0, 0.0, 0.0],
        );
        let basis = orthonormal(&a, 1e-12);
        assert_eq!(basis, DMatrix::from_column_slice(3, 2, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
    }

    #[test]
    fn nearly_dependent_columns_come_out_orthogonal() {
        let a = DMatrix::from_fn(20, 6, |i, j| 1.0 + 1e-9 * ((i * (j + 3)) as f64).sin());
        let basis = orthonormal(&a, 1e-13);
        assert!(basis.ncols() == 6);
        let off = basis.tr_mul(&basis) - DMatrix::identity(basis.ncols(), basis.ncols());
        assert!(off.amax() < 1e-14, "{off}");
    }
}
