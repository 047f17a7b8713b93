//! The array: contiguous, copy-on-write.

use crate::pool::Buffer;
use crate::{Elem, Shape, TensorError};
use std::fmt;

/// A row-major array of rank 0 to 4; a clone shares the buffer until one of the two is written.
#[derive(Clone)]
pub struct Array<E: Elem = f32> {
    buffer: Buffer<E>,
    shape: Shape,
}

/// The working type.
pub type Tensor = Array<f32>;

impl<E: Elem> Array<E> {
    /// An array whose numbers are unspecified: for kernels that write every element.
    #[inline]
    pub fn stale(shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        Self { buffer: Buffer::stale(shape.numel()), shape }
    }
    /// All elements `value`.
    pub fn full(shape: impl Into<Shape>, value: E) -> Self {
        let mut a = Self::stale(shape);
        a.as_mut_slice().fill(value);
        a
    }
    /// All elements 0.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, E::ZERO)
    }
    /// All elements 1.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, E::ONE)
    }
    /// A rank-0 array.
    pub fn scalar(value: E) -> Self {
        Self::full([], value)
    }
    /// Element `i` (row-major) is `f(i)`.
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(usize) -> E) -> Self {
        let mut a = Self::stale(shape);
        for (i, v) in a.as_mut_slice().iter_mut().enumerate() {
            *v = f(i);
        }
        a
    }
    /// A copy of row-major data.
    ///
    /// # Errors
    /// [`TensorError::Length`] if the numbers do not fill the shape exactly.
    pub fn try_from_slice(shape: &[usize], data: &[E]) -> Result<Self, TensorError> {
        match Shape::checked(shape) {
            Some(shape) if shape.numel() == data.len() => Ok(Self::from_slice(shape, data)),
            _ => Err(TensorError::Length { shape: shape.to_vec(), got: data.len() }),
        }
    }
    /// A copy of row-major data.
    ///
    /// # Panics
    /// If the numbers do not fill the shape exactly.
    #[track_caller]
    pub fn from_slice(shape: impl Into<Shape>, data: &[E]) -> Self {
        let shape = shape.into();
        assert_eq!(shape.numel(), data.len(), "shape {shape} does not hold {} numbers", data.len());
        let mut a = Self::stale(shape);
        a.as_mut_slice().copy_from_slice(data);
        a
    }
    /// Extents.
    #[inline]
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape.numel()
    }
    /// No element at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The numbers in row-major order.
    #[inline]
    pub fn as_slice(&self) -> &[E] {
        self.buffer.as_slice()
    }
    /// The numbers, to write; copies first if another array shares them.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [E] {
        self.buffer.as_mut_slice()
    }
    /// Whether no other array shares the buffer, so that writing is in place.
    #[inline]
    pub fn is_unique(&mut self) -> bool {
        self.buffer.is_unique()
    }
    /// The single element of a one-element array.
    ///
    /// # Panics
    /// If there is not exactly one element.
    #[track_caller]
    pub fn item(&self) -> E {
        assert_eq!(self.len(), 1, "item: array of shape {} has {} elements", self.shape, self.len());
        self.as_slice()[0]
    }
    /// The same numbers under another shape; free.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        assert_eq!(shape.numel(), self.len(), "reshape: {} does not fit into {shape}", self.shape);
        Self { buffer: self.buffer.clone(), shape }
    }
    /// Another scalar type, value by value.
    pub fn cast<F: Elem>(&self) -> Array<F> {
        let src = self.as_slice();
        Array::from_fn(self.shape, |i| F::of(src[i].to_f64()))
    }
}

impl<E: Elem> PartialEq for Array<E> {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.as_slice() == other.as_slice()
    }
}

impl<E: Elem> fmt::Debug for Array<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = &self.as_slice()[..self.len().min(8)];
        write!(f, "Array{} {head:?}", self.shape)?;
        if self.len() > head.len() { write!(f, " ..") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_until_written() {
        let a = Tensor::from_slice([2, 2], &[1.0, 2.0, 3.0, 4.0]);
        let mut b = a.clone();
        assert!(!b.is_unique());
        b.as_mut_slice()[0] = 9.0;
        assert_eq!((a.as_slice()[0], b.as_slice()[0]), (1.0, 9.0));
        assert!(b.is_unique());
    }

    #[test]
    fn outside_data_must_fit() {
        assert!(Tensor::try_from_slice(&[2, 3], &[0.0; 5]).is_err());
        assert!(Tensor::try_from_slice(&[usize::MAX, 2], &[]).is_err());
        assert_eq!(Tensor::scalar(3.0).item(), 3.0);
    }
}
