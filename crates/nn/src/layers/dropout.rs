//! Dropout.

use crate::{AnyLayer, Cx, Layer, Lowering, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};

/// In training each element is 0 with probability p, else scaled by 1/(1 − p); the identity otherwise
/// (Srivastava et al. 2014). An example's mask depends on the key of the step, the layer and its id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// Probability of dropping, 0 ≤ p < 1.
    pub p: f64,
}

/// Dropout with probability `p`.
pub fn dropout(p: f64) -> AnyLayer {
    Dropout { p }.into()
}

/// Factors of one example's elements, in the order of its axes: 0 or 1/(1 − p).
pub(crate) fn mask<E: Elem>(key: Key, id: u64, p: f64, out: &mut [E]) {
    let keep = E::of(1.0 / (1.0 - p));
    let mut numbers = key.rng(id);
    out.fill_with(|| if f64::from(numbers.uniform()) < p { E::ZERO } else { keep });
}

impl Layer for Dropout {
    const TAG: &'static str = "dropout";
    fn check(&self) -> Result<(), String> {
        let p = self.p;
        if (0.0..1.0).contains(&p) { Ok(()) } else { Err(format!("dropout p {p}: must be in [0, 1)")) }
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if cx.mode() == Mode::Eval || self.p == 0.0 {
            return x[0];
        }
        let shape = x[0].shape();
        let row = shape.dims()[1..].iter().product::<usize>().max(1);
        let mut factors = Array::stale(shape);
        for (i, out) in factors.as_mut_slice().chunks_mut(row).enumerate() {
            mask(cx.key(), cx.id(i), self.p, out);
        }
        x[0] * cx.tape().constant(factors)
    }
    fn lower(&self, mode: Mode) -> Lowering {
        if mode == Mode::Eval || self.p == 0.0 { Lowering::Identity } else { Lowering::Dropout(self.p) }
    }
}
