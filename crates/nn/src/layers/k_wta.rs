//! k-WTA (k winners take all): of all numbers of an example the largest stay, the others become 0.
//!
//! y = x ⊗ m, m being 1 at the ⌊fraction · numbers⌋ largest; the gradient passes where m is 1

use crate::{AnyLayer, Cost, Cx, Layer, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::rows::KWta;
use sparring_activations::{About, RowActivation};
use sparring_autograd::{Var, ops};
use sparring_math::named::Range;
use sparring_tensor::{Array, Elem, Shape};

/// `[n, ..]` to the same extents. Behind a convolution all channels and places of an example compete, as in the paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinnersTakeAll {
    /// How much of an example stays, above 0 and up to 1; at least one number does.
    pub fraction: f64,
}

impl Default for WinnersTakeAll {
    fn default() -> Self {
        KWta::default().into()
    }
}

impl From<KWta> for WinnersTakeAll {
    fn from(KWta { fraction }: KWta) -> Self {
        Self { fraction }
    }
}

sparring_math::named! {
    WinnersTakeAll: KWta::NAME, [], KWta::PAPER;
    fraction: Range::above_to(0.0, 1.0), "how much of an example stays";
}

/// The largest numbers of each example.
pub fn k_wta(fraction: f64) -> AnyLayer {
    WinnersTakeAll { fraction }.into()
}

impl Layer for WinnersTakeAll {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The mask, and the numbers among which the smallest that stays is found.
        Cost::of_output(3 * output.numel())
    }
    fn about(&self) -> Option<About> {
        let rows = RowActivation::<f64>::about_rows(&KWta { fraction: self.fraction });
        Some(About {
            name: rows.name,
            formula: rows.formula,
            source: rows.source,
            range: rows.range,
            lipschitz: rows.lipschitz,
            curvature: Some(0.0),
            monotone: false,
            smoothness: rows.smoothness,
            gain_forward: None,
            gain_backward: None,
            elsewhere: "",
        })
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let value = x[0].value();
        let (ones, mut mask) = (Array::full(value.shape(), E::ONE), Array::stale(value.shape()));
        let width = value.shape().dims()[1..].iter().product::<usize>().max(1);
        let winners = KWta { fraction: self.fraction };
        winners.backward_rows(width, value.as_slice(), ones.as_slice(), mask.as_mut_slice());
        ops::masked(x[0], mask)
    }
}
