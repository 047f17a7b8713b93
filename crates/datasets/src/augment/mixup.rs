//! Images and labels averaged.
//!
//! x = λ x_i + (1 − λ) x_j, loss = λ CE(y_i) + (1 − λ) CE(y_j), λ of Beta(alpha, alpha), one for a batch; j is a permutation of the batch
//! source   Zhang et al. 2018, arXiv:1710.09412; authors' code github.com/facebookresearch/mixup-cifar10

use super::beta::beta;
use super::contract::Augmentation;
use super::mix::Mix;
use sparring_math::named::Range;
use sparring_seed::Stream;

/// Each image is averaged with another of its batch, and so are the losses of their labels.
///
/// Source: Zhang et al. 2018, arXiv:1710.09412.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixup {
    /// Both parameters of the Beta distribution of the share.
    pub alpha: f64,
}

impl Default for Mixup {
    fn default() -> Self {
        Self { alpha: 0.2 }
    }
}

/// What the parameter of a Beta distribution may be.
pub(super) const ALPHA: Range = Range::above_to(0.0, 1000.0);

sparring_math::named! {
    Mixup: "mixup", [], "Zhang et al. 2018, arXiv:1710.09412";
    alpha: ALPHA, "the share is of Beta(alpha, alpha), one for a batch";
}

impl Augmentation for Mixup {
    const ABOUT: &'static str = "each image and its label averaged with another's of the batch";
    const MIXES: bool = true;

    fn mix(&self, _: [usize; 3], rng: &mut Stream) -> Option<Mix> {
        Some(Mix { share: beta(self.alpha, rng), patch: None })
    }
}
