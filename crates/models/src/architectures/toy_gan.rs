//! A GAN for points of a plane: what mode collapse is counted with.

use crate::{GanForm, GanSpec};
use sparring_activations::{AnyActivation, LeakyRelu, Relu, Sigmoid};
use sparring_math::named::Range;
use sparring_nn::{AnyLayer, Graph, layers};

/// The hidden layers of the discriminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ToyCritic {
    /// LeakyReLU of slope 0.2.
    #[default]
    Leaky,
    /// The largest of five, the paper's.
    Maxout,
}

sparring_math::value_of_words!(ToyCritic { Leaky = "leaky", Maxout = "maxout" });

/// G: noise to a point through four hidden layers of ReLU, batch normalisation behind each if asked for, sigmoid at the end; D: three hidden layers, one logit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToyGan {
    /// Numbers of noise.
    pub latent: usize,
    /// Width of the generator's hidden layers.
    pub width: usize,
    /// Width of the discriminator's hidden layers.
    pub critic_width: usize,
    /// Its hidden layers.
    pub critic: ToyCritic,
    /// Whether the generator's hidden layers are normalised.
    pub norm: crate::Normalization,
    /// Points that the discriminator sees together.
    pub pack: usize,
}

impl Default for ToyGan {
    fn default() -> Self {
        let (critic, norm) = (ToyCritic::default(), crate::Normalization::None);
        Self { latent: 2, width: 128, critic_width: 128, critic, norm, pack: 1 }
    }
}

/// More is a slip of the finger.
const WIDTH: Range = Range::Whole { low: 1, high: 65_536 };

sparring_math::named! {
    ToyGan: "toy-gan", [], "Lin et al. 2018, PacGAN, arXiv:1712.04086";
    latent: WIDTH, "numbers of noise";
    width: WIDTH, "width of the generator's hidden layers";
    critic_width: WIDTH, "width of the discriminator's hidden layers";
    critic: Range::Words(ToyCritic::WORDS), "the discriminator's hidden layers: leaky ReLU, or the largest of five";
    norm as generator_norm: Range::Words(crate::Normalization::WORDS), "normalisation of the generator's hidden layers";
    pack: GanForm::PACK, "points that the discriminator sees together";
}

/// Pieces of a maxout unit.
const PIECES: usize = 5;

impl ToyGan {
    /// PacGAN's networks: 2-400-400-400-400-2 with batch normalisation, and three layers of 200 maxout units of five.
    pub fn of_the_paper() -> Self {
        let (critic, norm) = (ToyCritic::Maxout, crate::Normalization::Batch);
        Self { width: 400, critic_width: 200, critic, norm, ..Self::default() }
    }
    fn hidden(&self, from: usize) -> Vec<AnyLayer> {
        match self.critic {
            ToyCritic::Leaky => vec![
                layers::linear(from, self.critic_width),
                layers::activation(&AnyActivation::LeakyRelu(LeakyRelu { slope: 0.2 })),
            ],
            ToyCritic::Maxout => {
                vec![layers::linear(from, PIECES * self.critic_width), layers::maxout(PIECES)]
            }
        }
    }
    /// Both networks, for `[1, 1, 2]`.
    pub fn spec(&self) -> GanSpec {
        let form = GanForm { pack: self.pack, ..GanForm::default() };
        let mut generator = vec![layers::flatten()];
        for i in 0..4 {
            generator.push(layers::linear(if i == 0 { self.latent } else { self.width }, self.width));
            if self.norm == crate::Normalization::Batch {
                generator.push(layers::batch_norm(self.width));
            }
            generator.push(layers::activation(&AnyActivation::Relu(Relu)));
        }
        generator.extend([
            layers::linear(self.width, 2),
            layers::activation(&AnyActivation::Sigmoid(Sigmoid)),
            layers::reshape(&[1, 1, 2]),
        ]);
        // Points lie in the unit square, clouds a hundredth of it apart.
        let mut discriminator =
            vec![layers::normalize(&vec![0.5; self.pack], &vec![0.1; self.pack]), layers::flatten()];
        for i in 0..3 {
            discriminator.extend(self.hidden(if i == 0 { 2 * self.pack } else { self.critic_width }));
        }
        discriminator.push(layers::linear(self.critic_width, 1));
        GanSpec {
            generator: Graph::chain([1, 1, self.latent], generator),
            discriminator: Graph::chain([self.pack, 1, 2], discriminator),
            form,
        }
    }
}
