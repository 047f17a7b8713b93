//! An update rule with its state, applied to the parameters of a module.

use crate::{Network, NnError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Grads;
use sparring_optim::{AnyRule, Rule, clip_value, global_norm};
use sparring_tensor::{Array, Elem, reduce};

/// How gradients are limited before a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clip {
    /// Every element to [−limit, limit].
    Value(f64),
    /// All gradients together to this Euclidean norm.
    GlobalNorm(f64),
}

/// A rule, its step count and its slots, parameter by parameter in visiting order.
#[derive(Clone, Debug)]
pub struct Optimizer<E: Elem = f32> {
    rule: AnyRule,
    clip: Option<Clip>,
    step: u64,
    slots: Vec<Vec<Array<E>>>,
}

impl<E: Elem> Optimizer<E> {
    /// A fresh optimiser.
    pub fn new(rule: AnyRule, clip: Option<Clip>) -> Self {
        Self { rule, clip, step: 0, slots: Vec::new() }
    }
    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.step
    }
    /// One step at learning rate `lr`. Parameters of learnt activations are not decayed; parameters without a
    /// gradient stay.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] names the first parameter whose gradient is infinite or NaN; nothing is changed then.
    pub fn step(&mut self, network: &mut Network<E>, grads: &mut Grads<E>, lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        let fine = |p: &&crate::Param<E>| grads.param(p.id()).is_none_or(reduce::all_finite);
        if let Some(p) = network.params.iter().find(|p| !fine(p)) {
            return Err(NnError::NonFinite { name: p.name().into(), step });
        }
        self.limit(network, grads);
        self.step = step;
        let (rule, plain, slots) = (self.rule, self.rule.without_decay(), &mut self.slots);
        for (index, p) in network.params.iter_mut().filter(|p| p.is_trained()).enumerate() {
            if slots.len() == index {
                slots.push((0..rule.slots()).map(|_| Array::zeros(p.value.shape())).collect());
            }
            if let Some(g) = grads.param(p.id()) {
                let rule = if p.kind() == crate::Kind::Activation { plain } else { rule };
                let mut state: Vec<&mut [E]> = slots[index].iter_mut().map(Array::as_mut_slice).collect();
                rule.update(step, E::of(lr), p.value.as_mut_slice(), g.as_slice(), &mut state);
            }
        }
        Ok(())
    }
    fn limit(&self, network: &Network<E>, grads: &mut Grads<E>) {
        match self.clip {
            None => {}
            Some(Clip::Value(limit)) => {
                for p in &network.params {
                    if let Some(g) = grads.param_mut(p.id()) {
                        clip_value(g.as_mut_slice(), E::of(limit));
                    }
                }
            }
            Some(Clip::GlobalNorm(max)) => {
                let parts = network.params.iter().filter_map(|p| grads.param(p.id()));
                let norm = parts.fold(0.0f64, |norm, g| norm.hypot(global_norm([g.as_slice()])));
                let factor = max / (norm + 1e-6);
                if factor < 1.0 {
                    for p in &network.params {
                        if let Some(g) = grads.param_mut(p.id()) {
                            g.as_mut_slice().iter_mut().for_each(|v| *v *= E::of(factor));
                        }
                    }
                }
            }
        }
    }
}
