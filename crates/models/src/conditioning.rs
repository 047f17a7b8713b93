//! How a GAN learns of classes.

use crate::ModelError;
use serde::{Deserialize, Serialize};
use sparring_math::Real;
use sparring_math::named::{NamedError, Range};

/// How the discriminator of a GAN learns of the class of an example; the generator's noise is followed by the class as zeros and a one, which its first linear layer makes an embedding of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conditioning {
    /// Not, and the generator neither.
    #[default]
    None,
    /// From a plane a class beside the example's channels, ones in that of its class: the first layer makes an embedding of it (Mirza and Osindero 2014, arXiv:1411.1784).
    Embedding,
    /// By a logit of the class that is added to that of every example: the last layer's outputs are ψ(φ(x)) and, a class, the product of its embedding with φ(x) (Miyato and
    /// Koyama 2018, arXiv:1802.05637).
    Projection,
    /// It is not told: it also names the class, by logits beside its verdict (AC-GAN, Odena et al. 2017, arXiv:1610.09585).
    Auxiliary,
}

sparring_math::value_of_words!(Conditioning {
    None = "none",
    Embedding = "embedding",
    Projection = "projection",
    Auxiliary = "auxiliary",
});

impl Conditioning {
    /// Planes beside the channels of an example.
    pub fn planes(self, classes: usize) -> usize {
        if self == Self::Embedding { classes } else { 0 }
    }
    /// Outputs of the discriminator: the logit, and those of the classes.
    pub fn outputs(self, classes: usize) -> usize {
        match self {
            Self::None | Self::Embedding => 1,
            Self::Projection | Self::Auxiliary => classes.saturating_add(1),
        }
    }
    /// The logit that says whether an example of this class is real, from the discriminator's outputs.
    #[inline]
    pub fn logit<E: Real>(self, outputs: &[E], class: usize) -> E {
        match self {
            Self::Projection => outputs[0] + outputs[1 + class],
            _ => outputs[0],
        }
    }
    /// The gradient at the outputs from that at the logit; the outputs it does not read get 0.
    #[inline]
    pub fn pull<E: Real>(self, d_logit: E, class: usize, d_outputs: &mut [E]) {
        d_outputs.fill(E::ZERO);
        d_outputs[0] = d_logit;
        if self == Self::Projection {
            d_outputs[1 + class] = d_logit;
        }
    }
}

/// What the discriminator of a GAN sees beside one example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanForm {
    /// Classes that examples are made of; 0: none.
    pub classes: usize,
    /// How the discriminator learns of them.
    pub conditioning: Conditioning,
    /// Examples that the discriminator sees together, all real or all generated (PacGAN, Lin et al. 2018, arXiv:1712.04086).
    pub pack: usize,
}

impl Default for GanForm {
    fn default() -> Self {
        Self { classes: 0, conditioning: Conditioning::None, pack: 1 }
    }
}

impl GanForm {
    /// What a pack may be.
    pub(crate) const PACK: Range = Range::Whole { low: 1, high: 16 };

    /// Of images of ten digits.
    pub(crate) fn of_digits(conditioning: Conditioning, pack: usize) -> Self {
        Self { classes: if conditioning == Conditioning::None { 0 } else { 10 }, conditioning, pack }
    }
    /// Refuses an architecture of which both are asked for.
    pub(crate) fn fits(&self, thing: &'static str) -> Result<(), NamedError> {
        if self.pack == 1 || self.conditioning == Conditioning::None {
            return Ok(());
        }
        Err(NamedError::value(thing, "pack", self.pack, "1 beside a conditioning: a pack has no class"))
    }
    /// Whether it sees an example alone.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
    /// Planes beside the channels of an example.
    pub fn planes(&self) -> usize {
        self.conditioning.planes(self.classes)
    }
    /// Outputs of the discriminator.
    pub fn outputs(&self) -> usize {
        self.conditioning.outputs(self.classes)
    }
    /// Its numbers do not contradict each other.
    ///
    /// # Errors
    /// [`ModelError::Role`] in words.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let refuse = |what: String| Err(ModelError::Role { model: "gan", what });
        if self.pack == 0 {
            return refuse("it packs 0 examples; one at least".into());
        }
        match (self.conditioning, self.classes) {
            (Conditioning::None, 0) => Ok(()),
            (Conditioning::None, n) => {
                refuse(format!("{n} classes and no conditioning: embedding, projection or auxiliary"))
            }
            (of, 0 | 1) => refuse(format!("conditioning {of} needs at least 2 classes")),
            _ if self.pack > 1 => {
                refuse("it packs examples, and a pack has no class: either classes or packs".into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_logit() {
        let outputs = [0.5f32, 2.0, -1.0, 4.0];
        for (of, logit, d) in [
            (Conditioning::None, 0.5, [3.0, 0.0, 0.0, 0.0]),
            (Conditioning::Auxiliary, 0.5, [3.0, 0.0, 0.0, 0.0]),
            (Conditioning::Projection, -0.5, [3.0, 0.0, 3.0, 0.0]),
        ] {
            let mut got = [f32::NAN; 4];
            of.pull(3.0, 1, &mut got);
            assert_eq!((of.logit(&outputs, 1), got), (logit, d), "{of}");
        }
        assert_eq!((Conditioning::Embedding.planes(10), Conditioning::Projection.planes(10)), (10, 0));
        assert_eq!((Conditioning::Embedding.outputs(10), Conditioning::Auxiliary.outputs(10)), (1, 11));
    }
}
