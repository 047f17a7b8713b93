//! What a tape, a variable and an operation are. A tape holds operations, their rules are written in variables, and a variable is a place on a tape: so the types stand together.

use crate::Sinks;
use crate::lists::Lists;
use sparring_tensor::{Array, Elem};
use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;

/// Records operations. Not `Sync`: one tape a worker.
#[derive(Debug, Default)]
pub struct Tape<E: Elem = f32> {
    pub(crate) recording: RefCell<Recording<E>>,
    /// One cotangent a node, all `None` between two backward passes.
    pub(crate) cotangents: RefCell<Vec<Option<Array<E>>>>,
    /// Gradient lists to use again.
    pub(crate) lists: Lists<E>,
}

/// A variable: a place on a tape. `Copy`; lives as long as the tape is not reset.
pub struct Var<'t, E: Elem = f32> {
    tape: &'t Tape<E>,
    id: u32,
}

impl<E: Elem> Clone for Var<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: Elem> Copy for Var<'_, E> {}

impl<'t, E: Elem> Var<'t, E> {
    pub(crate) fn new(tape: &'t Tape<E>, id: u32) -> Self {
        Self { tape, id }
    }
    /// Position on the tape.
    pub fn id(self) -> u32 {
        self.id
    }
    /// The tape it lives on.
    pub fn tape(self) -> &'t Tape<E> {
        self.tape
    }
}

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

/// One recorded value.
#[derive(Debug)]
pub(crate) struct Node<E: Elem> {
    pub(crate) value: Array<E>,
    /// `None` for leaves and constants, and while the rule of the operation runs.
    pub(crate) op: Option<StoredOp<E>>,
    /// First edge and number of edges in [`Recording::edges`].
    pub(crate) first: u32,
    pub(crate) arity: u32,
    /// Whether a gradient flows through it: it is a leaf, or a leaf flows into it.
    pub(crate) needs: bool,
}

/// A value whose gradient is wanted, and the parameter it is, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub(crate) node: u32,
    pub(crate) param: Option<u64>,
}

/// What is on a tape.
#[derive(Debug, Default)]
pub(crate) struct Recording<E: Elem> {
    pub(crate) nodes: Vec<Node<E>>,
    /// Positions of the inputs of all nodes.
    pub(crate) edges: Vec<u32>,
    /// In the order of the nodes.
    pub(crate) leaves: Vec<Leaf>,
    /// (parameter, wants a gradient, node).
    pub(crate) bound: Vec<(u64, bool, u32)>,
    /// Operations of the recording before the last reset, by position: see `recycle.rs`.
    pub(crate) recycled: Vec<Option<StoredOp<E>>>,
}

/// A recorded operation, in a box that the next recording uses again: see `stored_op.rs`.
#[derive(Debug)]
pub(crate) struct StoredOp<E: Elem> {
    pub(crate) op: Box<dyn Op<E>>,
    pub(crate) reusable: bool,
}
