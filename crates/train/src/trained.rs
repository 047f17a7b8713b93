//! A network in training: its engine, and the average of its weights where one is kept.

use crate::TrainError;
use sparring_nn::{Engine, EngineState, Network, NnError, Params};
use sparring_optim::AnyAverage;

/// An engine and the network it was made from, which is brought up to date when somebody asks.
#[derive(Debug)]
pub(crate) struct Trained {
    pub engine: Engine,
    /// The average that is kept, and the steps of the training.
    average: Option<(AnyAverage, u64)>,
    /// Whether the network has the present weights.
    fresh: bool,
    /// Whether they are others than the engine's: see [`give`](Self::give).
    given: bool,
}

impl Trained {
    pub fn new(engine: Engine, average: Option<(AnyAverage, u64)>) -> Self {
        Self { engine, average, fresh: false, given: false }
    }
    /// One step with the gradients found last.
    pub fn update(&mut self, net: &Network<f32>, lr: f64) -> Result<(), TrainError> {
        (self.fresh, self.given) = (false, false);
        self.engine.update(&net.params, lr)?;
        let step = self.engine.steps();
        if let Some(decay) = self.average.and_then(|(of, steps)| of.decay(step, steps)) {
            self.engine.average(decay);
        }
        Ok(())
    }
    /// Begins an average that takes in the first weights.
    pub fn begin_average(&mut self) {
        if self.average.is_some_and(|(of, _)| of.begins_at_once()) {
            self.engine.average(0.0);
        }
    }
    /// Whether there is an average after so many steps.
    fn has_average(&self, step: u64) -> bool {
        self.average.is_some_and(|(of, steps)| of.has_begun(step, steps))
    }
    /// The present weights, not their average, into the network.
    pub fn store(&mut self, net: &mut Network<f32>) {
        self.engine.store(&mut net.params);
        (self.fresh, self.given) = (false, false);
    }
    /// The weights that are kept into the network: the average, where there is one.
    pub fn sync(&mut self, net: &mut Network<f32>) {
        self.sync_after(net, |_| ());
    }
    /// The same; where a layer takes statistics over batches, `estimate` finds those of the average, which go to the network. The engine keeps those of its own weights.
    pub fn sync_after(&mut self, net: &mut Network<f32>, estimate: impl FnOnce(&mut Engine)) {
        if std::mem::replace(&mut self.fresh, true) {
            return;
        }
        let engine = &mut self.engine;
        if self.average.is_none_or(|(of, steps)| !of.has_begun(engine.steps(), steps)) {
            return engine.store(&mut net.params);
        }
        engine.exchange_average();
        let own = engine.spans_batch().then(|| engine.buffers());
        // Before the first step the network is the one that came.
        if own.is_some() && engine.steps() > 0 {
            estimate(engine);
        }
        engine.store(&mut net.params);
        if let Some(own) = own {
            engine.set_buffers(&own);
        }
        engine.exchange_average();
    }
    /// These weights into the network, which has them until the next step.
    pub fn give(&mut self, net: &mut Network<f32>, weights: &Params<f32>) {
        net.params.iter_mut().zip(weights).for_each(|(to, from)| to.value = from.value.clone());
        (self.fresh, self.given) = (true, true);
    }
    /// The weights, not their average.
    pub fn weights(&self, net: &Network<f32>) -> Params<f32> {
        let stored = self.fresh && !self.has_average(self.engine.steps()) && !self.given;
        if stored { net.params.clone() } else { self.engine.export_weights(&net.params) }
    }
    /// The weights, not their average, and the engine's state.
    pub fn state(&self, net: &Network<f32>) -> (Params<f32>, EngineState<f32>) {
        (self.engine.export_weights(&net.params), self.engine.export_state(&net.params))
    }
    /// Goes on from such a state; one that is refused changes nothing.
    pub fn restore(
        &mut self,
        net: &mut Network<f32>,
        (params, state): (&Params<f32>, &EngineState<f32>),
    ) -> Result<(), TrainError> {
        let fits = params.len() == net.params.len()
            && params.iter().zip(&net.params).all(|(a, b)| a.name() == b.name() && a.shape() == b.shape());
        if !fits {
            return Err(NnError::State("it belongs to another network".into()).into());
        }
        params.check().map_err(NnError::from)?;
        let keeps = self.has_average(state.step) && net.params.iter().any(|p| p.is_trained());
        if state.average.is_some() != keeps {
            return Err(NnError::State("only one of the two keeps an average of the weights".into()).into());
        }
        let old = net.params.clone();
        net.params.iter_mut().zip(params).for_each(|(to, from)| to.value = from.value.clone());
        let mut engine = self.engine.again(net);
        if let Err(e) = engine.import_state(&net.params, state) {
            net.params.iter_mut().zip(&old).for_each(|(to, from)| to.value = from.value.clone());
            return Err(e.into());
        }
        (self.engine, self.fresh, self.given) = (engine, false, false);
        Ok(())
    }
}
