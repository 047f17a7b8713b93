//! What the next steps of a learner depend on.

use sparring_nn::{EngineState, Param, Params};
use sparring_tensor::Array;

/// The weights, buffers and method states of all networks of a learner, and what else it carries from step to step.
#[derive(Clone, Debug)]
pub struct LearnerState {
    /// For each network its name, weights (not the average) and the state of its engine.
    pub networks: Vec<(String, Params<f32>, EngineState<f32>)>,
    /// Other numbers that are carried from step to step, by name.
    pub arrays: Vec<(String, Vec<f32>)>,
    /// Sums of the epoch so far.
    pub sums: Vec<f64>,
}

/// An array of a state: its name in files, its shape, its numbers.
pub(crate) type StateArray<'a> = (String, Vec<usize>, &'a mut [f32]);

impl LearnerState {
    /// Whether all weights are finite: from others no step leads back.
    pub(crate) fn is_finite(&self) -> bool {
        let mut params = self.networks.iter().flat_map(|(_, params, _)| params.iter());
        params.all(|p| sparring_tensor::reduce::all_finite(&p.value))
    }
    /// Makes room for the averages of a file, which has those that begin in the course of a training only once they have begun; `has` tells of a name whether the file has an array of it.
    pub(crate) fn expect_averages(&mut self, has: impl Fn(&str) -> bool) {
        for (network, params, engine) in &mut self.networks {
            let trained: Vec<_> = params.iter().filter(|p| p.is_trained()).collect();
            let Some(first) = trained.first() else { continue };
            let name = format!("average/{}", first.name());
            let name = if network.is_empty() { name } else { format!("{network}/{name}") };
            let zeros = |p: &&Param<f32>| Array::zeros(p.value.shape());
            engine.average = has(&name).then(|| trained.iter().map(zeros).collect());
        }
    }
    /// The arrays of the networks: `weights/NAME`, `slot0/NAME` and so on, `average/NAME`, where there are several networks behind the name of theirs; and under `carried/NAME` all others.
    pub(crate) fn arrays_mut(&mut self) -> Vec<StateArray<'_>> {
        let mut all = Vec::new();
        for (network, params, engine) in &mut self.networks {
            let of = |what: &str, name: &str| match network.as_str() {
                "" => format!("{what}/{name}"),
                network => format!("{network}/{what}/{name}"),
            };
            let trained: Vec<(String, Vec<usize>)> = params
                .iter()
                .filter(|p| p.is_trained())
                .map(|p| (p.name().to_string(), p.shape().dims().to_vec()))
                .collect();
            for p in params.iter_mut() {
                let (name, shape) = (of("weights", p.name()), p.shape().dims().to_vec());
                all.push((name, shape, p.value.as_mut_slice()));
            }
            let slots = engine.slots.iter_mut().enumerate().map(|(i, slot)| (format!("slot{i}"), slot));
            let average = engine.average.iter_mut().map(|average| ("average".to_string(), average));
            for (what, arrays) in slots.chain(average) {
                for ((name, shape), array) in trained.iter().zip(arrays) {
                    all.push((of(&what, name), shape.clone(), array.as_mut_slice()));
                }
            }
        }
        let carried = self.arrays.iter_mut();
        all.extend(
            carried.map(|(name, numbers)| (format!("carried/{name}"), vec![numbers.len()], &mut numbers[..])),
        );
        all
    }
}
