//! Splitting numbers into bf16 terms.

use super::round::{rest, round};
use super::{Unit, WIDTH};
use crate::extent::inside;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Writes the terms of `x` to `to`, `to + term`, ...: the first is `x` rounded to bf16 (ties to even), the next the remainder, rounded,
/// and so on. A term that is not finite leaves remainder 0; subnormal numbers count as 0.
///
/// # Panics
/// If `to` is too short.
#[track_caller]
pub fn cut(unit: Unit, x: &[f32], terms: usize, to: &mut [u16], term: usize) {
    assert!(terms > 0 && x.len() <= term, "cut: {terms} terms {term} apart of {} numbers", x.len());
    inside("cut", [(terms, term), (x.len(), 1)], to.len());
    #[cfg(target_arch = "x86_64")]
    if unit.has_tiles() {
        // SAFETY: a unit has tiles only if it found AVX-512 and its BF16 too; the check above bounds the writes.
        return unsafe { cut_wide(x, terms, to.as_mut_ptr(), term) };
    }
    let _ = unit;
    for (i, &x) in x.iter().enumerate() {
        let mut left = x;
        for p in 0..terms {
            let half = round(left);
            to[p * term + i] = half;
            left = rest(left, half);
        }
    }
}

/// The terms of two rows of a panel, interleaved as a tile reads them: `to[p·term + 2j + r]` is term `p` of `rows[r][j]`.
///
/// # Panics
/// If `to` is too short.
#[track_caller]
pub fn cut_pair(
    unit: Unit,
    rows: [&[f32; WIDTH]; 2],
    terms: usize,
    to: &mut [u16],
    term: usize,
    tile: usize,
) {
    assert!(terms > 0, "cut_pair: no terms");
    inside("cut_pair", [(terms, term), (2, tile), (WIDTH, 1)], to.len());
    #[cfg(target_arch = "x86_64")]
    if unit.has_tiles() {
        // SAFETY: as above.
        return unsafe { pair_wide(rows, terms, to.as_mut_ptr(), term, tile) };
    }
    let _ = unit;
    for (r, row) in rows.iter().enumerate() {
        for (j, &x) in row.iter().enumerate() {
            let (mut left, at) = (x, j / 16 * tile + 2 * (j % 16) + r);
            for p in 0..terms {
                let half = round(left);
                to[p * term + at] = half;
                left = rest(left, half);
            }
        }
    }
}

/// The next term of 16 numbers, which become the remainders.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
fn term_of(left: &mut __m512) -> __m256i {
    // SAFETY: plain reinterpretation of 16 halves.
    let half: __m256i = unsafe { std::mem::transmute(_mm512_cvtneps_pbh(*left)) };
    let back = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(half)));
    // 0x99: infinities of both signs and NaNs.
    let fine = !_mm512_fpclass_ps_mask::<0x99>(back);
    *left = _mm512_maskz_sub_ps(fine, *left, back);
    half
}

/// # Safety
/// The CPU has AVX-512 with BF16; `to` is writable for `x.len()` halves at each multiple of `term` below `terms`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
unsafe fn cut_wide(x: &[f32], terms: usize, to: *mut u16, term: usize) {
    let mut chunks = x.chunks_exact(16);
    let mut at = to;
    // SAFETY: `at` runs over the whole chunks of `x`, then over the rest under a mask.
    unsafe {
        for c in &mut chunks {
            let mut left = _mm512_loadu_ps(c.as_ptr());
            for p in 0..terms {
                _mm256_storeu_si256(at.add(p * term).cast(), term_of(&mut left));
            }
            at = at.add(16);
        }
        let last = chunks.remainder();
        if !last.is_empty() {
            let mask = (1u16 << last.len()) - 1;
            let mut left = _mm512_maskz_loadu_ps(mask, last.as_ptr());
            for p in 0..terms {
                _mm256_mask_storeu_epi16(at.add(p * term).cast(), mask, term_of(&mut left));
            }
        }
    }
}

/// # Safety
/// The CPU has AVX-512 with BF16; `to` is writable for 32 halves at 0 and `tile` past each multiple of `term` below `terms`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]
unsafe fn pair_wide(rows: [&[f32; WIDTH]; 2], terms: usize, to: *mut u16, term: usize, tile: usize) {
    for t in 0..2 {
        // SAFETY: 16 numbers of each row; the caller vouches for the target.
        unsafe {
            let mut low = _mm512_loadu_ps(rows[0].as_ptr().add(16 * t));
            let mut high = _mm512_loadu_ps(rows[1].as_ptr().add(16 * t));
            for p in 0..terms {
                let (l, h) = (term_of(&mut low), term_of(&mut high));
                let woven = _mm512_or_si512(
                    _mm512_cvtepu16_epi32(l),
                    _mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(h)),
                );
                _mm512_storeu_si512(to.add(p * term + t * tile).cast(), woven);
            }
        }
    }
}
