//! What a layer is: data, with its checks, shape rule, parameters, forward pass and the way a compiled engine may run it.

use crate::{Cost, Cx, Init, Lowering, ShapeError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sparring_autograd::Var;
use sparring_tensor::{Elem, Shape};
use std::borrow::Cow;
use std::fmt;

/// What a stored tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Weights of a linear map or convolution.
    Weight,
    /// Biases.
    Bias,
    /// Scale and shift of a normalisation.
    Norm,
    /// Parameters of a learnt activation; never decayed.
    Activation,
    /// Running statistics: stored, not trained.
    Buffer,
}

/// The first value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Drawn as weights `[out, in, ..]` are.
    Weight(Init),
    /// Drawn as the biases of a layer with this fan-in are.
    Bias(Init, usize),
    /// One number everywhere.
    Constant(f64),
    /// These numbers.
    Values(Vec<f64>),
}

/// A parameter that a layer asks for: PyTorch's name and layout.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// The name inside the layer: `weight`.
    pub name: &'static str,
    /// Extents.
    pub shape: Vec<usize>,
    /// What it is for.
    pub kind: Kind,
    /// Its first value.
    pub start: Start,
}

impl ParamSpec {
    /// A parameter.
    pub fn new(name: &'static str, kind: Kind, shape: &[usize], start: Start) -> Self {
        Self { name, kind, shape: shape.to_vec(), start }
    }
    /// Numbers that it holds, saturating.
    pub fn len(&self) -> usize {
        self.shape.iter().fold(1usize, |a, &b| a.saturating_mul(b))
    }
    /// It holds no number.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }
}

/// What a layer must see at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// One example: its output depends on its own input alone.
    #[default]
    Example,
    /// In training, the whole batch (batch normalisation, minibatch statistics).
    Batch,
}

/// A layer as data. A new one is a file with this trait and a word in `layers!` (see `layers/mod.rs`), or, outside the crate,
/// [`register`](crate::register).
pub trait Layer:
    fmt::Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The tag in files: `linear`.
    const TAG: &'static str;
    /// What it is in PyTorch, `nn.Linear`; several with commas between, nothing where there is no such thing.
    const TORCH: &'static str = "";
    /// Whether [`lower`](Self::lower) gives an instruction; a test holds both equal for the layers of this crate.
    const COMPILED: bool = false;
    /// What it is called in tables and errors.
    fn kind(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::TAG)
    }
    /// Numbers that make no sense whatever the input: field, value and what is allowed.
    ///
    /// # Errors
    /// The sentence a user reads.
    fn check(&self) -> Result<(), String> {
        Ok(())
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
