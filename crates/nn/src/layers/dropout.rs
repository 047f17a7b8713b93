//! Dropout.

use crate::TorchArgument::{self, Unused};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::Range;
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape, rows};

/// In training each element is 0 with probability p, else scaled by 1/(1 − p); the identity otherwise
/// (Srivastava et al. 2014). An example's mask depends on the key of the step, the layer and its id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// Probability of dropping, 0 ≤ p < 1.
    pub p: f64,
}

impl Default for Dropout {
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

sparring_math::named! {
    Dropout: "dropout", [], "Srivastava et al. 2014, JMLR 15";
    p: Range::from_to_below(0.0, 1.0), "probability of dropping";
}

/// Dropout with probability `p`.
pub fn dropout(p: f64) -> AnyLayer {
    Dropout { p }.into()
}

/// The random words that decide over an example's elements, one each: it is kept where its word is not below [`rows::drop_threshold`]. In the order of an
/// image's channels last, of all other elements. Two share a word of the generator, whose 16 bits make a probability right to 2^-16.
pub(crate) fn words(key: Key, id: u64, out: &mut [u32]) {
    let drawn = out.len().div_ceil(2);
    key.rng(id).fill_bits(&mut out[..drawn]);
    for i in (0..drawn).rev() {
        let word = out[i];
        if let Some(high) = out.get_mut(2 * i + 1) {
            *high = word & 0xFFFF_0000;
        }
        out[2 * i] = word << 16;
    }
}

/// The place in an example of this shape of its number i in the order of an image's channels last: channel i mod c of pixel i / c.
pub(super) fn channels_first(shape: Shape, i: usize) -> usize {
    let [_, c, h, w] = if shape.rank() == 4 { shape.dims4() } else { return i };
    i % c * (h * w) + i / c
}

/// 0 with probability p, else `keep`, for each number of this shape; those of an example from its id.
pub(super) fn mask<E: Elem>(cx: &Cx<'_, E>, shape: Shape, p: f64, keep: E) -> Array<E> {
    let row = shape.dims()[1..].iter().product::<usize>().max(1);
    let threshold = rows::drop_threshold(p);
    let (mut factors, mut drawn) = (Array::stale(shape), vec![0; row]);
    for (n, out) in factors.as_mut_slice().chunks_mut(row).enumerate() {
        words(cx.key(), cx.id(n), &mut drawn);
        for (i, &word) in drawn.iter().enumerate() {
            out[channels_first(shape, i)] = if word < threshold { E::ZERO } else { keep };
        }
    }
    factors
}

impl Layer for Dropout {
    const TORCH: &'static str = "nn.Dropout";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("inplace", Unused)];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if cx.mode() == Mode::Eval || self.p == 0.0 {
            return x[0];
        }
        x[0] * cx.tape().constant(mask(cx, x[0].shape(), self.p, E::of(1.0 / (1.0 - self.p))))
    }
    fn lower(&self) -> Lowering {
        if self.p == 0.0 { Lowering::Identity } else { Lowering::Dropout(self.p) }
    }
}
