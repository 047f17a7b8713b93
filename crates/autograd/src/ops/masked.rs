//! Selection by a mask.
//!
//! x where the mask is 1, 0 where it is 0, whatever x is there: unlike a product it gives 0 for an infinite number that is left out. A NaN in the mask gives NaN.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem};
use std::sync::Arc;

#[derive(Debug)]
struct Masked<E: Elem>(Arc<Array<E>>);

fn masked_array<E: Elem>(x: &Array<E>, mask: &Array<E>) -> Array<E> {
    let mut out = Array::stale(x.shape());
    for ((out, &x), &m) in out.as_mut_slice().iter_mut().zip(x.as_slice()).zip(mask.as_slice()) {
        *out = if m == E::ZERO { E::ZERO } else { m * x };
    }
    out
}

impl<E: Elem> Op<E> for Masked<E> {
    fn name(&self) -> &'static str {
        "masked"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        masked_array(x[0], &self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::masked(at.grad, Arc::clone(&self.0)))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || masked_array(at.grad, &self.0));
        Handled::Yes
    }
}

/// x where the mask is 1, and 0 where it is 0.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn masked<E: Elem>(x: Var<'_, E>, mask: impl Into<Arc<Array<E>>>) -> Var<'_, E> {
    let mask = mask.into();
    assert_eq!(x.shape(), mask.shape(), "masked: the mask has another shape than its input");
    x.tape().apply(Masked(mask), &[x])
}
