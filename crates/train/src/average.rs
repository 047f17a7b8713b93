//! The average of the weights of a training, beside the weights.

use sparring_nn::Network;
use sparring_optim::Ema;
use sparring_tensor::Array;

/// One average for each parameter of a network, in visiting order; what is not trained (running statistics) is copied bit by bit.
#[derive(Debug)]
pub(crate) struct Average {
    decay: f64,
    values: Vec<Array<f32>>,
}

impl Average {
    /// Starts at the weights as they are; `decay` as of [`Ema::decay`].
    pub(crate) fn new(decay: f64, net: &Network<f32>) -> Self {
        let mut values = Vec::new();
        net.params.iter().for_each(|p| values.push(p.value.clone()));
        Self { decay, values }
    }
    /// Takes up the weights after a step.
    pub(crate) fn update(&mut self, net: &Network<f32>) {
        let (decay, mut values) = (self.decay, self.values.iter_mut());
        net.params.iter().for_each(|p| {
            let average = values.next().expect("a network keeps its parameters");
            let (average, now) = (average.as_mut_slice(), p.value.as_slice());
            if p.is_trained() { Ema::update(decay, average, now) } else { average.copy_from_slice(now) }
        });
    }
    /// The average goes into the network and the weights come here; a second call undoes the first.
    pub(crate) fn exchange(&mut self, net: &mut Network<f32>) {
        let mut values = self.values.iter_mut();
        net.params.iter_mut().for_each(|p| {
            std::mem::swap(&mut p.value, values.next().expect("a network keeps its parameters"));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_nn::{Graph, Kind, Param, layers};
    use sparring_seed::Key;

    #[test]
    fn what_is_not_trained_is_copied_to_the_bit() {
        let spec = Graph::chain([1, 1, 2], vec![layers::flatten(), layers::linear(2, 2)]);
        let mut net: Network<f32> = spec.build(Key::new(1)).unwrap();
        let set = |net: &mut Network<f32>, v: f32| {
            for p in &mut net.params {
                if p.name().ends_with("bias") {
                    *p = Param::new(p.name(), Kind::Buffer, p.value.clone());
                }
                p.value.as_mut_slice().fill(v);
            }
        };
        // From 1e30, m + (w - m) would end at 0.
        set(&mut net, 1e30);
        let mut average = Average::new(0.5, &net);
        set(&mut net, 0.1);
        average.update(&net);
        average.exchange(&mut net);
        net.params.iter().for_each(|p| {
            let name = p.name();
            let want = if name.ends_with("bias") { 0.1 } else { 5e29 };
            assert!(p.value.as_slice().iter().all(|v| *v == want), "{name}: {:?}", p.value.as_slice());
        });
    }
}
