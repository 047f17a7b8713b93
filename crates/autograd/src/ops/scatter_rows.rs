//! Rows added at an index: the adjoint of `gather_rows`.
//!
//! y[j, ..] = Σ x[i, ..] over the i with index[i] = j.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::sync::Arc;

#[derive(Debug)]
struct ScatterRows {
    index: Arc<[usize]>,
    rows: usize,
}

impl<E: Elem> Op<E> for ScatterRows {
    fn name(&self) -> &'static str {
        "scatter_rows"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::scatter_rows(x[0], &self.index, self.rows)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::gather_rows(at.grad, Arc::clone(&self.index)))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || layout::gather_rows(at.grad, &self.index));
        Handled::Yes
    }
}

/// Adds row i of x to row `index[i]` of `rows` rows of zeros, in the order of i.
///
/// # Panics
/// If there is not one index a row, or one is not below `rows`.
#[track_caller]
pub fn scatter_rows<E: Elem>(x: Var<'_, E>, index: Arc<[usize]>, rows: usize) -> Var<'_, E> {
    x.tape().apply(ScatterRows { index, rows }, &[x])
}
