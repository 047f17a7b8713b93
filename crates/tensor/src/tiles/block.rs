//! One block of an output: two tiles of rows, a panel of columns.

use crate::kernels::bf16::{Line, Operand, TILE, Target, TileSession, WIDTH};

/// Initial values of the sums of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begin<'a> {
    /// 0.
    Zero,
    /// The element of this row in the output's column.
    Row(&'a [f32]),
    /// The output: accumulation.
    Out,
}

/// A tile of rows: where it begins in A and in the output, and how many of its rows exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub a: usize,
    pub c: usize,
    pub rows: usize,
}

/// The rows of A for all tiles of a matmul.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub data: &'a [u16],
    pub term: usize,
    pub stride: usize,
    pub steps: &'a [u32],
    pub terms: usize,
}

/// out = begin + A · panel for each tile of rows; `cols` of the panel's columns exist, rows of `out` are `stride` apart.
pub(crate) fn multiply(
    session: &TileSession,
    a: Source<'_>,
    panel: &[Line],
    cols: usize,
    begin: Begin<'_>,
    tiles: impl Iterator<Item = Place>,
    out: &mut [f32],
    stride: usize,
) {
    let mut tiles = tiles;
    while let Some(first) = tiles.next() {
        let pair = [first, tiles.next().unwrap_or(Place { rows: 0, ..first })];
        let operand = Operand {
            data: a.data,
            term: a.term,
            first: pair.map(|t| t.a),
            stride: a.stride,
            steps: a.steps,
        };
        let whole = cols == WIDTH && stride >= WIDTH && pair.iter().all(|t| t.rows == session.rows());
        if whole {
            if let Begin::Row(row) = begin {
                for t in pair {
                    out[t.c..]
                        .chunks_mut(stride)
                        .take(t.rows)
                        .for_each(|to| to[..WIDTH].copy_from_slice(&row[..WIDTH]));
                }
            }
            let from_zero = matches!(begin, Begin::Zero);
            let mut target = Target { data: out, first: pair.map(|t| t.c), stride, from_zero };
            session.multiply(&operand, panel, a.terms, &mut target);
            continue;
        }
        // Through a temporary block in which all rows and columns exist.
        let mut block = [0.0f32; 2 * TILE * WIDTH];
        let from_zero = matches!(begin, Begin::Zero);
        for (t, block) in pair.iter().zip(block.chunks_mut(TILE * WIDTH)) {
            for (i, to) in block.chunks_mut(WIDTH).enumerate().take(t.rows) {
                match begin {
                    Begin::Zero => {}
                    Begin::Row(row) => to[..cols].copy_from_slice(&row[..cols]),
                    Begin::Out => to[..cols].copy_from_slice(&out[t.c + i * stride..][..cols]),
                }
            }
        }
        let first = [0, TILE * WIDTH];
        let mut target = Target { data: &mut block, first, stride: WIDTH, from_zero };
        session.multiply(&operand, panel, a.terms, &mut target);
        for (t, block) in pair.iter().zip(block.chunks(TILE * WIDTH)) {
            for (i, from) in block.chunks(WIDTH).enumerate().take(t.rows) {
                out[t.c + i * stride..][..cols].copy_from_slice(&from[..cols]);
            }
        }
    }
}
