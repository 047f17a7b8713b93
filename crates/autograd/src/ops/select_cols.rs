//! One element of each row.
//!
//! y[i] = x[i, index[i]].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::sync::Arc;

#[derive(Debug)]
struct SelectCols(Arc<[usize]>);

impl<E: Elem> Op<E> for SelectCols {
    fn name(&self) -> &'static str {
        "select_cols"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::select_cols(x[0], &self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::scatter_cols(at.grad, Arc::clone(&self.0), at.inputs[0].shape()[1]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || layout::scatter_cols(at.grad, &self.0, at.inputs[0].shape()[1]));
        Handled::Yes
    }
}

/// `y[i] = x[i, index[i]]` for x `[n, m]`; gives `[n]`.
///
/// # Panics
/// If there is not one index a row, or one leaves its row.
#[track_caller]
pub fn select_cols<E: Elem>(x: Var<'_, E>, index: Arc<[usize]>) -> Var<'_, E> {
    x.tape().apply(SelectCols(index), &[x])
}
