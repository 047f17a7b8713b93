//! Larger images (PyTorch's `Upsample` with `align_corners=False`).
//!
//! nearest    y[i] = x[⌊i / scale⌋], along both axes
//! bilinear   y[i] = (1 − t) x[⌊s⌋] + t x[⌊s⌋ + 1] with s = max((i + ½) / scale − ½, 0) and t = s − ⌊s⌋, along both axes; the last pixel goes on beyond the border

use super::STEP;
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, Range};
use sparring_tensor::{Array, Elem, Shape, Trans};

/// How pixels between those of the input are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The pixel above and left.
    #[default]
    Nearest,
    /// The four pixels around, weighted by their distance.
    Bilinear,
}

sparring_math::value_of_words!(Interpolation { Nearest = "nearest", Bilinear = "bilinear" });

/// `[n, c, h, w]` to `[n, c, h · scale, w · scale]`. Extents are `[height, width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upsample {
    /// Pixels for each of the input, along each axis.
    pub scale: [usize; 2],
    /// How they are found.
    #[serde(default)]
    pub mode: Interpolation,
}

impl Default for Upsample {
    fn default() -> Self {
        Self { scale: [1; 2], mode: Interpolation::Nearest }
    }
}

sparring_math::named! {
    Upsample: "upsample", [], "";
    scale: STEP, "whole factors of height and width", required;
    mode: Range::Words(Interpolation::WORDS), "how pixels between those of the input are found";
}

/// The image `scale` times as high and wide.
pub fn upsample(scale: usize, mode: Interpolation) -> AnyLayer {
    Upsample { scale: [scale; 2], mode }.into()
}

/// Weights of `extent` pixels in each of `extent · scale`, `[extent · scale, extent]`.
fn weights<E: Elem>(extent: usize, scale: usize) -> Array<E> {
    let mut all = Array::zeros([extent * scale, extent]);
    for (i, row) in all.as_mut_slice().chunks_exact_mut(extent).enumerate() {
        let s = ((i as f64 + 0.5) / scale as f64 - 0.5).max(0.0);
        let (low, t) = (s as usize, s.fract());
        row[low] = E::of(1.0 - t);
        row[(low + 1).min(extent - 1)] += E::of(t);
    }
    all
}

impl Layer for Upsample {
    const TORCH: &'static str = "nn.Upsample";
    const SHORT: &'static [(&'static str, (&'static str, &'static str))] =
        &[("upsampling_nearest2d", ("mode", "nearest"))];
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("scale_factor", Is("scale")),
        ("align_corners", Only(&["false", "none"])),
        ("recompute_scale_factor", Only(&["false", "none"])),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let [vertical, horizontal] = self.scale;
        match *inputs[0].dims() {
            [n, c, h, w] => {
                let (h, w) = (h.saturating_mul(vertical), w.saturating_mul(horizontal));
                super::given(Self::NAME, &[n, c, h, w])
            }
            _ => {
                let what = format!("expected [batch, channels, height, width], got {}", inputs[0]);
                Err(ShapeError::new(Self::NAME, what))
            }
        }
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let (of, [_, _, h, w]) = (output.numel() as u64, inputs[0].dims4());
        match self.mode {
            Interpolation::Nearest => Cost::of_output(output.numel()),
            // Two matmuls, along the rows and along the columns; the image in between, in both orders.
            Interpolation::Bilinear => {
                let mul_adds = of.saturating_mul(w as u64 / (self.scale[0] as u64).max(1) + h as u64 + 1);
                Cost { activations: of.saturating_mul(4), mul_adds, ..Cost::default() }
            }
        }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, _: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        // Rows add up to 1, columns to the scale, along each axis.
        let [vertical, horizontal] = self.scale;
        Some(((vertical * horizontal) as f64).sqrt())
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let ([n, c, h, w], [vertical, horizontal]) = (x[0].shape().dims4(), self.scale);
        let (high, wide) = (h * vertical, w * horizontal);
        let y = match self.mode {
            Interpolation::Nearest => {
                let x = ops::reshape(x[0], [n * c * h, 1, w, 1]);
                ops::broadcast_to(x, [n * c * h, vertical, w, horizontal])
            }
            Interpolation::Bilinear => {
                let [rows, columns] =
                    [(h, vertical), (w, horizontal)].map(|(e, s)| cx.tape().constant(weights::<E>(e, s)));
                let y = ops::matmul_t(ops::reshape(x[0], [n * c * h, w]), Trans::No, columns, Trans::Yes);
                let y = ops::permute(ops::reshape(y, [n * c, h, wide]), &[1, 0, 2]);
                let y = ops::matmul(rows, ops::reshape(y, [h, n * c * wide]));
                ops::permute(ops::reshape(y, [high, n * c, wide]), &[1, 0, 2])
            }
        };
        ops::reshape(y, [n, c, high, wide])
    }
}
