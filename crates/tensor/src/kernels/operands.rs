//! What a tile reads: operand A, and where its chains start.

/// Operand A of a tile, read in place: element `(i, p)` of segment `s` is `data[s·segment + i·row + p·step]`.
#[derive(Clone, Copy)]
pub struct Patch<'a, E> {
    /// The numbers.
    pub data: &'a [E],
    /// From one row of the tile to the next.
    pub row: usize,
    /// From one K to the next.
    pub step: usize,
    /// From one segment to the next.
    pub segment: usize,
    /// Number of segments.
    pub segments: usize,
    /// K in a segment.
    pub k: usize,
}

/// Initial value of the chain of an output element.
#[derive(Clone, Copy, Debug)]
pub enum ChainStart<'a, E> {
    /// 0.
    Zero,
    /// The element of this row in the output's column: a bias.
    Row(&'a [E]),
    /// The output: accumulation.
    Out,
}
