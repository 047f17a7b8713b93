//! What a method needs beside its own gradients: weights elsewhere for a pass and back, gradients from elsewhere.

use super::{Engine, RULE};
use crate::engine::state::Beside;
use crate::engine::update::{Piece, for_each_piece};
use crate::{NnError, Params};
use sparring_optim::squares;
use sparring_tensor::{Array, Elem, elementwise, reduce};

impl<E: Elem> Engine<E> {
    /// Moves the weights along directions, w ← w + d, in the layout of files, by the identity of the parameter; one that is not listed stays. Gradients of the next passes are those there (sharpness-aware
    /// minimisation, adversarial weight perturbation). [`put_back`](Self::put_back) comes before the next [`update`](Self::update). Gradients found or accumulated before are lost.
    ///
    /// # Panics
    /// If the weights are displaced already, a parameter is not the network's (that of a copy is not), or a direction is not as long as it.
    #[track_caller]
    pub fn displace<'d>(&mut self, directions: impl IntoIterator<Item = (u64, &'d [E])>) {
        assert!(!self.displaced, "engine: the weights are displaced already; put them back first");
        (self.waits, self.present, self.displaced) = (false, false, true);
        self.state.parts_mut().for_each(|p| p.grad().as_mut_slice().fill(E::ZERO));
        for (id, direction) in directions {
            let found = self.state.import(&self.compiled.program, id, Beside::Grad, direction);
            assert!(found, "engine: a direction for a parameter of another network, or of a copy");
        }
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            let Piece { w, part, .. } = piece;
            part.saved.get_or_insert_with(|| Array::stale([w.len()])).as_mut_slice().copy_from_slice(w);
            elementwise::add_slice(w, part.grad().as_slice());
            true
        });
        done.expect("no piece refuses");
        self.follow();
    }
    /// The weights as they were before [`displace`](Self::displace), bit for bit. Gradients found meanwhile stay.
    ///
    /// # Panics
    /// If they are not displaced.
    #[track_caller]
    pub fn put_back(&mut self) {
        assert!(std::mem::take(&mut self.displaced), "engine: the weights are where they belong");
        let dense = self.first.is_some();
        let done = for_each_piece(&mut self.compiled.program, &mut self.state, dense, RULE, |_, piece| {
            let saved = piece.part.saved.as_ref().expect("saved when they were displaced");
            piece.w.copy_from_slice(saved.as_slice());
            true
        });
        done.expect("no piece refuses");
        self.follow();
    }
    /// Adds gradients from elsewhere (a penalty through a second derivative, say), in the layout of files, by the identity of the parameter, to those that wait for the next
    /// [`update`](Self::update).
    ///
    /// # Errors
    /// [`NnError::NonFinite`] if a gradient is infinite or NaN; none waits any more then.
    ///
    /// # Panics
    /// If none waits, a parameter is not the network's (that of a copy is not), or a gradient is not as long as it.
    #[track_caller]
    pub fn accumulate_with<'g>(
        &mut self,
        params: &Params<E>,
        grads: impl IntoIterator<Item = (u64, &'g [E])>,
    ) -> Result<(), NnError> {
        assert!(std::mem::take(&mut self.waits), "engine: accumulate gradients of its own first");
        for (id, g) in grads {
            if !reduce::are_finite(g) {
                let name = params.iter().find(|p| p.id() == id).map_or_else(String::new, |p| p.name().into());
                return Err(NnError::NonFinite { name, step: self.step + 1 });
            }
            let program = &self.compiled.program;
            let sum = self.state.export(program, id, Beside::Grad);
            let mut sum = sum.expect("engine: a gradient for a parameter of another network, or of a copy");
            elementwise::add_slice(sum.as_mut_slice(), g);
            self.state.import(program, id, Beside::Grad, sum.as_slice());
        }
        self.state
            .parts_mut()
            .for_each(|p| p.squares = p.grad.as_ref().map_or(0.0, |g| squares(g.as_slice())));
        self.waits = true;
        Ok(())
    }
    /// The new running statistics of the last pass are not for the network: [`accumulate`](Self::accumulate) and [`update`](Self::update) commit none.
    pub fn forget_statistics(&mut self) {
        self.whole.forget();
    }
}
