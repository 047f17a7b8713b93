//! Scatters values to pixels of each channel by index, adding: the adjoint of `gather_pixels`.
//!
//! x[n, c, i] = Σ y[n, c, p] over the p with index[n, c, p] = i.

use crate::{Handled, Op, Saved, Sinks, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Index, Shape, pooling};

#[derive(Debug)]
struct ScatterPixels {
    index: Index,
    image: [usize; 2],
}

impl<E: Elem> Op<E> for ScatterPixels {
    fn name(&self) -> &'static str {
        "scatter_pixels"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        let s = x[0].shape();
        pooling::scatter_pixels(x[0], &self.index, Shape::new(&[s[0], s[1], self.image[0], self.image[1]]))
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let s = at.inputs[0].shape();
        vec![at.when(0, || ops::gather_pixels(at.grad, self.index.clone(), [s[2], s[3]]))]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let s = at.inputs[0].shape();
        sinks.add(0, || pooling::gather_pixels(at.grad, &self.index, [s[2], s[3]]));
        Handled::Yes
    }
}

/// Adds y[n, c, p] to pixel index[n, c, p] of its channel, of extent `image`.
///
/// # Panics
/// If the index does not have one entry for each element of `y`.
#[track_caller]
pub fn scatter_pixels<E: Elem>(y: Var<'_, E>, index: Index, image: [usize; 2]) -> Var<'_, E> {
    y.tape().apply(ScatterPixels { index, image }, &[y])
}
