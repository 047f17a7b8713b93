//! An update rule with its state, applied to the parameters of a module.

use crate::{Module, NnError, Param};
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
    pub fn step(&mut self, module: &mut dyn Module<E>, grads: &mut Grads<E>, lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        let mut bad = None;
        module.visit("", &mut |name, p| {
            let fine = grads.param(p.id()).is_none_or(reduce::all_finite);
            if !fine && bad.is_none() {
                bad = Some(name.to_string());
            }
        });
        if let Some(name) = bad {
            return Err(NnError::NonFinite { name, step });
        }
        self.limit(module, grads);
        self.step = step;
        let (rule, plain, slots) = (self.rule, self.rule.without_decay(), &mut self.slots);
        let mut index = 0;
        module.visit_mut("", &mut |_, p: &mut Param<E>| {
            if !p.is_trained() {
                return;
            }
            if slots.len() == index {
                slots.push((0..rule.slots()).map(|_| Array::zeros(p.value.shape())).collect());
            }
            if let Some(g) = grads.param(p.id()) {
                let rule = if p.kind() == crate::Kind::Activation { plain } else { rule };
                let mut state: Vec<&mut [E]> = slots[index].iter_mut().map(Array::as_mut_slice).collect();
                rule.update(step, E::of(lr), p.value.as_mut_slice(), g.as_slice(), &mut state);
            }
            index += 1;
        });
        Ok(())
    }
    fn limit(&self, module: &dyn Module<E>, grads: &mut Grads<E>) {
        match self.clip {
            None => {}
            Some(Clip::Value(limit)) => module.visit("", &mut |_, p| {
                if let Some(g) = grads.param_mut(p.id()) {
                    clip_value(g.as_mut_slice(), E::of(limit));
                }
            }),
            Some(Clip::GlobalNorm(max)) => {
                // Norms of the parts first: the gradients are visited one at a time.
                let mut norm = 0.0f64;
                module.visit("", &mut |_, p| {
                    norm = norm.hypot(grads.param(p.id()).map_or(0.0, |g| global_norm([g.as_slice()])));
                });
                let factor = max / (norm + 1e-6);
                if factor < 1.0 {
                    module.visit("", &mut |_, p| {
                        if let Some(g) = grads.param_mut(p.id()) {
                            g.as_mut_slice().iter_mut().for_each(|v| *v *= E::of(factor));
                        }
                    });
                }
            }
        }
    }
}
