//! A model of candle behind sparring's two traits: every attack runs on it.
//!
//! ```no_run
//! # fn forward(x: &candle_core::Tensor) -> candle_core::Result<candle_core::Tensor> { Ok(x.clone()) }
//! use sparring_attacks::{Threat, evaluate, suites};
//! use sparring_candle::CandleModel;
//! use sparring_oracle::{Batch, Bounds};
//! let model = CandleModel::new(forward, [1, 28, 28], 10, Bounds::UNIT, candle_core::Device::Cpu);
//! let (x, y) = (vec![0.5; 784], [3]);
//! let x = Batch::new(&x, [1, 28, 28], &[0])?;
//! println!("{}", evaluate(&model, x, &y, &suites::quick(), &Threat::linf(0.3)?, sparring_seed::Key::new(7))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use candle_core::{Device, Result, Tensor, Var};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// A function from examples `[n, channels, height, width]` to logits `[n, classes]`: `|x| net.forward(x)`, with the model in inference mode.
#[derive(Clone, Debug)]
pub struct CandleModel<F> {
    forward: F,
    shape: [usize; 3],
    classes: usize,
    bounds: Bounds,
    device: Device,
}

impl<F: Fn(&Tensor) -> Result<Tensor>> CandleModel<F> {
    /// `shape` is `[channels, height, width]` of an example (`[1, 1, dim]` for vectors), `bounds` the box of its numbers.
    pub fn new(forward: F, shape: [usize; 3], classes: usize, bounds: Bounds, device: Device) -> Self {
        Self { forward, shape, classes, bounds, device }
    }

    fn examples(&self, x: Batch<'_>) -> Result<Tensor> {
        let [channels, height, width] = x.shape();
        Tensor::from_slice(x.data(), (x.len(), channels, height, width), &self.device)
    }

    /// The logits of the examples, row by row.
    fn numbers(&self, z: &Tensor, n: usize) -> std::result::Result<Vec<f32>, OracleError> {
        let dims = z.dims().to_vec();
        if dims != [n, self.classes] {
            let expected = [n, self.classes];
            return Err(OracleError::Shape(format!("the model's logits have shape {dims:?}, expected {expected:?}")));
        }
        z.flatten_all().and_then(|z| z.to_vec1::<f32>()).map_err(failed)
    }
}

fn failed(error: candle_core::Error) -> OracleError {
    OracleError::Model(Box::new(error))
}

impl<F: Fn(&Tensor) -> Result<Tensor>> Classifier for CandleModel<F> {
    fn shape(&self) -> [usize; 3] {
        self.shape
    }
    fn classes(&self) -> usize {
        self.classes
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> std::result::Result<(), OracleError> {
        if x.is_empty() {
            return Ok(());
        }
        let z = self.examples(x).and_then(|x| (self.forward)(&x)).map_err(failed)?;
        out.copy_from_slice(&self.numbers(&z, x.len())?);
        Ok(())
    }
}

impl<F: Fn(&Tensor) -> Result<Tensor>> Differentiable for CandleModel<F> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> std::result::Result<(), OracleError> {
        if x.is_empty() {
            cotangent(&[], &mut []);
            return Ok(());
        }
        let input = self.examples(x).and_then(|x| Var::from_tensor(&x)).map_err(failed)?;
        let z = (self.forward)(input.as_tensor()).map_err(failed)?;
        let values = self.numbers(&z, x.len())?;
        let mut dz = vec![0.0; values.len()];
        cotangent(&values, &mut dz);
        // The gradient of Σ dz · z with dz constant is the pull-back of dz.
        let back = || {
            let weights = Tensor::from_vec(dz, (x.len(), self.classes), &self.device)?;
            let grads = (&z * weights)?.sum_all()?.backward()?;
            grads.get(&input).map(|g| g.flatten_all()?.to_vec1::<f32>()).transpose()
        };
        match back().map_err(failed)? {
            Some(numbers) => grad.copy_from_slice(&numbers),
            // A model that does not depend on its input.
            None => grad.fill(0.0),
        }
        Ok(())
    }
}
