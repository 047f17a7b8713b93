//! What the tiles compute, one number after the other.

use super::cut::widen;
use super::unit::{Operand, Target};
use super::{STEP, TILE, WIDTH, halves, products};

/// As the tiles: in each step and for each product of parts the even and the odd elements are summed apart, and their sum is added.
pub fn multiply(rows: usize, a: &Operand<'_>, b: &[super::Line], parts: usize, target: &mut Target<'_>) {
    let b = halves(b);
    for t in 0..2 {
        for i in 0..rows {
            for j in 0..WIDTH {
                let at = target.first[t] + i * target.stride + j;
                let mut sum = if target.from_zero { 0.0 } else { target.data[at] };
                for (s, &offset) in a.steps.iter().enumerate() {
                    for &(pa, pb) in products(parts) {
                        let row =
                            &a.data[a.first[t] + offset as usize + pa * a.part + i * a.stride..][..STEP];
                        let tile = ((s * parts + pb) * 2 + j / TILE) * TILE * STEP;
                        let mut apart = [0.0f32; 2];
                        for k in 0..TILE {
                            for (r, apart) in apart.iter_mut().enumerate() {
                                let b = widen(b[tile + k * STEP + 2 * (j % TILE) + r]);
                                *apart = widen(row[2 * k + r]).mul_add(b, *apart);
                            }
                        }
                        sum += apart[0] + apart[1];
                    }
                }
                target.data[at] = sum;
            }
        }
    }
}
