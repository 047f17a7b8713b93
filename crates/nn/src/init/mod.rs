//! Initializers of weights and biases.

mod lsuv;
mod orthogonal;
mod scheme;
mod text;

pub use lsuv::{Lsuv, LsuvLayer};
pub use scheme::{
    AnyInitScheme, EdgeOfChaosInit, GaussianInit, GlorotInit, HeInit, HeMode, OrthogonalInit, TorchInit,
};

use serde::{Deserialize, Serialize};
use sparring_activations::{AnyActivation, gain};
use sparring_math::named::{NamedError, Range};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};

/// How a layer's parameters are drawn. Fan-in = numbers that enter one output, fan-out = outputs one number enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Weights and biases uniform in ±1/√fan-in, as PyTorch's linear and convolution layers.
    #[default]
    Torch,
    /// Normal weights of standard deviation gain/√fan-in (He et al. 2015, arXiv:1502.01852), zero biases.
    He {
        /// The gain of the activation that the layer reads; 1 of a layer that reads none.
        gain: f64,
    },
    /// Uniform weights in ±gain · √(6/(fan-in + fan-out)) (Glorot and Bengio 2010), zero biases.
    Glorot {
        /// 1 for tanh-like units at small weights.
        gain: f64,
    },
    /// gain times a matrix with orthonormal rows or columns (Saxe et al. 2014, arXiv:1312.6120), zero biases.
    Orthogonal {
        /// The gain of the activation that the layer reads.
        gain: f64,
    },
    /// Normal weights of standard deviation σ_w/√fan-in and normal biases of σ_b: the networks of mean-field theory (Poole et al. 2016, arXiv:1606.05340).
    Gaussian {
        /// σ_w.
        sigma_w: f64,
        /// σ_b.
        sigma_b: f64,
    },
}

impl Init {
    /// He's initializer of a layer that reads this activation.
    pub fn he_for(act: &AnyActivation) -> Self {
        Self::He { gain: gain(act) }
    }
    /// An orthogonal initializer of a layer that reads this activation.
    pub fn orthogonal_for(act: &AnyActivation) -> Self {
        Self::Orthogonal { gain: gain(act) }
    }
    /// Of a parameter `init`.
    pub(crate) const RANGE: Range =
        Range::Told("torch, he, glorot, orthogonal or gaussian, as in he(gain=1.5)");
    /// The gain, where there is one, is finite and positive; so is σ_w, and σ_b at least 0.
    pub(crate) fn check(&self, layer: &'static str) -> Result<(), NamedError> {
        let (known, spread) = (Range::above(0.0), Range::at_least(0.0));
        match *self {
            Self::Gaussian { sigma_w, .. } if !known.holds(sigma_w) => {
                Err(NamedError::value(layer, "init.sigma_w", sigma_w, known))
            }
            Self::Gaussian { sigma_b, .. } if !spread.holds(sigma_b) => {
                Err(NamedError::value(layer, "init.sigma_b", sigma_b, spread))
            }
            Self::He { gain } | Self::Glorot { gain } | Self::Orthogonal { gain } if !known.holds(gain) => {
                Err(NamedError::value(layer, "init.gain", gain, known))
            }
            _ => Ok(()),
        }
    }
    /// Weights `[out, in, ..]`.
    pub fn weight<E: Elem>(&self, shape: &[usize], key: Key) -> Array<E> {
        let taps: usize = shape[2..].iter().product();
        let (fan_in, fan_out) = ((shape[1] * taps) as f64, (shape[0] * taps) as f64);
        let mut numbers = key.rng(0);
        let mut uniform = |bound: f64| {
            Array::from_fn(Shape::new(shape), |_| E::of(bound * (2.0 * numbers.uniform_f64() - 1.0)))
        };
        match *self {
            Self::Torch => uniform(1.0 / fan_in.sqrt()),
            Self::Glorot { gain } => uniform(gain * (6.0 / (fan_in + fan_out)).sqrt()),
            Self::He { gain } | Self::Gaussian { sigma_w: gain, .. } => {
                let mut numbers = key.rng(0);
                Array::from_fn(Shape::new(shape), |_| E::of(gain / fan_in.sqrt() * numbers.normal()))
            }
            Self::Orthogonal { gain } => orthogonal::draw(shape, gain, key),
        }
    }
    /// Biases `[out]`.
    pub fn bias<E: Elem>(&self, outputs: usize, fan_in: usize, key: Key) -> Array<E> {
        let mut numbers = key.rng(0);
        if let Self::Gaussian { sigma_b, .. } = *self {
            return Array::from_fn([outputs], |_| E::of(sigma_b * numbers.normal()));
        }
        let bound = if *self == Self::Torch { 1.0 / (fan_in as f64).sqrt() } else { 0.0 };
        Array::from_fn([outputs], |_| E::of(bound * (2.0 * numbers.uniform_f64() - 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(a: &Array<f64>) -> (f64, f64, f64) {
        let n = a.len() as f64;
        let mean = a.as_slice().iter().sum::<f64>() / n;
        let var = a.as_slice().iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        (mean, var.sqrt(), a.as_slice().iter().fold(0.0, |m, v| m.max(v.abs())))
    }

    #[test]
    fn weights_and_biases_have_the_right_spread() {
        let key = Key::new(3);
        let (mean, sd, top) = moments(&Init::Torch.weight(&[200, 100], key));
        assert!(mean.abs() < 0.002 && (sd - 0.1 / 3f64.sqrt()).abs() < 0.002 && top <= 0.1);
        let (_, sd, _) = moments(&Init::He { gain: 2f64.sqrt() }.weight(&[200, 10, 2, 5], key));
        assert!((sd - (2.0f64 / 100.0).sqrt()).abs() < 0.003);
        let (_, _, top) = moments(&Init::Glorot { gain: 1.0 }.weight(&[200, 100], key));
        assert!(top <= (6.0f64 / 300.0).sqrt() && top > 0.98 * (6.0f64 / 300.0).sqrt());
        assert_eq!(moments(&Init::He { gain: 1.0 }.bias(10, 5, key)).2, 0.0);
        let gaussian = Init::Gaussian { sigma_w: 1.5, sigma_b: 0.3 };
        let (_, sd, _) = moments(&gaussian.weight(&[200, 100], key));
        assert!((sd - 0.15).abs() < 0.003);
        let (mean, sd, _) = moments(&gaussian.bias(20_000, 5, key));
        assert!(mean.abs() < 0.01 && (sd - 0.3).abs() < 0.006);
    }

    #[test]
    fn orthogonal_rows_are_orthonormal_times_gain() {
        for shape in [[4, 9], [9, 4]] {
            let w: Array<f64> = Init::Orthogonal { gain: 3.0 }.weight(&shape, Key::new(1));
            let (short, stride, step) = if shape[0] < shape[1] { (4, 9, 1) } else { (4, 1, 4) };
            for i in 0..short {
                for j in 0..short {
                    let dot: f64 = (0..9)
                        .map(|k| w.as_slice()[i * stride + k * step] * w.as_slice()[j * stride + k * step])
                        .sum();
                    assert!((dot - if i == j { 9.0 } else { 0.0 }).abs() < 1e-12, "{shape:?} {i} {j}: {dot}");
                }
            }
        }
    }
}
