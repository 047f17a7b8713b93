//! Running statistics that are found apart from steps: those of averaged weights.

use super::Engine;
use crate::ParamKind;
use crate::engine::inference::Randomness;
use sparring_tensor::{Array, Elem};

impl<E: Elem> Engine<E> {
    /// Takes the statistics of these examples under the present weights into the running ones of batch normalisations, by this share: 1, 1/2, 1/3 and so on, batch by batch, give the mean over all
    /// batches, as PyTorch's `update_bn`. Statistics of other layers move as in a step. No weight changes; gradients that no [`update`](Self::update) or [`accumulate`](Self::accumulate) has used are lost.
    ///
    /// # Panics
    /// If `x` does not hold whole examples, or too few of them ([`Graph::least_batch`](crate::Graph::least_batch)).
    pub fn take_statistics(&mut self, x: &[E], draw: Randomness<'_>, share: f64) {
        self.forward_in_training(x, draw);
        self.commit_by(Some(share));
    }
    /// The running statistics and other buffers, in the engine's order.
    pub fn buffers(&self) -> Vec<Array<E>> {
        self.of_buffers().map(|i| self.compiled.program.plains[i].value.clone()).collect()
    }
    /// Puts [`buffers`](Self::buffers) back.
    ///
    /// # Panics
    /// If they are another network's.
    pub fn set_buffers(&mut self, all: &[Array<E>]) {
        let places: Vec<usize> = self.of_buffers().collect();
        assert_eq!(places.len(), all.len(), "engine: buffers of another network");
        for (i, value) in places.into_iter().zip(all) {
            self.compiled.program.plains[i].value.as_mut_slice().copy_from_slice(value.as_slice());
        }
    }
    /// Places of the buffers among the plain parameters.
    fn of_buffers(&self) -> impl Iterator<Item = usize> + use<'_, E> {
        let plains = self.compiled.program.plains.iter().enumerate();
        plains.filter(|(_, p)| p.kind == ParamKind::Buffer).map(|(i, _)| i)
    }
}
