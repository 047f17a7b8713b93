//! The axes of an example in another order.

use crate::{AnyLayer, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range, Value};
use sparring_tensor::{Elem, Shape};

/// Axis i of the output is axis `axes[i − 1]` of the input, axis 0 being the batch: `torch.permute(x, (0, *axes))`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permute {
    /// 1 to the number of axes of an example, in any order.
    pub axes: Vec<usize>,
}

impl Default for Permute {
    fn default() -> Self {
        Self { axes: vec![1] }
    }
}

/// `[2, 3, 1]`: channels last.
const ORDER: Range =
    Range::Told("the numbers from 1 to that of the axes, three at most, in any order, with dashes between");

sparring_math::named! {
    Permute: "permute", [], "";
    axes: ORDER, "which axis of the input each axis of the output is, the batch not counted", required;
    {
        fn check_together(&self) -> Result<(), NamedError> {
            let fits = (1..=3).contains(&self.axes.len()) && (1..=self.axes.len()).all(|axis| self.axes.contains(&axis));
            if fits { Ok(()) } else { Err(NamedError::value(Self::NAME, "axes", self.axes.text(), ORDER)) }
        }
    }
}

/// The axes of an example in this order, counted from 1.
pub fn permute(axes: &[usize]) -> AnyLayer {
    Permute { axes: axes.to_vec() }.into()
}

impl Layer for Permute {
    const TORCH: &'static str = "torch.permute";
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let x = inputs[0].dims();
        if x.len() != self.axes.len() + 1 {
            let what = format!("expected examples of {} axes, got {}", self.axes.len(), inputs[0]);
            return Err(ShapeError::new(Self::NAME, what));
        }
        let dims: Vec<usize> = std::iter::once(x[0]).chain(self.axes.iter().map(|&axis| x[axis])).collect();
        Ok(Shape::new(&dims))
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let axes: Vec<usize> = std::iter::once(0).chain(self.axes.iter().copied()).collect();
        ops::permute(x[0], &axes)
    }
}
