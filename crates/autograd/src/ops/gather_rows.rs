//! Rows by index: the look-up of an embedding.
//!
//! y[i, ..] = x[index[i], ..].

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};
use std::sync::Arc;

#[derive(Debug)]
struct GatherRows(Arc<[usize]>);

impl<E: Elem> Op<E> for GatherRows {
    fn name(&self) -> &'static str {
        "gather_rows"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::gather_rows(x[0], &self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::scatter_rows(at.grad, Arc::clone(&self.0), at.inputs[0].shape()[0]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || layout::scatter_rows(at.grad, &self.0, at.inputs[0].shape()[0]));
        Handled::Yes
    }
}

/// `y[i, ..] = x[index[i], ..]` for x `[n, ..]`; a row may be taken any number of times.
///
/// # Panics
/// If an index is not below n.
#[track_caller]
pub fn gather_rows<E: Elem>(x: Var<'_, E>, index: Arc<[usize]>) -> Var<'_, E> {
    x.tape().apply(GatherRows(index), &[x])
}
