//! One element into each row of zeros: the adjoint of `select_cols`.
//!
//! y[i, index[i]] = x[i], 0 elsewhere.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::sync::Arc;

#[derive(Debug)]
struct ScatterCols(Arc<[usize]>, usize);

impl<E: Elem> Op<E> for ScatterCols {
    fn name(&self) -> &'static str {
        "scatter_cols"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::scatter_cols(x[0], &self.0, self.1)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::select_cols(at.grad, Arc::clone(&self.0)))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || layout::select_cols(at.grad, &self.0));
        Handled::Yes
    }
}

/// `[n]` into `[n, m]`: `x[i]` at column `index[i]`.
///
/// # Panics
/// If there is not one index an element, or one is not below `m`.
#[track_caller]
pub fn scatter_cols<E: Elem>(x: Var<'_, E>, index: Arc<[usize]>, m: usize) -> Var<'_, E> {
    x.tape().apply(ScatterCols(index, m), &[x])
}
