//! What the numbers of a layer may be: a specification may come from a file that somebody made up.

use crate::LayerSpec;

/// Most numbers that the weights of a network may hold, of one layer or of all: 2²⁸ is 1 GiB of `f32`. What flows between its layers is
/// bounded by [`Cost`](crate::Cost).
pub(crate) const MOST: usize = 1 << 28;

impl LayerSpec {
    /// Numbers that its weight holds.
    pub(crate) fn weights(&self) -> usize {
        let product = |extents: &[usize]| extents.iter().fold(1usize, |a, &b| a.saturating_mul(b));
        match self {
            Self::Linear { inputs, outputs, .. } => product(&[*inputs, *outputs]),
            Self::Conv2d { inputs, outputs, kernel, .. }
            | Self::ConvTranspose2d { inputs, outputs, kernel, .. } => {
                product(&[*inputs, *outputs, kernel[0], kernel[1]])
            }
            _ => 0,
        }
    }
    /// Numbers of this layer that may be zero, too large or otherwise senseless.
    pub(crate) fn problem(&self) -> Option<String> {
        /// Longest stride, padding or window: no image is wider.
        const LONGEST: usize = 1 << 16;
        let short = |what: &str, values: &[usize]| {
            values.iter().any(|&v| v > LONGEST).then(|| format!("{what} {values:?}: at most {LONGEST}"))
        };
        let positive = |what: &str, values: &[usize]| {
            values.contains(&0).then(|| format!("{what} {values:?}: must be above 0"))
        };
        let size = |values: &[usize]| {
            let n = values.iter().try_fold(1usize, |a, &b| a.checked_mul(b));
            n.is_none_or(|n| n > MOST)
                .then(|| format!("{values:?} weights are more than this program will hold"))
        };
        match self {
            Self::Linear { inputs, outputs, init } => positive("extents", &[*inputs, *outputs])
                .or_else(|| size(&[*inputs, *outputs]))
                .or_else(|| init.problem()),
            Self::Conv2d { inputs, outputs, kernel, stride, padding, init }
            | Self::ConvTranspose2d { inputs, outputs, kernel, stride, padding, init } => {
                positive("channels", &[*inputs, *outputs])
                    .or_else(|| positive("kernel", kernel))
                    .or_else(|| positive("stride", stride))
                    .or_else(|| size(&[*inputs, *outputs, kernel[0], kernel[1]]))
                    .or_else(|| short("stride", stride))
                    .or_else(|| short("padding", padding))
                    .or_else(|| init.problem())
            }
            Self::Pool2d { kernel, stride, padding, .. } => positive("window", kernel)
                .or_else(|| positive("stride", stride))
                .or_else(|| short("window", kernel))
                .or_else(|| short("stride", stride))
                .or_else(|| {
                    (0..2)
                        .any(|i| padding[i] > kernel[i] / 2)
                        .then(|| format!("padding {padding:?}: at most half the window {kernel:?}"))
                }),
            Self::Dropout { p } => {
                (!(0.0..1.0).contains(p)).then(|| format!("dropout p {p}: must be in [0, 1)"))
            }
            Self::Reshape { shape } => (shape.is_empty() || shape.len() > 3)
                .then(|| format!("reshape {shape:?}: one to three axes"))
                .or_else(|| positive("reshape", shape)),
            Self::Flatten | Self::Activation { .. } => None,
        }
    }
}
