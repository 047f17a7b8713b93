//! A module seen through `sparring-oracle`: what attacks attack.

use crate::{Cx, Mode, Module, ShapeError};
use sparring_autograd::Tape;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_tensor::{Array, Shape};
use std::sync::{Mutex, PoisonError};

/// A classifier with frozen parameters: a pull-back costs one forward and the input's gradient, nothing more.
#[derive(Debug)]
pub struct Victim<'m> {
    module: &'m dyn Module<f32>,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
    mode: Mode,
    /// Idle tapes, so that a step allocates no nodes; one a worker in the end.
    tapes: Mutex<Vec<Tape<f32>>>,
}

impl<'m> Victim<'m> {
    /// A victim that takes examples of `shape` `[channels, height, width]` in `bounds`; a dry run checks the shapes.
    ///
    /// # Errors
    /// [`ShapeError`] where two layers do not fit, or the output is not one row of logits an example.
    pub fn new(module: &'m dyn Module<f32>, shape: [usize; 3], bounds: Bounds) -> Result<Self, ShapeError> {
        let [c, h, w] = shape;
        let out = module.output_shape(Shape::new(&[1, c, h, w]))?;
        match out.dims() {
            &[1, classes] if classes > 1 => {
                Ok(Self { module, shape, classes, bounds, mode: Mode::Eval, tapes: Mutex::default() })
            }
            _ => Err(ShapeError::new(
                module.kind(),
                format!(
                    "a classifier gives [batch, classes] with two classes or more, this network gives {out}"
                ),
            )),
        }
    }
    /// The same with another mode (dropout on, say).
    #[must_use]
    pub fn in_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }
    fn with_tape<R>(&self, f: impl FnOnce(&Tape<f32>) -> R) -> R {
        let idle = self.tapes.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tape = idle.unwrap_or_default();
        let out = f(&tape);
        tape.reset();
        self.tapes.lock().unwrap_or_else(PoisonError::into_inner).push(tape);
        out
    }
    fn check(&self, x: &Batch<'_>, what: &str, got: usize, expected: usize) -> Result<(), OracleError> {
        if x.shape() != self.shape {
            return Err(OracleError::Shape(format!(
                "examples {:?}, the model takes {:?}",
                x.shape(),
                self.shape
            )));
        }
        if got != expected {
            return Err(OracleError::Shape(format!("{what}: {got} numbers, expected {expected}")));
        }
        Ok(())
    }
    fn input(&self, x: &Batch<'_>) -> Array<f32> {
        let [c, h, w] = self.shape;
        Array::from_slice([x.len(), c, h, w], x.data())
    }
}

impl Classifier for Victim<'_> {
    fn shape(&self) -> [usize; 3] {
        self.shape
    }
    fn classes(&self) -> usize {
        self.classes
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.check(&x, "logits", out.len(), x.len() * self.classes)?;
        self.with_tape(|tape| {
            let cx = Cx::eval(tape).in_mode(self.mode);
            let z = self.module.forward(&cx, tape.constant(self.input(&x)));
            out.copy_from_slice(z.value().as_slice());
        });
        Ok(())
    }
}

impl Differentiable for Victim<'_> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.pullbacks(x, 1, &mut |_, z, dz| cotangent(z, dz), grad)
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        self.check(&x, "gradients", grads.len(), k * x.data().len())?;
        if x.is_empty() {
            return Ok(());
        }
        self.with_tape(|tape| {
            let cx = Cx::eval(tape).in_mode(self.mode);
            let input = tape.leaf(self.input(&x));
            let z = self.module.forward(&cx, input);
            let logits = z.value();
            for (i, grad) in grads.chunks_exact_mut(x.data().len()).enumerate() {
                let mut dz = Array::zeros(logits.shape());
                cotangent(i, logits.as_slice(), dz.as_mut_slice());
                match tape.backward(z, dz).get(input) {
                    Some(g) => grad.copy_from_slice(g.as_slice()),
                    None => grad.fill(0.0),
                }
            }
        });
        Ok(())
    }
}
