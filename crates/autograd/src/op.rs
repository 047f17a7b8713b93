//! What an operation is.

use crate::{Sinks, Var};
use sparring_tensor::{Array, Elem};
use std::any::Any;
use std::fmt::Debug;

/// What the rule of an operation sees: its inputs and output, the cotangent of the output, and which inputs want theirs.
#[derive(Clone, Copy, Debug)]
pub struct Vjp<'a, 't, E: Elem> {
    /// The inputs, in order.
    pub inputs: &'a [Var<'t, E>],
    /// The output.
    pub output: Var<'t, E>,
    /// Cotangent of the output, of its shape.
    pub grad: Var<'t, E>,
    /// Which inputs want a cotangent; the others are ignored.
    pub wants: &'a [bool],
}

impl<'t, E: Elem> Vjp<'_, 't, E> {
    /// `f()` if input `i` wants its cotangent.
    pub fn when(&self, i: usize, f: impl FnOnce() -> Var<'t, E>) -> Option<Var<'t, E>> {
        self.wants[i].then(f)
    }
}

/// The same as values, for the plain backward pass.
#[derive(Clone, Copy, Debug)]
pub struct Saved<'a, E: Elem> {
    /// Values of the inputs.
    pub inputs: &'a [&'a Array<E>],
    /// Value of the output.
    pub output: &'a Array<E>,
    /// Cotangent of the output.
    pub grad: &'a Array<E>,
}

/// Whether [`Op::accumulate`] did the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Every wanted cotangent was added.
    Yes,
    /// Nothing was added: the tape evaluates [`Op::vjp`] instead.
    No,
}

/// A differentiable operation.
///
/// `vjp` is the definition, written in operations, so that the gradient of a gradient is a gradient like any other.
/// `accumulate` may do the same on values, straight into the gradient buffers; a test over all operations holds the two equal.
pub trait Op<E: Elem>: Any + Debug + Send + Sync {
    /// The name in error messages and graph walks.
    fn name(&self) -> &'static str;
    /// The value. Panics on shapes that do not fit, naming operation and shapes.
    fn forward(&self, x: &[&Array<E>]) -> Array<E>;
    /// One cotangent for each input, `None` where it is not wanted or identically zero.
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>>;
    /// Adds the wanted cotangents to `sinks`.
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        let _ = (at, sinks);
        Handled::No
    }
}
