//! What a training remembers: averages, and its state in the layout of files.

use super::{Engine, RULE};
use crate::engine::state::Beside;
use crate::engine::update::{Piece, for_each_piece};
use crate::{Network, NnError, Params};
use sparring_optim::Ema;
use sparring_tensor::{Array, Elem};

impl<E: Elem> Engine<E> {
    /// Takes the weights up into their average: average ← decay · average + (1 − decay) · weight; the first call begins it. Running statistics are not averaged:
    /// the present ones go with the average, as PyTorch's `AveragedModel` has it by default.
    pub fn average(&mut self, decay: f64) {
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            let Piece { w, part, .. } = piece;
            match &mut part.average {
                Some(average) => Ema::update(decay, average.as_mut_slice(), w),
                None => part.average = Some(Array::from_slice([w.len()], w)),
            }
            true
        });
        done.expect("no piece refuses");
    }
    /// The average and the weights change places; nothing happens before there is an average. A second call undoes the first.
    pub fn exchange_average(&mut self) {
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            if let Some(average) = &mut piece.part.average {
                piece.w.swap_with_slice(average.as_mut_slice());
            }
            true
        });
        done.expect("no piece refuses");
        self.follow();
    }

    /// Writes the weights to the network.
    ///
    /// # Panics
    /// If the parameters are not those of the network that the engine was made from; a copy has others.
    #[inline(never)]
    pub fn store(&self, params: &mut Params<E>) {
        for p in params {
            self.write(p.id(), p.value.as_mut_slice());
        }
    }
    /// The weights as a copy of the network's parameters.
    ///
    /// # Panics
    /// As [`store`](Self::store).
    pub fn export_weights(&self, params: &Params<E>) -> Params<E> {
        let mut out = params.clone();
        out.iter_mut().zip(params).for_each(|(to, p)| self.write(p.id(), to.value.as_mut_slice()));
        out
    }
    /// A parameter in the layout of files.
    pub(super) fn write(&self, id: u64, to: &mut [E]) {
        let program = &self.compiled.program;
        for w in &program.weights {
            if w.weight == id {
                return w.unpack(&w.forward, to);
            } else if w.bias == Some(id) {
                return to.copy_from_slice(w.row.as_slice());
            }
        }
        match program.plains.iter().find(|q| q.id == id) {
            Some(plain) => to.copy_from_slice(plain.value.as_slice()),
            // A copy of a network has parameters of its own: silence here would leave old weights.
            None => panic!("engine: a parameter of another network, or of a copy"),
        }
    }
    /// The inverse of [`write`](Self::write); what is made from weights follows later.
    pub(super) fn load(&mut self, id: u64, numbers: &[E]) {
        let program = &mut self.compiled.program;
        for w in &mut program.weights {
            if w.weight == id {
                w.forward = w.pack(numbers);
                return;
            } else if w.bias == Some(id) {
                return w.row.as_mut_slice().copy_from_slice(numbers);
            }
        }
        match program.plains.iter_mut().find(|q| q.id == id) {
            Some(plain) => plain.value.as_mut_slice().copy_from_slice(numbers),
            None => panic!("engine: a parameter of another network, or of a copy"),
        }
    }
    /// An engine of the same method and precision that begins at a network's weights.
    #[must_use]
    pub fn again(&self, network: &Network<E>) -> Self {
        Self::new(network, self.method.clone()).in_precision(self.precision)
    }
    /// Everything but the weights that the next steps depend on, in the layout of files: it depends on neither instruction set nor threads. It is taken between steps.
    ///
    /// # Panics
    /// If accumulated gradients wait for an update: a state does not hold them.
    pub fn export_state(&self, params: &Params<E>) -> EngineState<E> {
        assert!(
            !self.waits,
            "engine: accumulated gradients wait; update, or discard them, before a state is taken"
        );
        let of = |which| {
            let one = |p: &crate::Param<E>| self.state.export(&self.compiled.program, p.id(), which);
            params.iter().filter(|p| p.is_trained()).map(one).collect::<Option<Vec<_>>>()
        };
        let slots = (0..self.method.slots()).filter_map(|i| of(Beside::Slot(i))).collect();
        EngineState { step: self.step, slots, average: of(Beside::Average).filter(|all| !all.is_empty()) }
    }
    /// Goes on from a state of the same network and method; the weights are those of the network the engine was made from.
    ///
    /// # Errors
    /// [`NnError::State`] if it belongs to another network or method; nothing has changed then.
    pub fn import_state(&mut self, params: &Params<E>, state: &EngineState<E>) -> Result<(), NnError> {
        let trained: Vec<_> = params.iter().filter(|p| p.is_trained()).collect();
        let fits = |all: &Vec<Array<E>>| {
            all.len() == trained.len() && all.iter().zip(&trained).all(|(a, p)| a.len() == p.shape().numel())
        };
        if state.slots.len() != self.method.slots() {
            let (got, want) = (state.slots.len(), self.method.slots());
            return Err(NnError::State(format!("{got} slots, the method keeps {want}")));
        }
        if !state.slots.iter().chain(&state.average).all(fits) {
            return Err(NnError::State("it belongs to a network of other parameters".into()));
        }
        let program = &self.compiled.program;
        for (i, p) in trained.iter().enumerate() {
            for (s, slot) in state.slots.iter().enumerate() {
                self.state.import(program, p.id(), Beside::Slot(s), slot[i].as_slice());
            }
            if let Some(average) = &state.average {
                self.state.import(program, p.id(), Beside::Average, average[i].as_slice());
            }
        }
        if state.average.is_none() {
            self.state.parts_mut().for_each(|p| p.average = None);
        }
        (self.waits, self.present) = (false, false);
        self.step = state.step;
        Ok(())
    }
}

/// What a training depends on besides weights, data and recipe, in PyTorch's layouts, in the order of the trained parameters.
#[derive(Clone, Debug)]
pub struct EngineState<E: Elem = f32> {
    /// Steps done.
    pub step: u64,
    /// The rule's slots: for each, an array a parameter.
    pub slots: Vec<Vec<Array<E>>>,
    /// The average of the weights, where one is kept.
    pub average: Option<Vec<Array<E>>>,
}
