//! What is private and safe here, with extents and strides of all sizes, on each instruction set.

#[path = "../../tests/extremes/memory.rs"]
#[allow(dead_code)]
mod memory;

use super::bf16::{Line, Operand, TILE, Target, TileSession, Unit, WIDTH, cut, cut_pair};
use super::{ChainStart, KernelTable, Kernels, Patch, Scratch, ShortRows};
use crate::Elem;
use memory::{Calls, Fenced, Random, caught};
use sparring_math::simd::Isa;

/// Calls `f` on outputs of many lengths.
fn often<E: Elem>(name: &'static str, mut f: impl FnMut(&mut Random, &mut [E])) {
    let (mut r, mut calls) = (Random::new(name.len() as u64), Calls::of(name));
    for _ in 0..3000 {
        let mut out = Fenced::new(r.below(900));
        calls.call(&mut out, |out| f(&mut r, out));
    }
    calls.both();
}
fn part<'a, E>(r: &mut Random, x: &'a [E]) -> &'a [E] {
    &x[..r.below(x.len())]
}
fn patch<'a, E>(r: &mut Random, data: &'a [E], segments: usize) -> Patch<'a, E> {
    // Chains too long to test need strides of 0.
    let k = r.size(12, 8);
    let step = if k > 100 { r.size(9, 8).max(1) } else { r.size(9, 8) };
    Patch { data, row: r.size(30, 8), step, segment: r.size(40, 8), segments, k }
}
fn start<'a, E>(r: &mut Random, row: &'a [E]) -> ChainStart<'a, E> {
    match r.below(3) {
        0 => ChainStart::Zero,
        1 => ChainStart::Row(row),
        _ => ChainStart::Out,
    }
}

fn doors<E: Elem>() {
    for isa in Isa::ALL {
        let table: &KernelTable<E> = E::table(isa);
        let (a, b) = (Fenced::<E>::new(700), Fenced::<E>::new(1500));
        let (a, b) = (a.get(), b.get());
        often::<E>("tile", |r, c| {
            // More segments than numbers would be such a chain too.
            let segments = r.size(4, 8);
            let data = part(r, a);
            let mut patch = patch(r, data, segments);
            patch.segment = if segments > 100 { patch.segment.max(1) } else { patch.segment };
            let (rows, cols) = (1 + r.below(6), 1 + r.below(table.panel()));
            let (row, b, ldb, ldc) = (part(r, &a[..60]), part(r, b), r.size(40, 8), r.size(40, 8));
            table.tile(r.size(2, 8).min(100) + rows, cols, patch, b, ldb, start(r, row), c, ldc);
        });
        often::<E>("chosen tile", |r, c| {
            let data = part(r, a);
            let patch = patch(r, data, 1);
            let steps = [r.below(64) as u64, u64::from(r.below(5) == 0)];
            let (row, b, ldb, ldc) = (part(r, &a[..60]), part(r, b), r.size(40, 8), r.size(40, 8));
            table.chosen_tile(1 + r.below(table.panel()), patch, &steps, b, ldb, start(r, row), c, ldc);
        });
        often::<E>("transpose", |r, to| {
            let (rows, cols) = (r.size(24, 8), r.size(24, 8));
            table.transpose(part(r, a), r.size(40, 8), rows, cols, to, r.size(40, 8));
        });
        often::<E>("bits", |r, x| {
            let mut words = vec![u64::MAX; x.len().div_ceil(64) + usize::from(r.below(4) == 0)];
            table.bits(x, &mut words);
            let set = words.iter().map(|w| w.count_ones() as usize).sum::<usize>();
            assert_eq!(set, x.iter().filter(|&&v| v != E::ZERO).count());
        });
        often::<E>("sparse sum", |r, acc| {
            let kernels = E::sparse(isa);
            E::lists().with_borrow_mut(|lists| {
                let (group, apart) = (1 + r.below(9), r.below(50));
                lists.offsets.set((0..group).map(|i| (i * apart) as u32));
                lists.fill(kernels, &a[..group * r.below(9)], r.below(90));
                let (from, to) = (r.size(4, 8), r.size(20, 8));
                let whole = acc.len() / kernels.lanes() * kernels.lanes();
                let acc = if r.below(6) == 0 { acc } else { &mut acc[..whole] };
                kernels.add(&lists.nonzeros, from..to, part(r, b), acc);
            });
        });
    }
}

#[test]
fn doors_panic_or_stay_inside() {
    doors::<f32>();
    doors::<f64>();
}

#[test]
#[should_panic(
    expected = "transpose: source: [2, 4] with strides [18446744073709551612, 1] does not fit into 8 numbers"
)]
fn a_row_four_numbers_before_the_source_is_refused() {
    let src: Vec<f32> = (0..32).map(|i| i as f32).collect();
    f32::table(Isa::best()).transpose(&src[16..24], usize::MAX - 3, 2, 4, &mut [0.0; 8], 2);
}

#[test]
fn short_rows_panic_or_stay_inside() {
    let (x, y) = (Fenced::<f32>::new(900), Fenced::<f32>::new(900));
    let (x, y) = (x.get(), y.get());
    // Elsewhere there are no such kernels, and all panic.
    if !f32::short(3) {
        return assert!(caught(|| f32::row_sum(&x[..9], 3, &mut [0.0; 3])).is_err());
    }
    often::<f32>("short rows", |r, out| {
        let (m, way) = (r.size(18, 8), r.below(6));
        let n = if r.below(3) == 0 {
            r.below(900)
        } else {
            (out.len() * if way < 3 { m.min(16) } else { 1 }).min(900)
        };
        let (x, rows) = (&x[..n], &y[..if r.below(6) == 0 { r.below(60) } else { n / m.max(1) }]);
        match way {
            0 => f32::row_largest(x, m, out),
            1 => f32::row_sum(x, m, out),
            2 => f32::row_dot(x, &y[..n], m, out),
            3 => f32::row_minus(x, m, rows, out),
            4 => f32::row_times_minus(x, &y[..n], m, rows, out),
            _ => f32::row_minus_times(&y[..n], x, m, rows, out),
        }
    });
}

#[test]
fn tiles_of_bf16_panic_or_stay_inside() {
    let halves = vec![0x3f80u16; 4000];
    for unit in [Unit::plain(), Unit::new()] {
        often::<f32>("tiles of bf16", |r, c| {
            let terms = r.size(5, 8);
            let steps: Vec<u32> = (0..r.below(4)).map(|_| r.size(90, 8) as u32).collect();
            let data = &halves[..r.below(4000)];
            let (first, stride) = ([r.size(60, 8), r.size(60, 8)], r.size(60, 8));
            let operand = Operand { data, term: r.size(900, 8), first, stride, steps: &steps };
            let lines = vec![Line::ZERO; r.below(4) * 3 * 2 * TILE];
            let (first, stride) =
                ([r.size(60, 8), r.size(60, 8)], WIDTH + r.size(9, 8).min(usize::MAX - WIDTH));
            let mut target = Target { data: c, first, stride, from_zero: r.yes() };
            TileSession::new(unit, 1 + r.below(4)).multiply(&operand, &lines, terms, &mut target);
        });
        let row = [1.0; WIDTH];
        often::<f32>("cut", |r, c| {
            let (x, mut to) = (&row[..r.below(WIDTH)], vec![7u16; r.below(900)]);
            let terms = r.size(4, 8);
            if c.len() % 2 == 0 {
                // This many terms of an empty slice take long to write.
                cut(unit, x, if x.is_empty() { terms.min(9) } else { terms }, &mut to, r.size(90, 8));
            } else {
                cut_pair(
                    unit,
                    [&row; 2],
                    terms,
                    &mut to,
                    r.size(200, 8).max(usize::from(terms > 9)),
                    r.size(90, 8),
                );
            }
        });
    }
}

#[test]
fn a_thread_has_one_session_of_tiles() {
    let first = TileSession::new(Unit::new(), 3);
    assert!(caught(|| TileSession::new(Unit::new(), 16)).is_err());
    drop(first);
    assert_eq!(TileSession::new(Unit::new(), 16).rows(), 16);
}

#[test]
fn scratch_that_no_memory_holds_is_a_panic() {
    for len in [usize::MAX, usize::MAX - 7, isize::MAX as usize, 1 << 60] {
        assert!(caught(|| Scratch::<f32>::stale(len)).is_err(), "{len}");
    }
}
