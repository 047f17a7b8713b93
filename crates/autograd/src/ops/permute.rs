//! Axes in another order.
//!
//! y axis i is x axis `axes[i]`.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, layout};

#[derive(Debug)]
struct Permute(Vec<usize>);

impl Permute {
    fn back(&self) -> Vec<usize> {
        let mut back = vec![0; self.0.len()];
        for (i, &axis) in self.0.iter().enumerate() {
            back[axis] = i;
        }
        back
    }
}

impl<E: Elem> Op<E> for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        layout::permute(x[0], &self.0)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        vec![at.when(0, || ops::permute(at.grad, &self.back()))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        sinks.add(0, || layout::permute(at.grad, &self.back()));
        Handled::Yes
    }
}

/// y axis i is x axis `axes[i]`.
///
/// # Panics
/// If `axes` is not a permutation of the axes of `x`.
#[track_caller]
pub fn permute<'t, E: Elem>(x: Var<'t, E>, axes: &[usize]) -> Var<'t, E> {
    x.tape().apply(Permute(axes.to_vec()), &[x])
}
