//! A convolution of a whole batch, checked.

use crate::channels_last::ConvBlock;
use crate::{ConvGeometry, Shape, par};

/// A convolution of a whole batch, with checked extents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Images.
    pub n: usize,
    /// The convolution of one image.
    pub block: ConvBlock,
}

impl Plan {
    /// # Panics
    /// If the shapes do not fit each other.
    #[track_caller]
    pub fn new(op: &str, x: Shape, w: Shape, g: ConvGeometry) -> Self {
        let ([n, ic, h, wd], [oc, wic, kh, kw]) = (rank4(op, "input", x), rank4(op, "weight", w));
        let plural = if ic == 1 { "" } else { "s" };
        assert!(ic == wic, "{op}: input {x} has {ic} channel{plural}, weight {w} expects {wic}");
        let block = ConvBlock::new([h, wd], ic, oc, [kh, kw], g);
        Self { n, block: block.unwrap_or_else(|e| panic!("{op}: input {x}, weight {w}: {e}")) }
    }
    /// The same, checked against the shape of the output gradient.
    ///
    /// # Panics
    /// If the shapes do not fit each other.
    #[track_caller]
    pub fn backward(op: &str, x: Shape, w: Shape, dy: Shape, g: ConvGeometry) -> Self {
        let p = Self::new(op, x, w, g);
        let expected = p.result();
        assert!(
            *dy.dims() == expected,
            "{op}: input {x} and weight {w} give {expected:?}, the gradient is {dy}"
        );
        p
    }
    /// Shape of the result.
    pub fn result(&self) -> [usize; 4] {
        let ([_, oc], [oh, ow]) = (self.block.channels(), self.block.output());
        [self.n, oc, oh, ow]
    }
    /// Cost of the whole batch in simple element operations.
    pub fn work(&self) -> usize {
        self.n.saturating_mul(self.block.mul_adds()) / par::MUL_ADDS_PER_ELEMENT
    }
}

#[track_caller]
fn rank4(op: &str, what: &str, s: Shape) -> [usize; 4] {
    let [a, b, c, d] = *s.dims() else { panic!("{op}: the {what} has rank 4, not shape {s}") };
    [a, b, c, d]
}
