//! AVX-512: 14 × 32 tiles of `f32`, 14 × 16 of `f64`; masks for the edges.

use super::bits;
use super::lanes::Lanes;
use super::pack;
use super::table::KernelTable;
use super::tile::{Tile, chosen, tile, tile_table};
use super::transpose::plain;
use std::arch::x86_64::*;

macro_rules! lanes512 {
    ($name:ident, $t:ty, $reg:ty, $n:literal, $mask:ty, $zero:ident, $set1:ident, $load:ident, $maskz:ident, $store:ident, $masks:ident, $fma:ident) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name($reg);

        impl Lanes for $name {
            type E = $t;
            const N: usize = $n;
            #[inline(always)]
            unsafe fn zero() -> Self {
                // SAFETY: only inlined where AVX-512 is enabled, as are all below.
                Self(unsafe { $zero() })
            }
            #[inline(always)]
            unsafe fn splat(p: *const $t) -> Self {
                // SAFETY: the caller gives a readable address.
                Self(unsafe { $set1(*p) })
            }
            #[inline(always)]
            unsafe fn load(p: *const $t) -> Self {
                // SAFETY: the caller gives N readable numbers.
                Self(unsafe { $load(p) })
            }
            #[inline(always)]
            unsafe fn load_part(p: *const $t, n: usize) -> Self {
                // SAFETY: lanes past n are masked off and not touched.
                Self(unsafe { $maskz(((1u32 << n) - 1) as $mask, p) })
            }
            #[inline(always)]
            unsafe fn ask(p: *const $t) {
                // SAFETY: a hint; it never faults.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(p.cast()) }
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $t) {
                // SAFETY: the caller gives N writable numbers.
                unsafe { $store(p, self.0) }
            }
            #[inline(always)]
            unsafe fn store_part(self, p: *mut $t, n: usize) {
                // SAFETY: lanes past n are masked off and not touched.
                unsafe { $masks(p, ((1u32 << n) - 1) as $mask, self.0) }
            }
            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // SAFETY: registers only.
                Self(unsafe { $fma(self.0, b.0, c.0) })
            }
        }
    };
}
lanes512!(
    F32x16,
    f32,
    __m512,
    16,
    __mmask16,
    _mm512_setzero_ps,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_maskz_loadu_ps,
    _mm512_storeu_ps,
    _mm512_mask_storeu_ps,
    _mm512_fmadd_ps
);
lanes512!(
    F64x8,
    f64,
    __m512d,
    8,
    __mmask8,
    _mm512_setzero_pd,
    _mm512_set1_pd,
    _mm512_loadu_pd,
    _mm512_maskz_loadu_pd,
    _mm512_storeu_pd,
    _mm512_mask_storeu_pd,
    _mm512_fmadd_pd
);

#[target_feature(enable = "avx512f")]
unsafe fn run<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>) {
    // SAFETY: passed on from the caller; the instruction set is enabled here.
    unsafe { tile::<V, MR, NV>(t) }
}

#[target_feature(enable = "avx512f")]
unsafe fn run_chosen<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>, steps: &[u64]) {
    // SAFETY: passed on from the caller; the instruction set is enabled here.
    unsafe { chosen::<V, MR, NV>(t, steps) }
}

#[target_feature(enable = "avx512f")]
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
    lanes: 16,
    tiles: tile_table!(run, F32x16, 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
    chosen: [run_chosen::<F32x16, 8, 1>, run_chosen::<F32x16, 8, 2>],
    chosen_rows: 8,
    bits: bits_f32,
    transpose: transpose_f32,
    copy: copy::<F32x16>,
};
pub(super) static F64: KernelTable<f64> = KernelTable {
    lanes: 8,
    tiles: tile_table!(run, F64x8, 1 2 3 4 5 6 7 8 9 10 11 12 13 14),
    chosen: [run_chosen::<F64x8, 8, 1>, run_chosen::<F64x8, 8, 2>],
    chosen_rows: 8,
    bits: bits::plain::<f64>,
    transpose: plain::<f64>,
    copy: copy::<F64x8>,
};

/// # Safety
/// AVX-512; `n` numbers readable, as many words writable as it takes.
#[target_feature(enable = "avx512f")]
unsafe fn bits_f32(x: *const f32, n: usize, to: *mut u64) {
    for (w, from) in (0..n).step_by(bits::WORD).enumerate() {
        let mut word = 0;
        for j in (0..(n - from).min(bits::WORD)).step_by(16) {
            let left = ((1u32 << (n - from - j).min(16)) - 1) as __mmask16;
            // SAFETY: lanes past n are masked off.
            let v = unsafe { _mm512_maskz_loadu_ps(left, x.add(from + j)) };
            let set = _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(v, _mm512_setzero_ps());
            word |= u64::from(set) << j;
        }
        // SAFETY: as many words as steps.
        unsafe { *to.add(w) = word }
    }
}

/// # Safety
/// AVX-512; `rows` rows of `cols` numbers readable `src_ld` apart, `cols` rows of `rows` writable `dst_ld` apart.
#[target_feature(enable = "avx512f")]
unsafe fn transpose_f32(
    src: *const f32,
    src_ld: usize,
    rows: usize,
    cols: usize,
    dst: *mut f32,
    dst_ld: usize,
) {
    for r in (0..rows).step_by(16) {
        for c in (0..cols).step_by(16) {
            // SAFETY: the block is cut to what exists.
            unsafe {
                let (src, dst) = (src.add(r * src_ld + c), dst.add(c * dst_ld + r));
                block16(src, src_ld, (rows - r).min(16), (cols - c).min(16), dst, dst_ld);
            }
        }
    }
}

/// At most 16 × 16, masked: pairs of rows, then quads, then 128-bit lanes are exchanged.
#[target_feature(enable = "avx512f")]
unsafe fn block16(src: *const f32, src_ld: usize, rows: usize, cols: usize, dst: *mut f32, dst_ld: usize) {
    let (in_mask, out_mask) = (((1u32 << cols) - 1) as __mmask16, ((1u32 << rows) - 1) as __mmask16);
    let mut r = [_mm512_setzero_ps(); 16];
    for i in 0..16 {
        if i < rows {
            // SAFETY: row i exists; columns past `cols` are masked off.
            r[i] = unsafe { _mm512_maskz_loadu_ps(in_mask, src.add(i * src_ld)) };
        }
    }
    let mut u = [_mm512_setzero_pd(); 16];
    for g in 0..4 {
        let [a, b, c, d] = [r[4 * g], r[4 * g + 1], r[4 * g + 2], r[4 * g + 3]];
        let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
        let (ef, gh) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
        u[4 * g] = _mm512_unpacklo_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
        u[4 * g + 1] = _mm512_unpackhi_pd(_mm512_castps_pd(ab), _mm512_castps_pd(cd));
        u[4 * g + 2] = _mm512_unpacklo_pd(_mm512_castps_pd(ef), _mm512_castps_pd(gh));
        u[4 * g + 3] = _mm512_unpackhi_pd(_mm512_castps_pd(ef), _mm512_castps_pd(gh));
    }
    for c in 0..4 {
        let even =
            [_mm512_shuffle_f64x2::<0x88>(u[c], u[4 + c]), _mm512_shuffle_f64x2::<0x88>(u[8 + c], u[12 + c])];
        let odd =
            [_mm512_shuffle_f64x2::<0xdd>(u[c], u[4 + c]), _mm512_shuffle_f64x2::<0xdd>(u[8 + c], u[12 + c])];
        let out = [
            _mm512_shuffle_f64x2::<0x88>(even[0], even[1]),
            _mm512_shuffle_f64x2::<0x88>(odd[0], odd[1]),
            _mm512_shuffle_f64x2::<0xdd>(even[0], even[1]),
            _mm512_shuffle_f64x2::<0xdd>(odd[0], odd[1]),
        ];
        for (l, v) in out.into_iter().enumerate() {
            if 4 * l + c < cols {
                // SAFETY: output row 4l + c exists; columns past `rows` are masked off.
                unsafe {
                    _mm512_mask_storeu_ps(dst.add((4 * l + c) * dst_ld), out_mask, _mm512_castpd_ps(v));
                }
            }
        }
    }
}
