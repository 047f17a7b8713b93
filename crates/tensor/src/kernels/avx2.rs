//! AVX2 with FMA: 6 × 16 tiles of `f32`, 6 × 8 of `f64`.

use super::bits;
use super::lanes::Lanes;
use super::pack;
use super::table::KernelTable;
use super::tile::{Tile, chosen, tile, tile_table};
use super::transpose::plain;
use std::arch::x86_64::*;

/// −1 for the first lanes, 0 for the rest, read at an offset.
static MASK32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
static MASK64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

macro_rules! lanes256 {
    ($name:ident, $t:ty, $reg:ty, $n:literal, $table:ident, $zero:ident, $splat:ident, $load:ident, $maskl:ident, $store:ident, $masks:ident, $fma:ident) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name($reg);

        impl $name {
            #[inline(always)]
            unsafe fn mask(n: usize) -> __m256i {
                // SAFETY: n <= N, so N entries from N - n on are inside the table of 2 N.
                unsafe { _mm256_loadu_si256($table.as_ptr().add($n - n).cast()) }
            }
        }

        impl Lanes for $name {
            type E = $t;
            const N: usize = $n;
            #[inline(always)]
            unsafe fn zero() -> Self {
                // SAFETY: only inlined where AVX2 and FMA are enabled, as are all below.
                Self(unsafe { $zero() })
            }
            #[inline(always)]
            unsafe fn splat(p: *const $t) -> Self {
                // SAFETY: the caller gives a readable address.
                Self(unsafe { $splat(&*p) })
            }
            #[inline(always)]
            unsafe fn load(p: *const $t) -> Self {
                // SAFETY: the caller gives N readable numbers.
                Self(unsafe { $load(p) })
            }
            #[inline(always)]
            unsafe fn load_part(p: *const $t, n: usize) -> Self {
                // SAFETY: lanes past n are masked off and not touched.
                Self(unsafe { $maskl(p, Self::mask(n)) })
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $t) {
                // SAFETY: the caller gives N writable numbers.
                unsafe { $store(p, self.0) }
            }
            #[inline(always)]
            unsafe fn store_part(self, p: *mut $t, n: usize) {
                // SAFETY: lanes past n are masked off and not touched.
                unsafe { $masks(p, Self::mask(n), self.0) }
            }
            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: registers only.
                Self(unsafe { $fma(self.0, b.0, c.0) })
            }
        }
    };
}
lanes256!(
    F32x8,
    f32,
    __m256,
    8,
    MASK32,
    _mm256_setzero_ps,
    _mm256_broadcast_ss,
    _mm256_loadu_ps,
    _mm256_maskload_ps,
    _mm256_storeu_ps,
    _mm256_maskstore_ps,
    _mm256_fmadd_ps
);
lanes256!(
    F64x4,
    f64,
    __m256d,
    4,
    MASK64,
    _mm256_setzero_pd,
    _mm256_broadcast_sd,
    _mm256_loadu_pd,
    _mm256_maskload_pd,
    _mm256_storeu_pd,
    _mm256_maskstore_pd,
    _mm256_fmadd_pd
);

#[target_feature(enable = "avx2,fma")]
unsafe fn run<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>) {
    // SAFETY: passed on from the caller; the instruction set is enabled here.
    unsafe { tile::<V, MR, NV>(t) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn run_chosen<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>, steps: &[u64]) {
    // SAFETY: passed on from the caller; the instruction set is enabled here.
    unsafe { chosen::<V, MR, NV>(t, steps) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn copy<V: Lanes>(
    src: *const V::E,
    src_ld: usize,
    rows: usize,
    cols: usize,
    dst: *mut V::E,
    dst_ld: usize,
) {
    // SAFETY: passed on from the caller; the instruction set is enabled here.
    unsafe { pack::copy::<V>(src, src_ld, rows, cols, dst, dst_ld) }
}

pub(super) static F32: KernelTable<f32> = KernelTable {
    lanes: 8,
    tiles: tile_table!(run, F32x8, 1 2 3 4 5 6),
    chosen: [run_chosen::<F32x8, 4, 1>, run_chosen::<F32x8, 4, 2>],
    chosen_rows: 4,
    bits: bits_f32,
    transpose: transpose_f32,
    copy: copy::<F32x8>,
};
pub(super) static F64: KernelTable<f64> = KernelTable {
    lanes: 4,
    tiles: tile_table!(run, F64x4, 1 2 3 4 5 6),
    chosen: [run_chosen::<F64x4, 4, 1>, run_chosen::<F64x4, 4, 2>],
    chosen_rows: 4,
    bits: bits::plain::<f64>,
    transpose: plain::<f64>,
    copy: copy::<F64x4>,
};

/// # Safety
/// AVX2; `n` numbers readable, as many words writable as it takes.
#[target_feature(enable = "avx2,fma")]
unsafe fn bits_f32(x: *const f32, n: usize, to: *mut u64) {
    for (w, from) in (0..n).step_by(bits::WORD).enumerate() {
        let mut word = 0;
        for j in (0..(n - from).min(bits::WORD)).step_by(8) {
            let left = (n - from - j).min(8);
            // SAFETY: lanes past n are masked off.
            let v = unsafe {
                let x = x.add(from + j);
                if left == 8 { F32x8::load(x) } else { F32x8::load_part(x, left) }
            };
            let set = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(v.0, _mm256_setzero_ps()));
            word |= u64::from(set as u32) << j;
        }
        // SAFETY: as many words as steps.
        unsafe { *to.add(w) = word }
    }
}

/// # Safety
/// AVX2; `rows` rows of `cols` numbers readable `src_ld` apart, `cols` rows of `rows` writable `dst_ld` apart.
#[target_feature(enable = "avx2")]
unsafe fn transpose_f32(
    src: *const f32,
    src_ld: usize,
    rows: usize,
    cols: usize,
    dst: *mut f32,
    dst_ld: usize,
) {
    for r in (0..rows).step_by(8) {
        for c in (0..cols).step_by(8) {
            let (nr, nc) = ((rows - r).min(8), (cols - c).min(8));
            // SAFETY: a whole block lies inside both; a part of one goes number by number.
            unsafe {
                let (src, dst) = (src.add(r * src_ld + c), dst.add(c * dst_ld + r));
                if nr == 8 && nc == 8 {
                    block8(src, src_ld, dst, dst_ld);
                } else {
                    plain(src, src_ld, nr, nc, dst, dst_ld);
                }
            }
        }
    }
}

/// 8 × 8: pairs of rows, then quads, then 128-bit halves change places.
#[target_feature(enable = "avx2")]
unsafe fn block8(src: *const f32, src_ld: usize, dst: *mut f32, dst_ld: usize) {
    let mut r = [_mm256_setzero_ps(); 8];
    for i in 0..8 {
        // SAFETY: the caller gives 8 rows of 8.
        r[i] = unsafe { _mm256_loadu_ps(src.add(i * src_ld)) };
    }
    let mut u = [_mm256_setzero_ps(); 8];
    for g in 0..2 {
        let [a, b, c, d] = [r[4 * g], r[4 * g + 1], r[4 * g + 2], r[4 * g + 3]];
        let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
        let (ef, gh) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
        u[4 * g] = _mm256_shuffle_ps::<0x44>(ab, cd);
        u[4 * g + 1] = _mm256_shuffle_ps::<0xee>(ab, cd);
        u[4 * g + 2] = _mm256_shuffle_ps::<0x44>(ef, gh);
        u[4 * g + 3] = _mm256_shuffle_ps::<0xee>(ef, gh);
    }
    for c in 0..4 {
        // SAFETY: the caller gives 8 writable rows of 8.
        unsafe {
            _mm256_storeu_ps(dst.add(c * dst_ld), _mm256_permute2f128_ps::<0x20>(u[c], u[4 + c]));
            _mm256_storeu_ps(dst.add((c + 4) * dst_ld), _mm256_permute2f128_ps::<0x31>(u[c], u[4 + c]));
        }
    }
}
