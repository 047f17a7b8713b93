//! A patch of another image.
//!
//! λ of Beta(alpha, alpha); a box of sides √(1 − λ) times the image's, its centre uniform, cut at the border, is another image's; λ is then the share that is left
//! source   Yun et al. 2019, arXiv:1905.04899; authors' code github.com/clovaai/CutMix-PyTorch

use super::beta::beta;
use super::contract::Augmentation;
use super::cutout::span;
use super::mix::Mix;
use super::mixup::ALPHA;
use sparring_seed::Stream;

/// A box of each image is that of another of its batch; losses of the labels by the shares of the area.
///
/// Source: Yun et al. 2019, arXiv:1905.04899.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutMix {
    /// Both parameters of the Beta distribution of the area left.
    pub alpha: f64,
}

impl Default for CutMix {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

sparring_math::named! {
    CutMix: "cutmix", [], "Yun et al. 2019, arXiv:1905.04899";
    alpha: ALPHA, "the area left is of Beta(alpha, alpha), one for a batch";
}

impl Augmentation for CutMix {
    const ABOUT: &'static str = "a box of each image is another's of the batch, labels by area";
    const MIXES: bool = true;

    fn mix(&self, [_, h, w]: [usize; 3], rng: &mut Stream) -> Option<Mix> {
        let side = (1.0 - beta(self.alpha, rng)).sqrt();
        let [rows, columns] = [h, w].map(|n| span(n, (side * n as f64) as usize, rng));
        let share = 1.0 - (rows.len() * columns.len()) as f64 / (h * w) as f64;
        Some(Mix { share, patch: Some([rows, columns]) })
    }
}
