//! nalgebra's matrices (column by column in memory) and vectors.

use crate::layout::transpose;
use crate::{Array, Elem, TensorError};
use nalgebra::{DMatrix, DVector, Scalar};

impl<E: Elem + Scalar> TryFrom<&Array<E>> for DMatrix<E> {
    type Error = TensorError;
    /// `[r, c]` to r x c.
    ///
    /// # Errors
    /// If the rank is not 2.
    fn try_from(a: &Array<E>) -> Result<Self, TensorError> {
        let &[r, c] = a.shape().dims() else {
            return Err(TensorError::Shape { got: a.shape().to_vec(), wanted: "[rows, columns]".into() });
        };
        Ok(Self::from_row_slice(r, c, a.as_slice()))
    }
}

impl<E: Elem + Scalar> TryFrom<Array<E>> for DMatrix<E> {
    type Error = TensorError;
    /// `[r, c]` to r x c.
    ///
    /// # Errors
    /// If the rank is not 2.
    fn try_from(a: Array<E>) -> Result<Self, TensorError> {
        Self::try_from(&a)
    }
}

impl<E: Elem + Scalar> TryFrom<&Array<E>> for DVector<E> {
    type Error = TensorError;
    /// `[n]` to a column of n.
    ///
    /// # Errors
    /// If the rank is not 1.
    fn try_from(a: &Array<E>) -> Result<Self, TensorError> {
        if a.shape().rank() != 1 {
            return Err(TensorError::Shape { got: a.shape().to_vec(), wanted: "[n]".into() });
        }
        Ok(Self::from_column_slice(a.as_slice()))
    }
}

impl<E: Elem + Scalar> TryFrom<Array<E>> for DVector<E> {
    type Error = TensorError;
    /// `[n]` to a column of n.
    ///
    /// # Errors
    /// If the rank is not 1.
    fn try_from(a: Array<E>) -> Result<Self, TensorError> {
        Self::try_from(&a)
    }
}

impl<E: Elem + Scalar> From<&DMatrix<E>> for Array<E> {
    /// r x c to `[r, c]`.
    fn from(m: &DMatrix<E>) -> Self {
        transpose(&Self::from_slice([m.ncols(), m.nrows()], m.as_slice()))
    }
}

impl<E: Elem + Scalar> From<DMatrix<E>> for Array<E> {
    /// r x c to `[r, c]`.
    fn from(m: DMatrix<E>) -> Self {
        Self::from(&m)
    }
}

impl<E: Elem + Scalar> From<&DVector<E>> for Array<E> {
    /// A column of n to `[n]`.
    fn from(v: &DVector<E>) -> Self {
        Self::from_slice([v.len()], v.as_slice())
    }
}

impl<E: Elem + Scalar> From<DVector<E>> for Array<E> {
    /// A column of n to `[n]`.
    fn from(v: DVector<E>) -> Self {
        Self::from(&v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_keep_rows_and_columns() {
        let a = Array::from_fn([3, 5], |i| i as f64);
        let m = DMatrix::try_from(&a).unwrap();
        assert_eq!((m.nrows(), m.ncols(), m[(2, 1)]), (3, 5, 11.0));
        assert_eq!(Array::from(&m), a);
        assert_eq!(Array::from(m), a);
        for [r, c] in [[0, 4], [4, 0], [1, 1], [1, 7], [7, 1]] {
            let a = Array::from_fn([r, c], |i| i as f32);
            assert_eq!(Array::from(DMatrix::try_from(a.clone()).unwrap()), a);
        }
    }

    #[test]
    fn vectors_and_wrong_ranks() {
        let v = Array::from([1.0f32, 2.0, 3.0]);
        assert_eq!(Array::from(DVector::try_from(&v).unwrap()), v);
        assert!(DMatrix::try_from(&v).unwrap_err().to_string().contains("[rows, columns]"));
        assert!(DVector::try_from(Array::<f32>::zeros([3, 1])).is_err());
    }
}
