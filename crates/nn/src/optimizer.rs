//! A method on parameters in the layout of files, for loops that a user writes on a tape.

use crate::method::TensorStep;
use crate::{Method, NnError, Params};
use sparring_autograd::Grads;
use sparring_tensor::{Array, Elem, reduce};

/// A method with its step count and its slots, parameter by parameter. The compiled [`Engine`](crate::Engine) keeps its own.
#[derive(Clone, Debug)]
pub struct Optimizer<E: Elem = f32> {
    method: Method,
    step: u64,
    /// Of each parameter, the steps in which it had a gradient: bias corrections and averages count those, as PyTorch's do.
    kept: Vec<(u64, Vec<Array<E>>)>,
}

impl<E: Elem> Optimizer<E> {
    /// A fresh optimiser.
    pub fn new(method: impl Into<Method>) -> Self {
        Self { method: method.into(), step: 0, kept: Vec::new() }
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
        for p in trained.skip(self.kept.len()) {
            let zeros = || Array::zeros(p.value.shape());
            self.kept.push((0, (0..self.method.slots()).map(|_| zeros()).collect()));
        }
        for (p, (steps, _)) in params.iter().filter(|p| p.is_trained()).zip(&mut self.kept) {
            *steps += u64::from(grads.param(p.id()).is_some());
        }
        self.method.step_tensors(lr, &mut |visit| {
            let trained = params.iter_mut().filter(|p| p.is_trained());
            for (p, (step, slots)) in trained.zip(&mut self.kept) {
                if let Some(g) = grads.param_mut(p.id()) {
                    let of = p.layout();
                    visit(TensorStep {
                        of,
                        step: *step,
                        w: p.value.as_mut_slice(),
                        g: g.as_mut_slice(),
                        slots,
                    });
                }
            }
        });
        Ok(())
    }
}
