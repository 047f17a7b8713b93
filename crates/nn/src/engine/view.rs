//! How a node's output lies in memory, and the blocks that bring it into another order.

use super::block::{Block, BlockOp, Input, Operand};
use super::extent::Extent;
use sparring_tensor::Shape;

/// The output of a node, or the network's input.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub from: Operand,
    /// Channels last, or a plain vector where channels come first.
    pub extent: Extent,
    /// `[c, h, w]` of an image, `[1, 1, n]` of a vector.
    pub image: [usize; 3],
    /// Nobody else reads the block, so an epilogue may be added to it.
    pub alone: bool,
}

impl View {
    /// The output of a new block.
    pub fn of_block(blocks: &mut Vec<Block>, op: BlockOp, inputs: &[Self], middle: Extent) -> Self {
        let input = |v: &Self| Input { from: v.from, extent: v.extent, adds: false };
        blocks.push(Block::new(op, inputs.iter().map(input).collect(), middle));
        let image = if middle.flat { [1, 1, middle.len()] } else { [middle.c, middle.h, middle.w] };
        Self { from: Operand::Block(blocks.len() - 1), extent: middle, image, alone: true }
    }
    /// As [`of_block`](Self::of_block), for a block that leaves the form as it is.
    pub fn through(self, blocks: &mut Vec<Block>, op: BlockOp) -> Self {
        Self { image: self.image, ..Self::of_block(blocks, op, &[self], self.extent) }
    }
    /// The same numbers, and the block whose epilogue may grow, if `free` says so.
    pub fn grow(self, blocks: &mut Vec<Block>, free: impl Fn(&Block) -> bool) -> (Self, usize) {
        if let (Operand::Block(b), true) = (self.from, self.alone)
            && free(&blocks[b])
        {
            return (self, b);
        }
        (self.through(blocks, BlockOp::Copy), blocks.len() - 1)
    }
    /// Whether the numbers lie in another order than that of channels first.
    fn is_channels_last(&self) -> bool {
        self.extent.is_channels_last()
    }
    /// The same numbers with channels last.
    pub fn channels_last(self, blocks: &mut Vec<Block>) -> Self {
        let [c, h, w] = self.image;
        let image = Extent::image([h, w], c);
        if !image.is_channels_last() || self.is_channels_last() {
            return Self { extent: image, ..self };
        }
        Self { image: self.image, ..Self::of_block(blocks, BlockOp::ChannelsLast, &[self], image) }
    }
    /// The same numbers with channels first, as a plain vector.
    pub fn channels_first(self, blocks: &mut Vec<Block>) -> Self {
        let extent = Extent::vector(self.extent.len());
        if !self.is_channels_last() {
            return Self { extent, ..self };
        }
        Self { image: self.image, ..Self::of_block(blocks, BlockOp::ChannelsFirst, &[self], extent) }
    }
    /// Channels last for images, channels first for all else.
    pub fn in_order_of(self, blocks: &mut Vec<Block>, shape: Shape) -> Self {
        if shape.rank() == 4 { self.channels_last(blocks) } else { self.channels_first(blocks) }
    }
    /// All with the order of the first, where that is possible without moving a number, else channels first.
    pub fn alike(blocks: &mut Vec<Block>, views: &[Self]) -> Vec<Self> {
        let last = views.iter().all(|v| v.is_channels_last() && v.extent == views[0].extent);
        if last { views.to_vec() } else { views.iter().map(|v| v.channels_first(blocks)).collect() }
    }
}
