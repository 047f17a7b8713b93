//! From gradients to new weights.

use super::{Engine, RULE};
use crate::engine::fused;
use crate::engine::gradient::Gradients;
use crate::engine::last_matmul::LastMatmul;
use crate::engine::state::Beside;
use crate::engine::update::{Piece, Place, for_each_piece};
use crate::engine::weight::Weight;
use crate::method::{Norms, TensorStep};
use crate::{NnError, Param, Params};
use sparring_optim::squares;
use sparring_tensor::{Array, Elem, par, reduce};

impl<E: Elem> Engine<E> {
    /// Adds the gradients found last to those that wait for the next [`update`](Self::update), which takes their sum: a batch in several passes. Running statistics are committed.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN.
    ///
    /// # Panics
    /// If there are none: nothing was found yet, or a pass without gradients came in between.
    #[track_caller]
    pub fn accumulate(&mut self, params: &Params<E>) -> Result<(), NnError> {
        self.assert_present();
        // After an error none of the sums waits any more: half of them may be spoilt.
        let adds = std::mem::take(&mut self.waits);
        self.check(params)?;
        self.collect(adds).map_err(|w| self.refuse(params, w, self.step + 1))?;
        self.waits = true;
        self.commit();
        Ok(())
    }
    /// Drops gradients that were accumulated and not used: a step that was given up leaves nothing to the next.
    pub fn discard(&mut self) {
        self.waits = false;
    }
    /// One step of the method with the gradients found last, or with those accumulated; running statistics are committed.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN, [`NnError::Statistics`] if new running statistics are. Nothing has changed then, with one exception: an element-wise method
    /// steps each weight as its gradient is made, so where the gradients at all outputs were finite and only a product with an input was not, some weights may have moved.
    ///
    /// # Panics
    /// If there are none: nothing was found yet, or a pass without gradients came in between; if the weights are displaced.
    #[track_caller]
    #[inline(never)]
    pub fn update(&mut self, params: &Params<E>, lr: f64) -> Result<(), NnError> {
        assert!(!self.displaced, "engine: the weights are displaced; put them back first");
        let step = self.step + 1;
        if std::mem::take(&mut self.waits) {
            self.apply(params, step, lr);
            self.step = step;
            self.follow();
            return Ok(());
        }
        self.assert_present();
        self.check(params)?;
        if self.method.is_elementwise() {
            let gradients = Gradients {
                shards: &self.shards[..self.cut.shards()],
                cut: self.cut,
                first: self.first.as_ref().filter(|_| self.by_columns),
                last: self.last.as_ref().filter(|_| self.by_parts),
                whole: &self.whole.grads,
            };
            let (method, dense) = (&self.method, self.first.is_some());
            let each = gradients.examples() / par::MUL_ADDS_PER_ELEMENT + RULE;
            let done =
                for_each_piece(&mut self.compiled.program, &mut self.state, dense, each, |program, piece| {
                    // By value, block by block: the gradient never leaves the nearest cache.
                    fused::step(method, &gradients, program, piece, step, lr)
                });
            if let Err(w) = done {
                self.follow();
                return Err(self.refuse(params, w, step));
            }
        } else {
            self.collect(false).map_err(|w| self.refuse(params, w, step))?;
            self.apply(params, step, lr);
        }
        self.step = step;
        self.commit();
        self.follow();
        Ok(())
    }
    #[track_caller]
    fn assert_present(&self) {
        assert!(
            self.present,
            "engine: no gradients here: none were found yet, or a forward pass or pullback of a batch came after them; update or accumulate first"
        );
    }
    /// The gradients at the outputs of all weights are finite, and so are new running statistics.
    fn check(&self, params: &Params<E>) -> Result<(), NnError> {
        let norms = self.compiled.program.batch_norms.iter().zip(&self.whole.norms);
        let mut bad = norms.filter_map(|(norm, found)| Some(norm.params[found.not_finite()?]));
        let learned = self.whole.learned.iter().find(|(_, value)| !reduce::are_finite(value.as_slice()));
        if let Some(place) = bad.next().or(learned.map(|(place, _)| *place)) {
            let id = self.compiled.program.plains[place].id;
            let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
            return Err(NnError::Statistics { name, step: self.step + 1 });
        }
        let last = self.last.as_ref().filter(|_| self.by_parts);
        let in_last = last.filter(|l| !l.is_finite()).map(|_| self.compiled.program.weights.len() - 1);
        let shards = &self.shards[..self.cut.shards()];
        match in_last.or_else(|| shards.iter().find_map(|l| l.shard.bad)) {
            Some(w) => Err(self.refuse(params, w, self.step + 1)),
            None => Ok(()),
        }
    }
    /// Makes all gradients whole, or adds them to what is there.
    fn collect(&mut self, adds: bool) -> Result<(), Place> {
        let gradients = Gradients {
            shards: &self.shards[..self.cut.shards()],
            cut: self.cut,
            first: self.first.as_ref().filter(|_| self.by_columns),
            last: self.last.as_ref().filter(|_| self.by_parts),
            whole: &self.whole.grads,
        };
        let each = gradients.examples() / par::MUL_ADDS_PER_ELEMENT + 1;
        let dense = self.first.is_some();
        for_each_piece(&mut self.compiled.program, &mut self.state, dense, each, |program, piece| {
            fused::collect(&gradients, program, piece, adds)
        })
    }
    /// Transformations of the gradients as they stand beside the weights, stage by stage, then the rule.
    fn apply(&mut self, params: &Params<E>, step: u64, lr: f64) {
        if self.method.sees_tensors() {
            return self.apply_to_tensors(params, step, lr);
        }
        let dense = self.first.is_some();
        let mut stage = self.method.stage(0);
        loop {
            let (method, global) = (&self.method, self.state.norm());
            let last = stage.end == method.transforms.len();
            let done =
                for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
                    let Piece { kind, w, part, .. } = piece;
                    let mut grad = part.grad.take().expect("made before");
                    let (g, norms) = (grad.as_mut_slice(), Norms { tensor: part.norm, global });
                    if stage.start == 0 {
                        method.begin(step, w, &mut part.slots, 0..w.len());
                    }
                    method.transform(stage.clone(), step, (kind, lr), norms, w, g);
                    if last {
                        let all = 0..w.len();
                        method.step(step, (kind, lr), w, g, &mut part.slots, all);
                    } else {
                        part.squares = squares(g);
                    }
                    part.grad = Some(grad);
                    true
                });
            done.expect("no piece refuses");
            if last {
                return;
            }
            stage = self.method.stage(stage.end);
        }
    }
    /// The same by way of the layout of files, for a method that has to see whole tensors.
    fn apply_to_tensors(&mut self, params: &Params<E>, step: u64, lr: f64) {
        let trained: Vec<_> = params.iter().filter(|p| p.is_trained()).collect();
        let mut weights: Vec<_> = trained.iter().map(|p| Array::<E>::stale([p.value.len()])).collect();
        weights.iter_mut().zip(&trained).for_each(|(to, p)| self.write(p.id(), to.as_mut_slice()));
        let program = &self.compiled.program;
        let of = |p: &Param<E>, which| self.state.export(program, p.id(), which).expect("kept for all");
        let slots = |p: &&Param<E>| (0..self.method.slots()).map(|i| of(p, Beside::Slot(i))).collect();
        let mut slots: Vec<Vec<_>> = trained.iter().map(slots).collect();
        let mut grads: Vec<_> = trained.iter().map(|p| of(p, Beside::Grad)).collect();
        self.method.step_tensors(lr, &mut |visit| {
            for (((p, w), g), slots) in trained.iter().zip(&mut weights).zip(&mut grads).zip(&mut slots) {
                let (w, g) = (w.as_mut_slice(), g.as_mut_slice());
                visit(TensorStep { of: p.layout(), step, w, g, slots });
            }
        });
        for ((p, w), slots) in trained.iter().zip(&weights).zip(&slots) {
            self.load(p.id(), w.as_slice());
            for (i, slot) in slots.iter().enumerate() {
                self.state.import(&self.compiled.program, p.id(), Beside::Slot(i), slot.as_slice());
            }
        }
    }
    /// Running statistics of the last pass, once a step.
    fn commit(&mut self) {
        self.commit_by(None);
    }
    /// The same; those of batch normalisations by this share instead of their momentum.
    pub(super) fn commit_by(&mut self, share: Option<f64>) {
        let program = &mut self.compiled.program;
        let norms = std::mem::take(&mut program.batch_norms);
        for (norm, found) in norms.iter().zip(&self.whole.norms) {
            found.update_running(program, norm, share.unwrap_or(norm.momentum));
        }
        program.batch_norms = norms;
        for (place, value) in self.whole.learned.drain(..) {
            program.plains[place].value = value;
        }
        self.whole.forget();
    }
    /// What was made from the weights follows them.
    pub(super) fn follow(&mut self) {
        self.compiled.program.weights.iter_mut().for_each(Weight::follow);
        self.last.iter_mut().for_each(LastMatmul::follow);
    }
    fn refuse(&self, params: &Params<E>, place: Place, step: u64) -> NnError {
        let program = &self.compiled.program;
        let id = program
            .weights
            .get(place)
            .map_or_else(|| program.plains[place - program.weights.len()].id, |w| w.weight);
        let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
        NnError::NonFinite { name, step }
    }

    /// A step of the method with gradients from elsewhere (a penalty through a second derivative, say), in the layout of files, by the identity of the parameter; one that is not listed has the
    /// gradient 0. What was accumulated is dropped.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN; no weight has moved then.
    ///
    /// # Panics
    /// If a parameter is not the network's (that of a copy is not), or a gradient is not as long as it.
    pub fn update_with<'g>(
        &mut self,
        params: &Params<E>,
        grads: impl IntoIterator<Item = (u64, &'g [E])>,
        lr: f64,
    ) -> Result<(), NnError> {
        let step = self.step + 1;
        self.waits = false;
        self.state.parts_mut().for_each(|p| p.grad().as_mut_slice().fill(E::ZERO));
        for (id, g) in grads {
            if !reduce::are_finite(g) {
                let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
                return Err(NnError::NonFinite { name, step });
            }
            let found = self.state.import(&self.compiled.program, id, Beside::Grad, g);
            assert!(found, "engine: a gradient for a parameter of another network, or of a copy");
        }
        self.state
            .parts_mut()
            .for_each(|p| p.squares = p.grad.as_ref().map_or(0.0, |g| squares(g.as_slice())));
        self.apply(params, step, lr);
        self.step = step;
        self.whole.forget();
        self.follow();
        Ok(())
    }
    /// The Euclidean norm of all gradients of the last pass, or of the accumulated ones, together.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if one is infinite or NaN.
    ///
    /// # Panics
    /// As [`export_gradients`](Self::export_gradients).
    #[track_caller]
    pub fn gradient_norm(&mut self, params: &Params<E>) -> Result<f64, NnError> {
        if !self.waits {
            self.assert_present();
            self.collect(false).map_err(|w| self.refuse(params, w, self.step + 1))?;
        }
        let of = |grad: Option<&Array<E>>| grad.map_or(0.0, |g| squares(g.as_slice()));
        Ok(self.state.parts_mut().map(|part| of(part.grad.as_ref())).sum::<f64>().sqrt())
    }
    /// The gradients of the last pass, or the accumulated ones, in the layout of files, in the order of `params`; an empty array for buffers.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if one is infinite or NaN.
    ///
    /// # Panics
    /// If there are none: nothing was found yet, or a pass without gradients came in between.
    #[track_caller]
    pub fn export_gradients(&mut self, params: &Params<E>) -> Result<Vec<Array<E>>, NnError> {
        if !self.waits {
            self.assert_present();
            self.collect(false).map_err(|w| self.refuse(params, w, self.step + 1))?;
        }
        let of = |p: &crate::Param<E>| {
            let found = self.state.export(&self.compiled.program, p.id(), Beside::Grad);
            found.filter(|_| p.is_trained()).unwrap_or_else(|| Array::zeros([0]))
        };
        Ok(params.iter().map(of).collect())
    }
}
