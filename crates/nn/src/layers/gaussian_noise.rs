//! Normal numbers added to the input in training (Keras' `GaussianNoise`; Bishop 1995).

use super::dropout::channels_first;
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::Range;
use sparring_math::simd;
use sparring_tensor::{Array, Elem, Shape};

/// y = x + std · z in training, z standard normal; the identity otherwise. An example's numbers depend on the key of the step, the layer and its id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    /// Standard deviation.
    pub std: f64,
}

impl Default for GaussianNoise {
    fn default() -> Self {
        Self { std: 0.1 }
    }
}

sparring_math::named! {
    GaussianNoise: "gaussian_noise", [], "Bishop 1995, Neural Computation 7";
    std: Range::at_least(0.0).in_f32(), "standard deviation";
}

/// Normal noise of this standard deviation.
pub fn gaussian_noise(std: f64) -> AnyLayer {
    GaussianNoise { std }.into()
}

/// Standard normal numbers of this shape, those of each example from its id; constants.
pub(super) fn normals<'t, E: Elem>(cx: &Cx<'t, E>, shape: Shape) -> Var<'t, E> {
    let row = shape.dims()[1..].iter().product::<usize>().max(1);
    let (mut all, mut drawn) = (Array::stale(shape), vec![0.0; row]);
    // Numbers are made by 32.
    let mut words = vec![0; row.next_multiple_of(32)];
    for (n, out) in all.as_mut_slice().chunks_mut(row).enumerate() {
        cx.key().rng(cx.id(n)).fill_bits(&mut words);
        simd::normals(&words, &mut drawn);
        drawn.iter().enumerate().for_each(|(i, &z)| out[channels_first(shape, i)] = E::of(f64::from(z)));
    }
    cx.tape().constant(all)
}

impl Layer for GaussianNoise {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        match cx.mode() {
            Mode::Train => x[0] + sparring_autograd::ops::scale(normals(cx, x[0].shape()), E::of(self.std)),
            Mode::Eval => x[0],
        }
    }
    fn lower(&self) -> Lowering {
        Lowering::GaussianNoise(self.std)
    }
}
