//! A model of burn behind sparring's two traits: every attack runs on it.
//!
//! ```no_run
//! # fn forward(x: burn::tensor::Tensor<4>) -> burn::tensor::Tensor<2> { x.flatten(1, 3) }
//! use burn::tensor::Device;
//! use sparring_attacks::{Threat, evaluate, suites};
//! use sparring_burn::BurnModel;
//! use sparring_oracle::{Batch, Bounds};
//! let model = BurnModel::new(forward, [1, 28, 28], 10, Bounds::UNIT, Device::flex().autodiff());
//! let (x, y) = (vec![0.5; 784], [3]);
//! let x = Batch::new(&x, [1, 28, 28], &[0])?;
//! println!("{}", evaluate(&model, x, &y, &suites::quick(), &Threat::linf(0.3)?, sparring_seed::Key::new(7))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use burn::tensor::{Device, Tensor, TensorData};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A function from examples `[n, channels, height, width]` to logits `[n, classes]`: `|x| net.forward(x)`.
///
/// Gradients need a device with autodiff (`Device::autodiff`), on which the model's parameters must lie too. Threads take turns, for burn 0.22 can lock up between two of them: an evaluation gains nothing from a second one.
#[derive(Clone, Debug)]
pub struct BurnModel<F> {
    forward: F,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
    device: Device,
}

impl<F: Fn(Tensor<4>) -> Tensor<2>> BurnModel<F> {
    /// `shape` is `[channels, height, width]` of an example (`[1, 1, dim]` for vectors), `bounds` the box of its numbers.
    pub fn new(forward: F, shape: [usize; 3], classes: usize, bounds: Bounds, device: Device) -> Self {
        Self { forward, shape, classes, bounds, device }
    }

    fn examples(&self, x: Batch<'_>) -> Tensor<4> {
        let [channels, height, width] = x.shape();
        Tensor::from_data(TensorData::new(x.data().to_vec(), [x.len(), channels, height, width]), &self.device)
    }

    /// The logits of the examples, row by row.
    fn numbers(&self, z: &Tensor<2>, n: usize) -> Result<Vec<f32>, OracleError> {
        let (got, expected) = (z.dims(), [n, self.classes]);
        if got != expected {
            return Err(OracleError::Shape(format!("the model's logits have shape {got:?}, expected {expected:?}")));
        }
        f32s(z.to_data())
    }
}

/// burn's autodiff (0.22) takes its two locks in different orders when it records a step and when it cleans up after a backward pass: two threads whose graphs share parameters wait for
/// each other for ever. So one of them works at a time.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn f32s(data: TensorData) -> Result<Vec<f32>, OracleError> {
    data.try_to_vec::<f32>().map_err(|e| OracleError::Model(format!("{e:?}").into()))
}

impl<F: Fn(Tensor<4>) -> Tensor<2>> Classifier for BurnModel<F> {
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
        if !x.is_empty() {
            let _turn = turn();
            let z = (self.forward)(self.examples(x));
            out.copy_from_slice(&self.numbers(&z, x.len())?);
        }
        Ok(())
    }
}

impl<F: Fn(Tensor<4>) -> Tensor<2>> Differentiable for BurnModel<F> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        if x.is_empty() {
            cotangent(&[], &mut []);
            return Ok(());
        }
        let _turn = turn();
        let input = self.examples(x).require_grad();
        let z = (self.forward)(input.clone());
        let values = self.numbers(&z, x.len())?;
        let mut dz = vec![0.0; values.len()];
        cotangent(&values, &mut dz);
        // The gradient of Σ dz · z with dz constant is the pull-back of dz.
        let weights = Tensor::<2>::from_data(TensorData::new(dz, [x.len(), self.classes]), &self.device);
        let grads = (z * weights).sum().backward();
        match input.grad(&grads) {
            Some(g) => grad.copy_from_slice(&f32s(g.to_data())?),
            // A model that does not depend on its input.
            None => grad.fill(0.0),
        }
        Ok(())
    }
}
