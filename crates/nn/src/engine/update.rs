//! Work over all numbers of all parameters, part by part, in one region of threads.

use super::first_matmul::group;
use super::program::Program;
use super::state::{ParamState, State, part_rows};
use crate::ParamKind;
use sparring_tensor::{Array, Elem, Panels, par, team};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Parts of one region: their list lies on the stack.
const PARTS: usize = 128;

/// What a part is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Rows of a panel of the weight of a block.
    Panel { block: usize, q: usize, rows: Range<usize> },
    /// The bias of a block.
    Bias { block: usize },
    /// The plain parameter with this position.
    Plain(usize),
}

/// Some numbers and what is kept beside them.
#[derive(Debug)]
pub(super) struct Piece<'a, E: Elem> {
    pub of: Of,
    pub kind: ParamKind,
    pub w: &'a mut [E],
    pub part: &'a mut ParamState<E>,
    /// The order of all pieces: in a dense chain the share of its weight's pieces that lies before it (in 2^-16); the block; the place among its weight's.
    place: [usize; 3],
}

/// Position of a parameter: packed weights by their number, plain ones behind them.
pub(super) type Place = usize;

/// Calls `f` for all pieces of trained parameters; `each` is the cost of a number in the units of [`par`]. In a `dense` chain a thread gets the panels that it had in the forward pass.
///
/// # Errors
/// The first parameter for which `f` said no.
pub(super) fn for_each_piece<E: Elem>(
    program: &mut Program<E>,
    state: &mut State<E>,
    dense: bool,
    each: usize,
    f: impl Fn(&Program<E>, Piece<'_, E>) -> bool + Sync,
) -> Result<(), Place> {
    // The numbers leave the program while they change: the shards read its shapes.
    let mut taken: Vec<_> = program
        .weights
        .iter_mut()
        .map(|w| {
            let panels = std::mem::replace(&mut w.forward, Panels::zeros(0, 0));
            (panels, std::mem::replace(&mut w.row, Array::zeros([0])))
        })
        .collect();
    let plains = &mut program.plains;
    let mut values: Vec<_> =
        plains.iter_mut().map(|p| std::mem::replace(&mut p.value, Array::zeros([0]))).collect();
    let (shared, weights) = (&*program, taken.len());
    let bad = AtomicUsize::new(usize::MAX);
    let mut list: [Option<Piece<'_, E>>; PARTS] = [const { None }; PARTS];
    let (mut count, threads) = (0, team::threads());
    let run = |list: &mut [Option<Piece<'_, E>>]| {
        list.sort_unstable_by_key(|t| t.as_ref().map(|t| t.place));
        let numbers: usize = list.iter().flatten().map(|t| t.w.len()).sum();
        par::for_each_chunk(list, 1, numbers * each, |_, piece| {
            if let Some(piece) = piece[0].take() {
                let at = match piece.of {
                    Of::Panel { block, .. } | Of::Bias { block } => {
                        shared.blocks[block].weight().unwrap_or(0)
                    }
                    Of::Plain(i) => weights + i,
                };
                if !f(shared, piece) {
                    bad.fetch_min(at, Ordering::Relaxed);
                }
            }
        });
    };
    let blocks = (0..shared.blocks.len()).filter(|&b| shared.blocks[b].weight().is_some());
    for ((block, (panels, row)), packed) in blocks.zip(&mut taken).zip(&mut state.packed) {
        let (depth, width, rows) = (panels.depth(), panels.width(), part_rows(panels));
        let (wide, high) = (panels.cols().div_ceil(width), depth.div_ceil(rows));
        // In a dense chain a thread gets its own panels, else all panels of its rows: then it needs a share of the input's columns. Either way
        // panels change faster than rows, which leaves the input's columns in the cache.
        let shares = if dense { threads.min(wide) } else { 1 };
        let panels = panels.as_mut_slice().chunks_mut((depth * width).max(1)).enumerate();
        let parts = panels.flat_map(|(q, panel)| {
            let parts = panel.chunks_mut(rows * width).enumerate();
            parts.map(move |(i, w)| {
                let share = group((q * shares + shares - 1) / wide, shares, wide);
                let place = share.start * high + i * share.len() + q - share.start;
                (Of::Panel { block, q, rows: i * rows..i * rows + w.len() / width }, place, w)
            })
        });
        let bias = shared.weights[shared.blocks[block].weight().unwrap_or(0)].bias.is_some();
        let row = bias.then(|| (Of::Bias { block }, wide * high, row.as_mut_slice()));
        let beside = packed.parts.iter_mut().chain(std::iter::once(&mut packed.row));
        for ((of, place, w), part) in parts.chain(row).zip(beside) {
            if count == PARTS {
                run(&mut list[..std::mem::take(&mut count)]);
            }
            let share = if dense { (place << 16) / (wide * high + 1) } else { 0 };
            let kind = if matches!(of, Of::Bias { .. }) { ParamKind::Bias } else { ParamKind::Weight };
            list[count] = Some(Piece { of, kind, w, part, place: [share, block, place] });
            count += 1;
        }
    }
    for (i, (value, part)) in values.iter_mut().zip(&mut state.plain).enumerate() {
        let kind = shared.plains[i].kind;
        if kind == ParamKind::Buffer {
            continue;
        }
        if count == PARTS {
            run(&mut list[..std::mem::take(&mut count)]);
        }
        let place = [usize::MAX, shared.blocks.len(), i];
        list[count] = Some(Piece { of: Of::Plain(i), kind, w: value.as_mut_slice(), part, place });
        count += 1;
    }
    run(&mut list[..count]);
    for (w, (forward, row)) in program.weights.iter_mut().zip(taken) {
        (w.forward, w.row) = (forward, row);
    }
    for (p, value) in program.plains.iter_mut().zip(values) {
        p.value = value;
    }
    let bad = bad.into_inner();
    if bad == usize::MAX { Ok(()) } else { Err(bad) }
}
