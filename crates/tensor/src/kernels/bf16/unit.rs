//! The unit that multiplies tiles, and what it reads and writes.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use super::amx;
use super::{Line, STEP, TILE, WIDTH, plain};
use sparring_math::simd::{Isa, isa};
use std::marker::PhantomData;
use std::sync::OnceLock;

/// What multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    tiles: bool,
}

/// The A of a block, halves in rows: two tiles of rows, in each step [`STEP`] neighbours of every row.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// All parts.
    pub data: &'a [u16],
    /// From one part to the next.
    pub part: usize,
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
    /// Whether sums begin at 0; else at what is there.
    pub from_zero: bool,
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

/// A thread ready to multiply tiles of so many rows.
#[derive(Debug)]
pub struct Session {
    unit: Unit,
    rows: usize,
    /// The tiles are this thread's.
    here: PhantomData<*const ()>,
}

impl Session {
    /// Tiles of up to 16 rows.
    ///
    /// # Panics
    /// If there are more rows, or none.
    pub fn new(unit: Unit, rows: usize) -> Self {
        assert!((1..=TILE).contains(&rows), "tiles of {rows} rows");
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if unit.tiles {
            amx::configure(rows);
        }
        Self { unit, rows, here: PhantomData }
    }
    /// Rows of a tile.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// target = start + A · B for one block. `b` is one panel: for each step, for each part, two tiles.
    ///
    /// # Panics
    /// If an operand is too short.
    pub fn multiply(&self, a: &Operand<'_>, b: &[Line], parts: usize, target: &mut Target<'_>) {
        let last = a.steps.iter().max().map_or(0, |&s| s as usize) + (parts - 1) * a.part + STEP;
        let first = a.first[0].max(a.first[1]);
        assert!(first + last + (self.rows - 1) * a.stride <= a.data.len(), "tiles: A too short");
        assert!(a.steps.len() * parts * 2 * TILE <= b.len(), "tiles: B too short");
        let first = target.first[0].max(target.first[1]);
        let end = first + (self.rows - 1) * target.stride + WIDTH;
        assert!(end <= target.data.len() && target.stride >= WIDTH, "tiles: C too short");
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if self.unit.tiles {
            // SAFETY: this thread is configured for tiles of `rows` rows while the session lives; the assertions bound every address.
            return unsafe { amx::multiply(a, b, parts, target) };
        }
        plain::multiply(self.rows, a, b, parts, target);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
        if self.unit.tiles {
            amx::release();
        }
    }
}
