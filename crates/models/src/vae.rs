//! A variational autoencoder: an encoder to a normal distribution of codes, a decoder from a code to logits of pixels.

use crate::ModelError;
use crate::ending::final_activation;
use crate::noise::standard_normal;
use serde::{Deserialize, Serialize};
use sparring_activations::{Activation, AnyActivation, Sigmoid};
use sparring_autograd::Tape;
use sparring_nn::{Cx, Graph, Network};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Both networks as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaeSpec {
    /// From an example to 2 · latent numbers: the means μ of the code, then the logarithms of its variances.
    pub encoder: Graph,
    /// From a code `[1, 1, latent]` to the logits of the pixels.
    pub decoder: Graph,
}

/// Specs and networks: q(z | x) = N(μ(x), diag σ²(x)), p(z) = N(0, I), and of each pixel p(x = 1 | z) = sigmoid(decoder(z)).
///
/// Source: Kingma and Welling 2014, arXiv:1312.6114.
#[derive(Debug)]
pub struct Vae {
    spec: VaeSpec,
    latent: usize,
    /// From examples to means and log-variances.
    pub encoder: Network<f32>,
    /// From codes to logits.
    pub decoder: Network<f32>,
}

fn role(what: String) -> ModelError {
    ModelError::Role { model: "vae", what }
}

impl Vae {
    /// Log-variances further from 0 count as this: standard deviations lie between 0.0067 and 148.
    pub const LOGVAR_LIMIT: f32 = 10.0;

    /// Networks with parameters drawn by `key`.
    ///
    /// # Errors
    /// If shapes do not fit: the encoder gives two numbers for each of the code, the decoder as many as an example has; if the decoder ends in an activation of bounded values (a sigmoid there is
    /// applied twice), or the encoder in one that cannot give any mean and log-variance.
    pub fn new(spec: VaeSpec, key: Key) -> Result<Self, ModelError> {
        let encoder: Network<f32> = spec.encoder.build(key.named("encoder"))?;
        let decoder: Network<f32> = spec.decoder.build(key.named("decoder"))?;
        if spec.encoder.outputs.len().max(spec.decoder.outputs.len()) > 1 {
            return Err(role("a network with several outputs: `Graph::up_to` makes a network of one".into()));
        }
        let latent = spec.decoder.input.iter().product::<usize>();
        let (told, made) = (encoder.output_shape(1)?, decoder.output_shape(1)?);
        if told.numel() != 2 * latent {
            return Err(role(format!(
                "the encoder gives {told} for one example, but a code of {latent} numbers takes {}: means, then log-variances",
                2 * latent
            )));
        }
        let pixels = spec.encoder.input.iter().product::<usize>();
        if made.numel() != pixels {
            return Err(role(format!(
                "the decoder gives {made} for one code, an example has {pixels} numbers"
            )));
        }
        let bounded = |graph| {
            let about = |a: &&AnyActivation| Activation::<f64>::about(*a).range;
            final_activation(graph).filter(|a| about(a).0.is_some() || about(a).1.is_some())
        };
        if let Some(a) = bounded(&spec.decoder) {
            return Err(role(format!(
                "the decoder ends in {a}, but the loss takes logits: a sigmoid would be applied twice; leave it out"
            )));
        }
        if let Some(a) = bounded(&spec.encoder) {
            return Err(role(format!(
                "the encoder ends in {a}, but means and log-variances may be any numbers; leave it out"
            )));
        }
        Ok(Self { spec, latent, encoder, decoder })
    }
    /// Both networks as data.
    pub fn spec(&self) -> &VaeSpec {
        &self.spec
    }
    /// Numbers of a code.
    pub fn latent(&self) -> usize {
        self.latent
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.spec.encoder.input
    }
    /// Means and log-variances `[n, latent]` of the codes of x `[n, c, h, w]`; log-variances are within [`LOGVAR_LIMIT`](Self::LOGVAR_LIMIT), NaN stays NaN.
    ///
    /// # Panics
    /// If x does not have the shape of the encoder's examples.
    pub fn encode(&self, x: Array<f32>) -> (Array<f32>, Array<f32>) {
        let (tape, n, latent) = (Tape::new(), x.shape()[0], self.latent);
        let told = self.encoder.forward(&Cx::eval(&tape), tape.constant(x)).value();
        let part = |from: usize| {
            Array::from_fn([n, latent], |i| told.as_slice()[i / latent * 2 * latent + from + i % latent])
        };
        let (mu, mut logvar) = (part(0), part(latent));
        let limit = Self::LOGVAR_LIMIT;
        logvar.as_mut_slice().iter_mut().for_each(|l| *l = l.clamp(-limit, limit));
        (mu, logvar)
    }
    /// The logits `[n, pixels]` of codes z, `n · latent` numbers.
    ///
    /// # Panics
    /// If z does not hold whole codes.
    pub fn logits(&self, z: Array<f32>) -> Array<f32> {
        let n = z.len() / self.latent;
        assert_eq!(z.len(), n * self.latent, "vae: {} numbers for codes of {}", z.len(), self.latent);
        let [c, h, w] = self.spec.decoder.input;
        let tape = Tape::new();
        let y = self.decoder.forward(&Cx::eval(&tape), tape.constant(z.reshape([n, c, h, w]))).value();
        y.reshape([n, y.len() / n.max(1)])
    }
    /// The pixels `[n, c, h, w]` of codes z: sigmoid of the [logits](Self::logits), the mean of p(x | z).
    ///
    /// # Panics
    /// If z does not hold whole codes.
    pub fn decode(&self, z: Array<f32>) -> Array<f32> {
        let logits = self.logits(z);
        let (n, [c, h, w]) = (logits.shape()[0], self.shape());
        let mut x = Array::stale([n, c, h, w]);
        Sigmoid.forward(logits.as_slice(), x.as_mut_slice());
        x
    }
    /// The reconstruction `[n, c, h, w]` of x through the means of its codes.
    ///
    /// # Panics
    /// If x does not have the shape of the encoder's examples.
    pub fn reconstruct(&self, x: Array<f32>) -> Array<f32> {
        self.decode(self.encode(x).0)
    }
    /// Noise z ~ N(0, I), `[ids.len(), latent]`; row i depends on `key` and `ids[i]` alone, with the same bits on every machine.
    pub fn noise(&self, key: Key, ids: &[u64]) -> Array<f32> {
        let mut z = Array::stale([ids.len(), self.latent]);
        standard_normal(key, ids, self.latent, z.as_mut_slice());
        z
    }
    /// Samples `[ids.len(), c, h, w]` of the model: the pixels of codes drawn from the prior.
    pub fn sample(&self, key: Key, ids: &[u64]) -> Array<f32> {
        self.decode(self.noise(key, ids))
    }
    /// Most samples that should be drawn at once: what lies between the decoder's layers is bounded ([`Cost`](sparring_nn::Cost)).
    pub fn most_samples(&self) -> usize {
        self.decoder.cost().expect("checked when built").most_examples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MlpVae;
    use sparring_nn::layers;

    fn model(arch: &MlpVae) -> Vae {
        Vae::new(arch.spec(), Key::new(1)).unwrap()
    }

    #[test]
    fn a_code_is_means_then_log_variances_within_the_limit() {
        let mut vae = model(&MlpVae { latent: 3, hidden: 5, ..MlpVae::default() });
        // What the encoder says of any image.
        let told = [1.0, -2.0, 3.0, 0.5, 40.0, -40.0];
        vae.encoder.params.iter_mut().for_each(|p| p.value.as_mut_slice().fill(0.0));
        vae.encoder.params.get_mut("3.bias").unwrap().value.as_mut_slice().copy_from_slice(&told);
        let x = Array::from_fn([2, 1, 28, 28], |i| (i % 7) as f32 / 7.0);
        let (mu, logvar) = vae.encode(x.clone());
        assert_eq!((mu.shape().dims(), logvar.shape().dims()), (&[2, 3][..], &[2, 3][..]));
        assert_eq!(mu.as_slice(), [1.0, -2.0, 3.0, 1.0, -2.0, 3.0]);
        assert_eq!(&logvar.as_slice()[3..], [0.5, 10.0, -10.0]);
        let through = vae.reconstruct(x);
        assert_eq!(through.as_slice(), vae.decode(mu.clone()).as_slice());
        for (p, logit) in through.as_slice().iter().zip(vae.logits(mu).as_slice()) {
            assert!((f64::from(*p) - 1.0 / (1.0 + (-f64::from(*logit)).exp())).abs() < 1e-6);
        }
    }

    #[test]
    fn samples_depend_on_key_and_id_alone() {
        let vae = model(&MlpVae { latent: 4, hidden: 8, ..MlpVae::default() });
        let all = vae.sample(Key::new(2), &[0, 1, 2, 3, 4]);
        let one = vae.sample(Key::new(2), &[3]);
        assert_eq!((all.shape().dims(), one.shape().dims()), (&[5, 1, 28, 28][..], &[1, 1, 28, 28][..]));
        assert!(one.as_slice().iter().zip(&all.as_slice()[3 * 784..]).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_ne!(vae.noise(Key::new(3), &[3]).as_slice(), vae.noise(Key::new(2), &[3]).as_slice());
        let many = vae.noise(Key::new(5), &(0..5000).collect::<Vec<_>>());
        let squares = many.as_slice().iter().map(|z| f64::from(z * z)).sum::<f64>() / many.len() as f64;
        // 20,000 squares of deviation √2.
        assert!((squares - 1.0).abs() < 0.05, "{squares}");
    }

    #[test]
    fn networks_that_do_not_fit_are_refused() {
        let refused = |change: &dyn Fn(&mut VaeSpec)| {
            let mut spec = MlpVae::default().spec();
            change(&mut spec);
            Vae::new(spec, Key::new(1)).unwrap_err().to_string()
        };
        let sigmoid = || layers::activation(&"sigmoid".parse::<AnyActivation>().unwrap());
        let e = refused(&|spec| {
            spec.decoder.push(sigmoid());
        });
        assert!(e.contains("sigmoid") && e.contains("twice"), "{e}");
        let e = refused(&|spec| {
            spec.encoder.push(sigmoid());
        });
        assert!(e.contains("any numbers"), "{e}");
        let e = refused(&|spec| spec.decoder = MlpVae { latent: 7, ..MlpVae::default() }.spec().decoder);
        assert!(e.contains("takes 14"), "{e}");
        let e = refused(&|spec| spec.encoder.input = [1, 28, 27]);
        assert!(e.contains("784"), "{e}");
    }
}
