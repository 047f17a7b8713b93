//! Sums, means and moments built on `sum_to`.

use crate::{Var, ops};
use sparring_tensor::{Array, Elem, Shape};

/// Σ x, a scalar.
pub fn sum<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    ops::sum_to(x, Shape::new(&[]))
}

/// Σ x / n, a scalar.
pub fn mean<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    ops::scale(sum(x), E::of(1.0 / x.shape().numel() as f64))
}

/// Mean over the axes where the shape has extent 1 or none.
///
/// # Panics
/// If the shape does not broadcast to that of `x`.
#[track_caller]
pub fn mean_to<'t, E: Elem>(x: Var<'t, E>, shape: impl Into<Shape>) -> Var<'t, E> {
    let shape = shape.into();
    let count = x.shape().numel() as f64 / shape.numel() as f64;
    ops::scale(ops::sum_to(x, shape), E::of(1.0 / count))
}

/// Mean, and biased variance Σ (x − mean)² / n, over the axes where the shape has extent 1 or none; and x − mean.
///
/// # Shapes
/// Batch norm of x `[n, c, h, w]` takes `[1, c, 1, 1]`, layer norm of `[n, m]` takes `[n, 1]`. Mean and variance have that shape.
///
/// # Panics
/// If the shape does not broadcast to that of `x`.
#[track_caller]
pub fn moments<'t, E: Elem>(x: Var<'t, E>, shape: impl Into<Shape>) -> MeanVariance<'t, E> {
    let shape = shape.into();
    let mean = mean_to(x, shape);
    let centered = x - mean;
    MeanVariance { mean, variance: mean_to(ops::square(centered), shape), centered }
}

/// What [`moments`] gives.
#[derive(Clone, Copy, Debug)]
pub struct MeanVariance<'t, E: Elem = f32> {
    /// Mean.
    pub mean: Var<'t, E>,
    /// Mean of the squared distance from the mean.
    pub variance: Var<'t, E>,
    /// x − mean, of the shape of x.
    pub centered: Var<'t, E>,
}

impl<'t, E: Elem> MeanVariance<'t, E> {
    /// (x − mean) / √(variance + eps): batch norm (Ioffe and Szegedy 2015, arXiv:1502.03167) or layer norm (Ba, Kiros, Hinton 2016,
    /// arXiv:1607.06450) without scale and shift.
    pub fn normalized(&self, eps: E) -> Var<'t, E> {
        let one = self.centered.tape().constant(Array::scalar(E::ONE));
        // The division is done on the statistics, not on each element.
        self.centered * (one / ops::sqrt(ops::offset(self.variance, eps)))
    }
}

/// Sum over the last axis, which stays with extent 1.
///
/// # Panics
/// If `x` is a scalar.
#[track_caller]
pub fn sum_last<E: Elem>(x: Var<'_, E>) -> Var<'_, E> {
    let shape = x.shape();
    assert!(shape.rank() > 0, "sum_last: a scalar has no last axis");
    let mut dims = shape.dims().to_vec();
    dims[shape.rank() - 1] = 1;
    ops::sum_to(x, dims.as_slice())
}
