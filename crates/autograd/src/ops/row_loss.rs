//! Row losses as operations: one loss a row, differentiable twice by its Hessian-vector product.
//!
//! y[i] = L(z[i, ..]; t[i]).

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_losses::RowLoss;
use sparring_tensor::{Array, Elem};
use std::fmt::Debug;
use std::sync::Arc;

/// The targets of a batch, row by row.
pub trait RowTargets<T: ?Sized>: Debug + Clone + Send + Sync + 'static {
    /// Number of rows; `None` if any number will do.
    fn rows(&self) -> Option<usize>;
    /// The target of row `i`, which has `cols` numbers.
    fn row(&self, i: usize, cols: usize) -> &T;
}

/// Class indices.
impl RowTargets<usize> for Arc<[usize]> {
    fn rows(&self) -> Option<usize> {
        Some(self.len())
    }
    fn row(&self, i: usize, _cols: usize) -> &usize {
        &self[i]
    }
}

/// Dense targets `[n, cols]`.
impl<E: Elem> RowTargets<[E]> for Array<E> {
    fn rows(&self) -> Option<usize> {
        Some(self.shape().first().copied().unwrap_or(0))
    }
    fn row(&self, i: usize, cols: usize) -> &[E] {
        &self.as_slice()[i * cols..(i + 1) * cols]
    }
}

/// The same target for every row.
#[derive(Clone, Debug)]
pub struct Every<T>(pub T);

impl<T: Debug + Clone + Send + Sync + 'static> RowTargets<T> for Every<T> {
    fn rows(&self) -> Option<usize> {
        None
    }
    fn row(&self, _i: usize, _cols: usize) -> &T {
        &self.0
    }
}

#[derive(Clone, Debug)]
struct Value<L, R>(L, R);
#[derive(Clone, Debug)]
struct Gradient<L, R>(L, R);
/// Inputs z and v: the Hessian at z times v.
#[derive(Clone, Debug)]
struct Hessian<L, R>(L, R);

macro_rules! bounds {
    ($name:ident, $($body:tt)*) => {
        impl<E: Elem, L: RowLoss<E> + Clone + 'static, R: RowTargets<L::Target>> Op<E> for $name<L, R> { $($body)* }
    };
}

bounds! { Value,
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let cols = x[0].shape()[1];
        let mut scratch = Array::<E>::stale([cols]);
        let mut y = Array::stale([x[0].shape()[0]]);
        for (i, (y, z)) in y.as_mut_slice().iter_mut().zip(x[0].as_slice().chunks_exact(cols)).enumerate() {
            *y = self.0.eval(z, self.1.row(i, cols), scratch.as_mut_slice());
        }
        y
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let z = at.inputs[0];
        let n = z.shape()[0];
        vec![at.when(0, || {
            let dz = z.tape().apply(Gradient(self.0.clone(), self.1.clone()), &[z]);
            ops::reshape(at.grad, [n, 1]) * dz
        })]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || {
            let cols = at.inputs[0].shape()[1];
            let mut dz = Array::stale(at.inputs[0].shape());
            let rows = dz.as_mut_slice().chunks_exact_mut(cols).zip(at.inputs[0].as_slice().chunks_exact(cols));
            for (i, ((dz, z), &g)) in rows.zip(at.grad.as_slice()).enumerate() {
                self.0.eval(z, self.1.row(i, cols), dz);
                for d in dz {
                    *d *= g;
                }
            }
            dz
        });
        Handled::Yes
    }
}

bounds! { Gradient,
    fn name(&self) -> &'static str {
        "loss'"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let cols = x[0].shape()[1];
        let mut dz = Array::stale(x[0].shape());
        let rows = dz.as_mut_slice().chunks_exact_mut(cols).zip(x[0].as_slice().chunks_exact(cols));
        for (i, (dz, z)) in rows.enumerate() {
            self.0.eval(z, self.1.row(i, cols), dz);
        }
        dz
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let z = at.inputs[0];
        vec![at.when(0, || z.tape().apply(Hessian(self.0.clone(), self.1.clone()), &[z, at.grad]))]
    }
}

bounds! { Hessian,
    fn name(&self) -> &'static str {
        "loss''"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let cols = x[0].shape()[1];
        let mut out = Array::stale(x[0].shape());
        let zv = x[0].as_slice().chunks_exact(cols).zip(x[1].as_slice().chunks_exact(cols));
        for (i, (out, (z, v))) in out.as_mut_slice().chunks_exact_mut(cols).zip(zv).enumerate() {
            self.0.hvp(z, self.1.row(i, cols), v, out);
        }
        out
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        assert!(!at.wants[0], "{}: third derivatives are not provided", self.0.name());
        let z = at.inputs[0];
        // The Hessian is symmetric.
        vec![None, at.when(1, || z.tape().apply(Hessian(self.0.clone(), self.1.clone()), &[z, at.grad]))]
    }
}

/// The loss of each row of z `[n, cols]`; gives `[n]`. Sum or average it with `ops::sum`, `ops::mean`.
///
/// # Panics
/// If z is not of rank 2 or the targets do not have its number of rows.
#[track_caller]
pub fn row_loss<'t, E, L, R>(z: Var<'t, E>, loss: L, targets: R) -> Var<'t, E>
where
    E: Elem,
    L: RowLoss<E> + Clone + 'static,
    R: RowTargets<L::Target>,
{
    let shape = z.shape();
    assert_eq!(shape.rank(), 2, "{}: logits {shape}, expected [rows, columns]", loss.name());
    let rows = targets.rows();
    assert!(rows.is_none_or(|n| n == shape[0]), "{}: {} rows, {rows:?} targets", loss.name(), shape[0]);
    z.tape().apply(Value(loss, targets), &[z])
}
