//! A block of an output in tiles: its extents and operands.

/// Rows and columns of a tile, and the columns of a block of two of them.
pub const TILE: usize = 16;
/// Columns of a panel: two tiles.
pub const WIDTH: usize = 2 * TILE;
/// Inner extent of a step: halves in a row of a tile.
pub const STEP: usize = 32;

/// The A of a block, halves in rows: two tiles of rows, in each step [`STEP`] neighbours of every row.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// All terms.
    pub data: &'a [u16],
    /// From one term to the next.
    pub term: usize,
    /// The first row of each tile.
    pub first: [usize; 2],
    /// From one row to the next.
    pub stride: usize,
    /// Where each step begins, from the first element of a row.
    pub steps: &'a [u32],
}

/// The output of a block: two tiles of rows, [`WIDTH`] columns.
#[derive(Debug)]
pub struct Target<'a> {
    pub data: &'a mut [f32],
    /// The first element of each tile.
    pub first: [usize; 2],
    /// From one row to the next.
    pub stride: usize,
    /// Whether sums start at 0; else they accumulate into the output.
    pub from_zero: bool,
}
