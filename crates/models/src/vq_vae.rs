//! An autoencoder with a codebook: a code is a grid of entries of a table.

use crate::ModelError;
use crate::codebook::nearest;
use serde::{Deserialize, Serialize};
use sparring_autograd::Tape;
use sparring_nn::{Cx, Graph, Network, layers};
use sparring_seed::Key;
use sparring_tensor::Array;

/// All networks as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VqVaeSpec {
    /// From an example to vectors, channels first: `[dim, h, w]`.
    pub encoder: Graph,
    /// From quantised vectors `[dim, h, w]` to the pixels.
    pub decoder: Graph,
    /// Vectors of the codebook.
    pub entries: usize,
}

/// Specs and networks: z = encoder(x), each of its h · w vectors replaced by the nearest of the codebook, decoded.
///
/// Source: van den Oord et al. 2017, arXiv:1711.00937.
#[derive(Debug)]
pub struct VqVae {
    spec: VqVaeSpec,
    /// From examples to vectors.
    pub encoder: Network<f32>,
    /// From quantised vectors to pixels.
    pub decoder: Network<f32>,
    /// From the number of an entry to its vector: one layer, an embedding with weight `[entries, dim]`.
    pub codebook: Network<f32>,
}

/// The name of the codebook's only parameter.
const WEIGHT: &str = "1.weight";

fn role(what: String) -> ModelError {
    ModelError::Role { model: "vq-vae", what }
}

impl VqVaeSpec {
    /// The codebook as a network.
    pub fn codebook(&self) -> Graph {
        let dim = self.decoder.input[0];
        Graph::chain([1, 1, 1], vec![layers::flatten(), layers::embedding(self.entries, dim)])
    }
}

impl VqVae {
    /// Networks with parameters drawn by `key`; a training sets the codebook to encodings of its first batch.
    ///
    /// # Errors
    /// If shapes do not fit: the encoder gives as many numbers as the decoder takes, the decoder as many as an example has; if there are fewer than two entries.
    pub fn new(spec: VqVaeSpec, key: Key) -> Result<Self, ModelError> {
        if spec.entries < 2 {
            return Err(role(format!(
                "a codebook of {}; two entries or more tell images apart",
                spec.entries
            )));
        }
        if spec.encoder.outputs.len().max(spec.decoder.outputs.len()) > 1 {
            return Err(role("a network with several outputs: `Graph::up_to` makes a network of one".into()));
        }
        let encoder: Network<f32> = spec.encoder.build(key.named("encoder"))?;
        let decoder: Network<f32> = spec.decoder.build(key.named("decoder"))?;
        let codebook: Network<f32> = spec.codebook().build(key.named("codebook"))?;
        let (told, made) = (encoder.output_shape(1)?, decoder.output_shape(1)?);
        let [d, h, w] = spec.decoder.input;
        if told.numel() != d * h * w {
            return Err(role(format!(
                "the encoder gives {told} for one example, the decoder takes [{d}, {h}, {w}]"
            )));
        }
        let pixels = spec.encoder.input.iter().product::<usize>();
        if made.numel() != pixels {
            return Err(role(format!(
                "the decoder gives {made} for one code, an example has {pixels} numbers"
            )));
        }
        Ok(Self { spec, encoder, decoder, codebook })
    }
    /// All networks as data.
    pub fn spec(&self) -> &VqVaeSpec {
        &self.spec
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.spec.encoder.input
    }
    /// Vectors of the codebook.
    pub fn entries(&self) -> usize {
        self.spec.entries
    }
    /// Numbers of a vector.
    pub fn dim(&self) -> usize {
        self.spec.decoder.input[0]
    }
    /// Vectors of a code.
    pub fn places(&self) -> usize {
        self.spec.decoder.input[1] * self.spec.decoder.input[2]
    }
    /// The codebook, `[entries, dim]`.
    pub fn vectors(&self) -> &[f32] {
        self.codebook.params.get(WEIGHT).expect("an embedding has a weight").value.as_slice()
    }
    /// The codebook to be changed, `[entries, dim]`.
    pub fn vectors_mut(&mut self) -> &mut [f32] {
        self.codebook.params.get_mut(WEIGHT).expect("an embedding has a weight").value.as_mut_slice()
    }
    /// The encoder's vectors of x `[n, c, h, w]`, before they are quantised, channels first: `[n, dim · places]`.
    ///
    /// # Panics
    /// If x does not have the shape of the encoder's examples.
    pub fn vectors_of(&self, x: Array<f32>) -> Array<f32> {
        let (tape, n) = (Tape::new(), x.shape()[0]);
        let z = self.encoder.forward(&Cx::eval(&tape), tape.constant(x)).value();
        z.reshape([n, self.dim() * self.places()])
    }
    /// The nearest entry at each place of vectors `[n, dim · places]`: `[n, places]`; of equally near ones the first.
    ///
    /// # Panics
    /// If z does not hold whole codes.
    pub fn entries_of(&self, z: &[f32]) -> Vec<u32> {
        nearest(self.vectors(), z, self.dim(), self.places())
    }
    /// The vectors of entries `[n, places]`, channels first: `[n, dim · places]`.
    ///
    /// # Panics
    /// If an entry is not of the codebook.
    pub fn quantised(&self, entries: &[u32]) -> Vec<f32> {
        let (vectors, dim, places) = (self.vectors(), self.dim(), self.places());
        let mut out = Vec::with_capacity(entries.len() * dim);
        for code in entries.chunks(places) {
            (0..dim).for_each(|c| out.extend(code.iter().map(|&e| vectors[e as usize * dim + c])));
        }
        out
    }
    /// The pixels `[n, pixels]` of quantised vectors `[n, dim · places]`.
    ///
    /// # Panics
    /// If z does not hold whole codes.
    pub fn decode(&self, z: Array<f32>) -> Array<f32> {
        let [d, h, w] = self.spec.decoder.input;
        let n = z.len() / (d * h * w);
        let tape = Tape::new();
        let y = self.decoder.forward(&Cx::eval(&tape), tape.constant(z.reshape([n, d, h, w]))).value();
        y.reshape([n, y.len() / n.max(1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConvVqVae, ImageCoder as _};

    fn model() -> VqVae {
        VqVae::new(ConvVqVae { entries: 8, dim: 3, ..ConvVqVae::default() }.spec(), Key::new(1)).unwrap()
    }

    #[test]
    fn each_place_gets_its_nearest_vector_and_is_decoded() {
        let model = model();
        let x = Array::from_fn([2, 1, 28, 28], |i| (i * 31 % 97) as f32 / 97.0);
        let z = model.vectors_of(x.clone());
        let entries = model.entries_of(z.as_slice());
        assert_eq!((model.places(), entries.len()), (49, 98));
        let quantised = model.quantised(&entries);
        for (i, p) in [(0, 0), (0, 48), (1, 7)] {
            let at = |z: &[f32], c: usize| f64::from(z[i * 147 + c * 49 + p]);
            let far = |k: usize| -> f64 {
                (0..3).map(|c| (at(z.as_slice(), c) - f64::from(model.vectors()[k * 3 + c])).powi(2)).sum()
            };
            let best = (0..8).fold(0, |best, k| if far(k) < far(best) { k } else { best });
            assert_eq!(entries[i * 49 + p] as usize, best);
            assert!((0..3).all(|c| at(&quantised, c) == f64::from(model.vectors()[best * 3 + c])));
        }
        // What is quantised stays what it is.
        assert_eq!(model.entries_of(&quantised), entries);
        let direct = model.decode(Array::from_slice([2, 147], &quantised));
        assert_eq!(model.reconstruction_of(x.clone()).as_slice(), direct.as_slice());
        assert_eq!(model.symbols_of(x), Some((entries, 8)));
    }

    #[test]
    fn networks_that_do_not_fit_are_refused() {
        let refused = |change: &dyn Fn(&mut VqVaeSpec)| {
            let mut spec = ConvVqVae::default().spec();
            change(&mut spec);
            VqVae::new(spec, Key::new(1)).unwrap_err().to_string()
        };
        assert!(refused(&|spec| spec.entries = 1).contains("two entries"));
        let other = ConvVqVae { dim: 5, ..ConvVqVae::default() }.spec();
        assert!(refused(&|spec| spec.decoder = other.decoder.clone()).contains("[5, 7, 7]"));
    }
}
