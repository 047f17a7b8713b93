//! A method on parameters in the layout of files, for loops that a user writes on a tape.

use crate::method::Norms;
use crate::{Method, NnError, Params};
use sparring_autograd::Grads;
use sparring_optim::squares;
use sparring_tensor::{Array, Elem, reduce};

/// A method with its step count and its slots, parameter by parameter. The compiled [`Engine`](crate::Engine) keeps its own.
#[derive(Clone, Debug)]
pub struct Optimizer<E: Elem = f32> {
    method: Method,
    step: u64,
    slots: Vec<Vec<Array<E>>>,
}

impl<E: Elem> Optimizer<E> {
    /// A fresh optimiser.
    pub fn new(method: impl Into<Method>) -> Self {
        Self { method: method.into(), step: 0, slots: Vec::new() }
    }
    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.step
    }
    /// One step at learning rate `lr`; parameters without a gradient stay.
    ///
    /// # Errors
    /// [`NnError::NonFinite`] names the first parameter whose gradient is infinite or NaN; nothing is changed then.
    pub fn step(&mut self, params: &mut Params<E>, grads: &mut Grads<E>, lr: f64) -> Result<(), NnError> {
        let step = self.step + 1;
        let fine = |p: &&crate::Param<E>| grads.param(p.id()).is_none_or(reduce::all_finite);
        if let Some(p) = params.iter().find(|p| !fine(p)) {
            return Err(NnError::NonFinite { name: p.name().into(), step });
        }
        self.step = step;
        let trained = params.iter().filter(|p| p.is_trained());
        for p in trained.skip(self.slots.len()) {
            let zeros = || Array::zeros(p.value.shape());
            self.slots.push((0..self.method.rule.slots()).map(|_| zeros()).collect());
        }
        let mut stage = self.method.stage(0);
        loop {
            let last = stage.end == self.method.transforms.len();
            let of = |p: &crate::Param<E>| grads.param(p.id()).map_or(0.0, |g| squares(g.as_slice()));
            let global = params.iter().map(of).sum::<f64>().sqrt();
            for (p, slots) in params.iter_mut().filter(|p| p.is_trained()).zip(&mut self.slots) {
                let Some(g) = grads.param_mut(p.id()).map(Array::as_mut_slice) else { continue };
                let norms = Norms { tensor: squares(g).sqrt(), global };
                let (of, w) = ((p.kind(), lr), p.value.as_mut_slice());
                self.method.transform(stage.clone(), of, norms, w, g);
                if last {
                    let all = 0..w.len();
                    self.method.step(step, of, w, g, slots, all);
                }
            }
            if last {
                return Ok(());
            }
            stage = self.method.stage(stage.end);
        }
    }
}
