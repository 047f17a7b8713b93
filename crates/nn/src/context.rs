//! What a forward pass knows: tape, binding, mode, randomness.

use crate::Param;
use sparring_autograd::{Tape, Var};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};
use std::any::Any;
use std::cell::RefCell;

/// How parameters enter a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    /// As leaves: their gradients are computed.
    Free,
    /// As constants: no gradient with respect to them is computed.
    Frozen,
}

/// Whether layers behave as in training (dropout drops) or as in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Training.
    Train,
    /// Use and evaluation.
    Eval,
}

/// Running statistics posted during a forward pass, each with its node and its place among the node's parameters; whoever runs the step
/// commits them once, or drops them.
pub type Learned<E> = RefCell<Vec<(usize, usize, Array<E>)>>;

/// The context of one forward pass. Cheap to copy; two may share a tape (generator free, discriminator frozen).
#[derive(Debug)]
pub struct Cx<'t, E: Elem = f32> {
    tape: &'t Tape<E>,
    bind: Bind,
    mode: Mode,
    key: Key,
    ids: &'t [u64],
    node: usize,
    learned: Option<&'t Learned<E>>,
    /// Whether the layer may post statistics.
    learns: bool,
}

impl<E: Elem> Clone for Cx<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E: Elem> Copy for Cx<'_, E> {}

impl<'t, E: Elem> Cx<'t, E> {
    /// A context for evaluation: frozen parameters, no randomness.
    pub fn eval(tape: &'t Tape<E>) -> Self {
        Self::with(tape, Bind::Frozen, Mode::Eval, Key::new(0), &[])
    }
    /// A context for training: free parameters; `key` is that of the step, `ids` the examples' indices.
    pub fn train(tape: &'t Tape<E>, key: Key, ids: &'t [u64]) -> Self {
        Self::with(tape, Bind::Free, Mode::Train, key, ids)
    }
    /// A context with everything chosen.
    pub(crate) fn with(tape: &'t Tape<E>, bind: Bind, mode: Mode, key: Key, ids: &'t [u64]) -> Self {
        Self { tape, bind, mode, key, ids, node: 0, learned: None, learns: true }
    }
    /// With another binding.
    #[must_use]
    pub fn bound(self, bind: Bind) -> Self {
        Self { bind, ..self }
    }
    /// With another mode.
    #[must_use]
    pub fn in_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }
    /// With a place for running statistics.
    #[must_use]
    pub fn learning(self, learned: &'t Learned<E>) -> Self {
        Self { learned: Some(learned), ..self }
    }
    /// The same context with another name for its element; `None` if that is another type.
    pub(crate) fn typed<F: Elem>(&self) -> Option<Cx<'t, F>> {
        let tape = (self.tape as &'t dyn Any).downcast_ref()?;
        let learned = self.learned.and_then(|l| (l as &'t dyn Any).downcast_ref());
        let (node, learns) = (self.node, self.learns);
        Some(Cx { node, learned, learns, ..Cx::with(tape, self.bind, self.mode, self.key, self.ids) })
    }
    /// For a layer that sees one example at a time.
    pub(crate) fn without_statistics(self) -> Self {
        Self { learns: false, ..self }
    }
    /// The context of layer `i`: its own randomness.
    #[must_use]
    pub fn layer(self, i: usize) -> Self {
        Self { key: self.key.child(i as u64), node: i, ..self }
    }
    /// The tape.
    pub fn tape(&self) -> &'t Tape<E> {
        self.tape
    }
    /// Training or evaluation.
    pub fn mode(&self) -> Mode {
        self.mode
    }
    /// The randomness of this layer at this step.
    pub fn key(&self) -> Key {
        self.key
    }
    /// The id of example `i`: its index in the data set, or `i` where none was given.
    pub fn id(&self, i: usize) -> u64 {
        self.ids.get(i).copied().unwrap_or(i as u64)
    }
    /// The parameter on the tape, a leaf or a constant by the binding.
    pub fn param(&self, p: &Param<E>) -> Var<'t, E> {
        self.tape.bind(p.id(), &p.value, self.bind == Bind::Free && p.is_trained())
    }
    /// Posts a new value of the layer's parameter number `place`, a running statistic: whoever runs the step commits it. The compiled engine gives a layer
    /// the batch in shards unless [`Layer::span`](crate::Layer::span) is [`Span::Batch`](crate::Span::Batch), so only such a layer may call it.
    ///
    /// # Panics
    /// In a layer whose span is [`Span::Example`](crate::Span::Example).
    #[track_caller]
    pub fn learn(&self, place: usize, value: Array<E>) {
        assert!(
            self.learns,
            "learn: running statistics are those of a whole batch; a layer that has them returns Span::Batch from Layer::span"
        );
        if let Some(learned) = self.learned {
            learned.borrow_mut().push((self.node, place, value));
        }
    }
}
