//! A network in training: its engine, and the average of its weights where one is kept.

use crate::TrainError;
use sparring_nn::{Engine, EngineState, Network, NnError, Params};

/// An engine and the network it was made from, which is brought up to date when somebody asks.
#[derive(Debug)]
pub(crate) struct Trained {
    pub engine: Engine,
    decay: Option<f64>,
    /// Whether the network has the present weights.
    fresh: bool,
}

impl Trained {
    pub fn new(engine: Engine, decay: Option<f64>) -> Self {
        Self { engine, decay, fresh: false }
    }
    /// One step with the gradients found last.
    pub fn update(&mut self, net: &Network<f32>, lr: f64) -> Result<(), TrainError> {
        self.fresh = false;
        self.engine.update(&net.params, lr)?;
        if let Some(decay) = self.decay {
            self.engine.average(decay);
        }
        Ok(())
    }
    /// Begins the average at the weights as they are.
    pub fn begin_average(&mut self) {
        if let Some(decay) = self.decay {
            self.engine.average(decay);
        }
    }
    /// The present weights, not their average, into the network.
    pub fn store(&mut self, net: &mut Network<f32>) {
        self.engine.store(&mut net.params);
        self.fresh = false;
    }
    /// The weights that are kept into the network: the average, where there is one.
    pub fn sync(&mut self, net: &mut Network<f32>) {
        if self.fresh {
            return;
        }
        let averaged = self.decay.is_some();
        if averaged {
            self.engine.exchange_average();
        }
        self.engine.store(&mut net.params);
        if averaged {
            self.engine.exchange_average();
        }
        self.fresh = true;
    }
    /// These weights into the network, which has them until the next step.
    pub fn give(&mut self, net: &mut Network<f32>, weights: &Params<f32>) {
        net.params.iter_mut().zip(weights).for_each(|(to, from)| to.value = from.value.clone());
        self.fresh = true;
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
        let keeps = self.decay.is_some() && net.params.iter().any(|p| p.is_trained());
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
        (self.engine, self.fresh) = (engine, false);
        Ok(())
    }
}
