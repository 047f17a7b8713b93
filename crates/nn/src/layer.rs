//! What a layer is: data, with its checks, shape rule, parameters, forward pass and the way a compiled engine may run it.

use crate::{Cost, Cx, Init, Lipschitz, Lowering, ParamSpec, ShapeError};
use serde::{Serialize, de::DeserializeOwned};
use sparring_activations::About;
use sparring_autograd::Var;
use sparring_math::named::Named;
use sparring_tensor::{Array, Elem, Shape};
use std::borrow::Cow;
use std::fmt;

/// What a layer must see at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// One example: its output depends on its own input alone.
    #[default]
    Example,
    /// In training, the whole batch (batch normalisation, minibatch statistics).
    Batch,
}

/// What an argument of the class in PyTorch is to a layer that does not have it under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TorchArgument {
    /// This parameter of the layer.
    Is(&'static str),
    /// Nothing that the layer can be asked for, so only these values, as text, are understood and left out.
    Only(&'static [&'static str]),
    /// Without an effect on values: left out.
    Unused,
}

/// A layer as data. A new one is a file with this trait and a word in `layers!` (see `layers/mod.rs`), or, outside the crate,
/// [`register`](crate::register). Its name, the ranges of its numbers and their defaults come from [`Named`]; [`Named::NAME`] is the tag in
/// files, beside the fields as serde writes them.
pub trait Layer: Named + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// What it is in PyTorch, `nn.Linear`; several with commas between, nothing where there is no such thing.
    const TORCH: &'static str = "";
    /// Names that stand for the layer with one of its parameters given: `max_pool2d` for `pool2d(pool=max)`.
    const SHORT: &'static [(&'static str, (&'static str, &'static str))] = &[];
    /// Arguments of the class in PyTorch that go by other names here, or by none.
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[];
    /// What it is called in tables and errors.
    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }
    /// Number of inputs it takes, least and most.
    fn arity(&self) -> (usize, usize) {
        (1, 1)
    }
    /// The shape that [`forward`](Self::forward) gives, without any work; axis 0 is the batch. There are as many inputs as
    /// [`arity`](Self::arity) says.
    ///
    /// # Errors
    /// [`ShapeError`] that says what was expected and what came.
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError>;
    /// Its parameters, in PyTorch's names, layouts and order.
    fn parameters(&self) -> Vec<ParamSpec> {
        Vec::new()
    }
    /// The same layer with weights and biases drawn in another way; `None` if it has none that can be.
    fn with_init(&self, init: Init) -> Option<Self> {
        let _ = init;
        None
    }
    /// Sets first values that follow from others: `values` are those of [`parameters`](Self::parameters), in order, as they were drawn.
    fn set_dependent<E: Elem>(&self, values: &mut [Array<E>]) {
        let _ = values;
    }
    /// What one example costs; axis 0 of the inputs is a batch of 1 and their shapes fit. A layer that needs memory beyond its output, or does
    /// more than a few operations a number, says so here.
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let _ = inputs;
        Cost::of_output(output.numel())
    }
    /// What it must see at once.
    fn span(&self) -> Span {
        Span::Example
    }
    /// Fewest examples that it can be trained on at once.
    fn least_batch(&self, inputs: &[Shape]) -> usize {
        let _ = inputs;
        1
    }
    /// How much it can stretch differences of its input, as in evaluation; without a rule nothing is known.
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Unknown
    }
    /// What no Lipschitz constant of the layer with these parameters exceeds, in the Euclidean norm of an example and as in evaluation: a bound to rely on, with room for
    /// the rounding of weights and of itself. `inputs` are the shapes of its inputs; `None` where no bound is known.
    fn lipschitz_bound(&self, params: &[&Array<f32>], inputs: &[Shape]) -> Option<f64> {
        let _ = (params, inputs);
        match self.lipschitz() {
            Lipschitz::AtMost(c) | Lipschitz::Affine(Some(c)) => Some(c),
            Lipschitz::Affine(None) | Lipschitz::Unknown => None,
        }
    }
    /// Facts of its function, if it is an activation: what stands behind the layers with weights.
    fn about(&self) -> Option<About> {
        None
    }
    /// The output for a batch: the definition, in operations that can be differentiated twice.
    ///
    /// # Panics
    /// On shapes that [`shape`](Self::shape) would refuse.
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, params: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E>;
    /// What the compiled engine may run instead, in both modes; a test holds both equal, values and gradients.
    fn lower(&self) -> Lowering {
        Lowering::Tape
    }
}
