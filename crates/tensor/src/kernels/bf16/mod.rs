//! Matmul of numbers split into bf16 terms: AMX tiles where the machine has them, elsewhere the same sums in portable code.
//!
//! bf16 has the exponent of an `f32` and 8 bits of its mantissa. One term of a number is an approximation to 2⁻⁹; three terms hold all of
//! its 24 bits, and the six largest of the nine products of two such numbers have a smaller error than the rounding of an `f32` sum.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
mod block;
mod cut;
mod line;
mod plain;
mod round;
#[cfg(test)]
mod tests;
mod unit;

pub use block::{Operand, STEP, TILE, Target, WIDTH};
pub use cut::{cut, cut_pair};
pub use line::{Line, Lines, halves, halves_mut};
pub use unit::{TileSession, Unit};
