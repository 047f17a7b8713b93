//! What the compiled engine makes of a layer in its place: the one decision, which the compiler carries out and summaries tell.

use super::block::PoolOp;
use super::lowering::Lowering;
use crate::AnyLayer;
use sparring_tensor::Shape;
use sparring_tensor::channels_last::{AveragePoolBlock, ConvBlock, PoolBlock};

/// A lowering for which there are kernels at these shapes.
#[derive(Clone, Debug)]
pub(super) enum Instruction {
    /// None: the layer's `forward` runs on a tape inside the program.
    Tape,
    Conv(ConvBlock),
    /// The convolution from the layer's output to its input.
    ConvTranspose(ConvBlock),
    Pool(PoolOp),
    /// Another lowering, at any shape.
    Any(Lowering),
}

impl Instruction {
    /// Of a layer that reads `input` first and writes `output`.
    pub fn of(layer: &AnyLayer, input: Shape, output: Shape) -> Self {
        let weight = || Shape::new(&layer.parameters()[0].shape).dims4();
        let pixels = |image: Shape| [image[2], image[3]];
        match layer.lower() {
            Lowering::Tape => Self::Tape,
            Lowering::Conv2d(geometry) => {
                let [oc, ic, kh, kw] = weight();
                let block = ConvBlock::new(pixels(input), ic, oc, [kh, kw], geometry);
                block.map_or(Self::Tape, Self::Conv)
            }
            Lowering::ConvTranspose2d(geometry) => {
                let [ic, oc, kh, kw] = weight();
                let block = ConvBlock::new(pixels(output), oc, ic, [kh, kw], geometry);
                // The two images may not belong together.
                let fits = block.ok().filter(|b| b.output() == pixels(input));
                fits.map_or(Self::Tape, Self::ConvTranspose)
            }
            Lowering::MaxPool2d(geometry) => {
                let block = PoolBlock::new(pixels(input), input[1], geometry);
                block.map_or(Self::Tape, |pool| Self::Pool(PoolOp::Max(pool)))
            }
            Lowering::AveragePool2d(geometry) => {
                let block = AveragePoolBlock::new(pixels(input), input[1], geometry);
                block.map_or(Self::Tape, |pool| Self::Pool(PoolOp::Mean(pool)))
            }
            Lowering::GlobalAveragePool2d => {
                let block = AveragePoolBlock::global(pixels(input), input[1]);
                block.map_or(Self::Tape, |pool| Self::Pool(PoolOp::Mean(pool)))
            }
            other => Self::Any(other),
        }
    }
}

/// Whether a layer that reads `input` first and writes `output` runs compiled.
pub(crate) fn is_compiled(layer: &AnyLayer, input: Shape, output: Shape) -> bool {
    !matches!(Instruction::of(layer, input, output), Instruction::Tape)
}
