//! What a layer is.

use crate::{Cost, Cx, Mode, Param, ShapeError, Stage};
use sparring_autograd::Var;
use sparring_tensor::{Elem, Shape};
use std::fmt::Debug;

/// A layer or a network of layers. Object safe.
pub trait Module<E: Elem = f32>: Debug + Send + Sync {
    /// The kind of layer, in lower case: `"linear"`.
    fn kind(&self) -> &'static str;
    /// The output for a batch; never changes the layer.
    ///
    /// # Panics
    /// On a shape that [`output_shape`](Self::output_shape) would refuse.
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E>;
    /// The shape `forward` would give, without any work. Axis 0 is the batch.
    ///
    /// # Errors
    /// [`ShapeError`] naming the layer's path.
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError>;
    /// What one example costs; axis 0 of `input` is a batch of 1. A layer that needs room beyond its output, or does more than a few
    /// operations a number, says so here.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape), and [`Cost::check`] where it is more than this program will do.
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        let cost = Cost::of_output(self.output_shape(input)?.numel());
        cost.check(self.kind()).map(|()| cost)
    }
    /// Every stored tensor with its name, in PyTorch's names, layouts and order; `prefix` ends in a dot or is empty.
    fn visit(&self, prefix: &str, f: &mut dyn FnMut(&str, &Param<E>)) {
        let _ = (prefix, f);
    }
    /// As [`visit`](Self::visit), to change the numbers. A tensor of another shape is an error where the module is used next
    /// ([`check_parameters`](crate::check_parameters)): in a [`Victim`](crate::Victim), a training, a file.
    fn visit_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Param<E>)) {
        let _ = (prefix, f);
    }
    /// What the layer is to a [`Plan`](crate::Plan) in this mode, in order; `None` if only `forward` knows.
    fn stages(&self, mode: Mode) -> Option<Vec<Stage<'_, E>>> {
        let _ = mode;
        None
    }
    /// The layers inside, with their names; empty for a layer.
    fn children(&self) -> Vec<(String, &dyn Module<E>)> {
        Vec::new()
    }
}
