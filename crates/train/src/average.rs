//! The average of the weights of a training, beside the weights.

use sparring_nn::{Module, Param};
use sparring_optim::Ema;
use sparring_tensor::Array;

/// One average for each parameter of a network, in visiting order; running statistics are copied, not averaged.
#[derive(Debug)]
pub(crate) struct Average {
    decay: f64,
    values: Vec<Array<f32>>,
}

impl Average {
    /// Starts at the weights as they are; `decay` as of [`Ema::decay`].
    pub(crate) fn new(decay: f64, net: &dyn Module<f32>) -> Self {
        let mut values = Vec::new();
        net.visit("", &mut |_, p| values.push(p.value.clone()));
        Self { decay, values }
    }
    /// Takes up the weights after a step.
    pub(crate) fn update(&mut self, net: &dyn Module<f32>) {
        let (decay, mut values) = (self.decay, self.values.iter_mut());
        net.visit("", &mut |_, p| {
            let average = values.next().expect("a network keeps its parameters");
            let decay = if p.is_trained() { decay } else { 0.0 };
            Ema::update(decay, average.as_mut_slice(), p.value.as_slice());
        });
    }
    /// The average goes into the network and the weights come here; a second call undoes the first.
    pub(crate) fn exchange(&mut self, net: &mut dyn Module<f32>) {
        let mut values = self.values.iter_mut();
        net.visit_mut("", &mut |_, p: &mut Param<f32>| {
            std::mem::swap(&mut p.value, values.next().expect("a network keeps its parameters"));
        });
    }
}
