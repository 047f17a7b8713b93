//! Dropout.

use crate::{Cx, Mode, Module, ShapeError, Stage};
use sparring_autograd::Var;
use sparring_tensor::{Array, Elem, Shape};

/// In training each element is 0 with probability p, else scaled by 1/(1 − p); the identity otherwise
/// (Srivastava et al. 2014). An example's mask depends on the key of the step and on its id alone.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// Probability of dropping, 0 ≤ p < 1.
    pub p: f64,
}

impl<E: Elem> Module<E> for Dropout {
    fn kind(&self) -> &'static str {
        "dropout"
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        if cx.mode() == Mode::Eval || self.p == 0.0 {
            return x;
        }
        let shape = x.shape();
        let row = shape.dims()[1..].iter().product::<usize>().max(1);
        let keep = E::of(1.0 / (1.0 - self.p));
        let mut mask = Array::stale(shape);
        for (i, out) in mask.as_mut_slice().chunks_mut(row).enumerate() {
            let mut numbers = cx.key().rng(cx.id(i));
            out.fill_with(|| if f64::from(numbers.uniform()) < self.p { E::ZERO } else { keep });
        }
        x * cx.tape().constant(mask)
    }
    fn stages(&self, mode: Mode) -> Option<Vec<Stage<'_, E>>> {
        (mode == Mode::Eval || self.p == 0.0).then(Vec::new)
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        Ok(input)
    }
}
