//! Vectors and fixed-size arrays of the standard library.

use crate::{Array, Elem, TensorError};

impl<E: Elem> From<Vec<E>> for Array<E> {
    /// `[n]`.
    fn from(v: Vec<E>) -> Self {
        Self::from_slice([v.len()], &v)
    }
}

impl<E: Elem> From<&[E]> for Array<E> {
    /// `[n]`.
    fn from(v: &[E]) -> Self {
        Self::from_slice([v.len()], v)
    }
}

impl<E: Elem, const N: usize> From<[E; N]> for Array<E> {
    /// `[N]`.
    fn from(v: [E; N]) -> Self {
        Self::from_slice([N], &v)
    }
}

impl<E: Elem, const R: usize, const C: usize> From<[[E; C]; R]> for Array<E> {
    /// `[R, C]`.
    fn from(v: [[E; C]; R]) -> Self {
        Self::from_slice([R, C], v.as_flattened())
    }
}

impl<E: Elem> From<Array<E>> for Vec<E> {
    /// The numbers in row-major order, whatever the shape.
    fn from(a: Array<E>) -> Self {
        a.as_slice().to_vec()
    }
}

impl<E: Elem, const N: usize> TryFrom<&Array<E>> for [E; N] {
    type Error = TensorError;
    /// # Errors
    /// If the shape is not `[N]`.
    fn try_from(a: &Array<E>) -> Result<Self, TensorError> {
        let wanted = || TensorError::Shape { got: a.shape().to_vec(), wanted: format!("[{N}]") };
        if *a.shape() == [N] { a.as_slice().try_into().map_err(|_| wanted()) } else { Err(wanted()) }
    }
}

impl<E: Elem, const R: usize, const C: usize> TryFrom<&Array<E>> for [[E; C]; R] {
    type Error = TensorError;
    /// # Errors
    /// If the shape is not `[R, C]`.
    fn try_from(a: &Array<E>) -> Result<Self, TensorError> {
        if *a.shape() != [R, C] {
            return Err(TensorError::Shape { got: a.shape().to_vec(), wanted: format!("[{R}, {C}]") });
        }
        let x = a.as_slice();
        Ok(std::array::from_fn(|r| std::array::from_fn(|c| x[r * C + c])))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Array, Tensor};

    #[test]
    fn there_and_back() {
        let a = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(*a.shape(), [2, 3]);
        assert_eq!(<[[f32; 3]; 2]>::try_from(&a), Ok([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let told = <[[f32; 2]; 3]>::try_from(&a).unwrap_err().to_string();
        assert!(told.contains("[2, 3]") && told.contains("[3, 2]"), "{told}");
        let v = Array::from(vec![1.0f64, 2.0]);
        assert_eq!(<[f64; 2]>::try_from(&v), Ok([1.0, 2.0]));
        assert!(<[f64; 3]>::try_from(&v).is_err());
        assert!(<[f32; 6]>::try_from(&a).is_err(), "same numbers, other shape");
        assert_eq!(Vec::from(v), [1.0, 2.0]);
        assert_eq!(*Array::from([[0.0f32; 0]; 3]).shape(), [3, 0]);
    }
}
