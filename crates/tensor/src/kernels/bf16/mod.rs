//! Matmul of numbers split into bf16 terms: AMX tiles where the machine has them, elsewhere the same sums in portable code.
//!
//! bf16 has the exponent of an `f32` and 8 bits of its mantissa. One term of a number is an approximation to 2⁻⁹; three terms hold all of
//! its 24 bits, and the six largest of the nine products of two such numbers have a smaller error than the rounding of an `f32` sum.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
mod cut;
mod line;
mod plain;
#[cfg(test)]
mod tests;
mod unit;

pub use cut::{cut, cut_pair};
pub use line::{Line, Lines, halves, halves_mut};
pub use unit::{Operand, Target, TileSession, Unit};

/// Rows and columns of a tile, and the columns of a block of two of them.
pub const TILE: usize = 16;
/// Columns of a panel: two tiles.
pub const WIDTH: usize = 2 * TILE;
/// Inner extent of a step: halves in a row of a tile.
pub const STEP: usize = 32;

/// The products of terms in the order in which they are added, small ones first; neighbours share a factor.
const SIX: [(usize, usize); 6] = [(0, 2), (0, 1), (1, 1), (1, 0), (2, 0), (0, 0)];
const ONE: [(usize, usize); 1] = [(0, 0)];

/// The products for this number of terms.
fn products(terms: usize) -> &'static [(usize, usize)] {
    match terms {
        1 => &ONE,
        3 => &SIX,
        _ => unreachable!("one term or three"),
    }
}
