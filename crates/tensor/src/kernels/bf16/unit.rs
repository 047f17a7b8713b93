//! The unit that multiplies tiles, and its operands.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use super::amx;
use super::{Line, Operand, STEP, TILE, Target, WIDTH, plain};
use crate::extent::{inside, numbers};
use sparring_math::simd::{Isa, isa};
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::OnceLock;

/// The implementation of tiles. One with AMX tiles is proof that CPU and system allow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    tiles: bool,
}

impl Unit {
    /// Tiles if the machine has them and the instruction set in use is the one they come with.
    pub fn new() -> Self {
        static TILES: OnceLock<bool> = OnceLock::new();
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        let ask = amx::enable;
        #[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
        let ask = || false;
        Self { tiles: isa() == Isa::Avx512 && *TILES.get_or_init(ask) }
    }
    /// Without tiles.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self { tiles: false }
    }
    /// Whether it has tiles: without, everything here is slower than in `f32`.
    pub fn has_tiles(self) -> bool {
        self.tiles
    }
}

thread_local! { static BUSY: Cell<bool> = const { Cell::new(false) }; }

/// A thread ready to multiply tiles of so many rows. There is one at a time: a second would set up the same registers for other rows.
#[derive(Debug)]
pub struct TileSession {
    unit: Unit,
    rows: usize,
    /// The tiles are this thread's.
    here: PhantomData<*const ()>,
}

impl TileSession {
    /// Tiles of up to 16 rows.
    ///
    /// # Panics
    /// If there are more rows, or none, or the thread has a session already.
    #[track_caller]
    pub fn new(unit: Unit, rows: usize) -> Self {
        assert!((1..=TILE).contains(&rows), "tiles of {rows} rows");
        assert!(!BUSY.replace(true), "tiles: this thread has a session already");
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if unit.tiles {
            // SAFETY: the unit has found tiles; there are 1 to 16 rows.
            unsafe { amx::configure(rows) };
        }
        Self { unit, rows, here: PhantomData }
    }
    /// Rows of a tile.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// target = start + A · B for one block. `b` is one panel: for each step, for each term, two tiles.
    ///
    /// # Panics
    /// If an operand is too short, or there are neither one nor three terms.
    #[track_caller]
    pub fn multiply(&self, a: &Operand<'_>, b: &[Line], terms: usize, target: &mut Target<'_>) {
        assert!(terms == 1 || terms == 3, "tiles: {terms} terms");
        // (2, n) stands for two elements n apart.
        let step = a.steps.iter().max().map_or(0, |&s| s as usize);
        let first = a.first[0].max(a.first[1]);
        let axes = [(2, first), (2, step), (terms, a.term), (self.rows, a.stride), (STEP, 1)];
        inside("tiles: A", axes, a.data.len());
        let lines = numbers(&[a.steps.len(), terms, 2 * TILE]);
        assert!(lines.is_some_and(|n| n <= b.len()), "tiles: {} lines for {} steps", b.len(), a.steps.len());
        let first = target.first[0].max(target.first[1]);
        inside("tiles: C", [(2, first), (self.rows, target.stride), (WIDTH, 1)], target.data.len());
        assert!(target.stride >= WIDTH, "tiles: rows overlap at a stride of {}", target.stride);
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if self.unit.tiles {
            // SAFETY: this thread is configured for tiles of `rows` rows while the session lives, which is its only one and cannot leave
            // it; the checks bound every address.
            return unsafe { amx::multiply(a, b, terms, target) };
        }
        plain::multiply(self.rows, a, b, terms, target);
    }
}

impl Drop for TileSession {
    fn drop(&mut self) {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if self.unit.tiles {
            // SAFETY: this session has configured them.
            unsafe { amx::release() };
        }
        BUSY.set(false);
    }
}
