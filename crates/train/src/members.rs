//! Networks that are trained together, whose state is one.

use crate::TrainError;
use crate::trained::Trained;
use sparring_nn::{EngineState, Network, NnError, Params};

/// A network of a model in training.
pub(crate) struct Member<'a> {
    /// Its name in states and files.
    pub name: &'static str,
    pub trained: &'a mut Trained,
    pub net: &'a mut Network<f32>,
}

/// All networks of a model, in the order of its files.
pub(crate) struct Members<'a, const N: usize>(pub [Member<'a>; N]);

impl<const N: usize> Members<'_, N> {
    /// The weights that are kept into the networks: averages, where there are any.
    pub fn sync(self) {
        self.0.into_iter().for_each(|of| of.trained.sync(of.net));
    }
    /// Names, weights and states.
    pub fn states(self) -> Vec<(String, Params<f32>, EngineState<f32>)> {
        let state = |of: Member<'_>| {
            let (weights, engine) = of.trained.state(of.net);
            (of.name.to_string(), weights, engine)
        };
        self.0.into_iter().map(state).collect()
    }
    /// Goes on from such states; where one is refused, all networks stay as they were.
    ///
    /// # Errors
    /// If they are of other networks.
    pub fn restore(mut self, states: &[(String, Params<f32>, EngineState<f32>)]) -> Result<(), TrainError> {
        if !self.0.iter().map(|of| of.name).eq(states.iter().map(|(name, ..)| name)) {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        }
        let before = self.0.each_ref().map(|of| of.trained.state(of.net));
        for i in 0..N {
            let (_, weights, engine) = &states[i];
            let Member { trained, net, .. } = &mut self.0[i];
            if let Err(refused) = trained.restore(net, (weights, engine)) {
                for (of, (weights, engine)) in self.0[..i].iter_mut().zip(&before) {
                    of.trained.restore(of.net, (weights, engine))?;
                }
                return Err(refused);
            }
        }
        Ok(())
    }
    /// The weights that are kept.
    pub fn kept(self) -> Vec<Params<f32>> {
        let kept = |of: Member<'_>| {
            of.trained.sync(of.net);
            of.net.params.clone()
        };
        self.0.into_iter().map(kept).collect()
    }
    /// Such weights into the networks, which have them until the next step.
    pub fn keep(self, weights: &[Params<f32>]) {
        self.0.into_iter().zip(weights).for_each(|(of, weights)| of.trained.give(of.net, weights));
    }
    /// Forgets gradients found so far.
    pub fn discard(self) {
        self.0.into_iter().for_each(|of| of.trained.engine.discard());
    }
}
