//! Initializers of weights and biases.

mod orthogonal;

use serde::{Deserialize, Serialize};
use sparring_activations::{Activation, AnyActivation};
use sparring_math::grammar::Call;
use sparring_math::named::{NamedError, Range};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};
use std::f64::consts::SQRT_2;
use std::fmt;
use std::str::FromStr;

/// How a layer's parameters are drawn. Fan-in = numbers that enter one output, fan-out = outputs one number enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Weights and biases uniform in ±1/√fan-in, as PyTorch's linear and convolution layers.
    #[default]
    Torch,
    /// Normal weights of standard deviation gain/√fan-in (He et al. 2015, arXiv:1502.01852), zero biases.
    He {
        /// The gain of the activation that follows.
        gain: f64,
    },
    /// Uniform weights in ±gain · √(6/(fan-in + fan-out)) (Glorot and Bengio 2010), zero biases.
    Glorot {
        /// 1 for tanh-like units at small weights.
        gain: f64,
    },
    /// gain times a matrix with orthonormal rows or columns (Saxe et al. 2014, arXiv:1312.6120), zero biases.
    Orthogonal {
        /// The gain of the activation that follows.
        gain: f64,
    },
}

/// The factor that keeps the second moment through an activation; 1 where it is infinite.
pub fn gain(act: &AnyActivation) -> f64 {
    Activation::<f64>::about(act).gain_forward.unwrap_or(1.0)
}

impl Init {
    /// He's initializer with the gain of the activation that follows.
    pub fn he_for(act: &AnyActivation) -> Self {
        Self::He { gain: gain(act) }
    }
    /// An orthogonal start with the gain of the activation that follows.
    pub fn orthogonal_for(act: &AnyActivation) -> Self {
        Self::Orthogonal { gain: gain(act) }
    }
    /// Of a parameter `init`.
    pub(crate) const RANGE: Range = Range::Told("torch, he, glorot or orthogonal, as in he(gain=1.5)");
    /// The gain, where there is one, is finite and positive.
    pub(crate) fn check(&self, layer: &'static str) -> Result<(), NamedError> {
        let known = Range::above(0.0);
        match *self {
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
            Self::He { gain } => {
                let mut numbers = key.rng(0);
                Array::from_fn(Shape::new(shape), |_| E::of(gain / fan_in.sqrt() * numbers.normal()))
            }
            Self::Orthogonal { gain } => orthogonal::draw(shape, gain, key),
        }
    }
    /// Biases `[out]`.
    pub fn bias<E: Elem>(&self, outputs: usize, fan_in: usize, key: Key) -> Array<E> {
        let mut numbers = key.rng(0);
        let bound = if *self == Self::Torch { 1.0 / (fan_in as f64).sqrt() } else { 0.0 };
        Array::from_fn([outputs], |_| E::of(bound * (2.0 * numbers.uniform_f64() - 1.0)))
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torch => f.write_str("torch"),
            Self::He { gain } => write!(f, "he(gain={gain})"),
            Self::Glorot { gain } => write!(f, "glorot(gain={gain})"),
            Self::Orthogonal { gain } => write!(f, "orthogonal(gain={gain})"),
        }
    }
}

/// `torch`, `he(gain=1.5)`; without a gain, that of ReLU, √2, for He's and 1 for the others.
impl FromStr for Init {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let call = Call::parse(text)?;
        let gain = match call.arguments[..] {
            [] => None,
            [(None | Some("gain"), gain)] => {
                Some(gain.parse().map_err(|_| format!("the gain `{gain}` is no number"))?)
            }
            _ => return Err("an initializer has a gain at most".into()),
        };
        Ok(match gain {
            None if call.names("torch") => Self::Torch,
            gain if call.names("he") => Self::He { gain: gain.unwrap_or(SQRT_2) },
            gain if call.names("glorot") => Self::Glorot { gain: gain.unwrap_or(1.0) },
            gain if call.names("orthogonal") => Self::Orthogonal { gain: gain.unwrap_or(1.0) },
            _ => return Err(format!("must be {}", Self::RANGE)),
        })
    }
}

sparring_math::value_by_text!(Init);

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
    fn texts_name_initializers() {
        for (text, init) in [
            ("torch", Init::Torch),
            ("he", Init::He { gain: SQRT_2 }),
            ("Glorot", Init::Glorot { gain: 1.0 }),
            ("orthogonal(gain=0.5)", Init::Orthogonal { gain: 0.5 }),
        ] {
            assert_eq!(text.parse(), Ok(init));
            assert_eq!(init.to_string().parse(), Ok(init));
        }
        for text in ["torch(1)", "he(x)", "he(gain=1, 2)", "he(std=1)", "xavier", "he("] {
            assert!(text.parse::<Init>().is_err(), "{text}");
        }
        assert!(Init::He { gain: f64::NAN }.check("linear").is_err() && Init::Torch.check("linear").is_ok());
    }

    #[test]
    fn laws_have_the_right_spread() {
        let key = Key::new(3);
        let (mean, sd, top) = moments(&Init::Torch.weight(&[200, 100], key));
        assert!(mean.abs() < 0.002 && (sd - 0.1 / 3f64.sqrt()).abs() < 0.002 && top <= 0.1);
        let (_, sd, _) = moments(&Init::He { gain: 2f64.sqrt() }.weight(&[200, 10, 2, 5], key));
        assert!((sd - (2.0f64 / 100.0).sqrt()).abs() < 0.003);
        let (_, _, top) = moments(&Init::Glorot { gain: 1.0 }.weight(&[200, 100], key));
        assert!(top <= (6.0f64 / 300.0).sqrt() && top > 0.98 * (6.0f64 / 300.0).sqrt());
        assert_eq!(moments(&Init::He { gain: 1.0 }.bias(10, 5, key)).2, 0.0);
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
