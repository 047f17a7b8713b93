//! Kernels for any CPU: small arrays that the compiler vectorises for the baseline of the target.

use super::bits;
use super::lanes::Lanes;
use super::pack;
use super::table::KernelTable;
use super::tile::{Tile, chosen, tile, tile_table};
use super::transpose::plain;

macro_rules! portable {
    ($name:ident, $t:ty, $n:literal, $table:ident) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name([$t; $n]);

        impl Lanes for $name {
            type E = $t;
            const N: usize = $n;
            #[inline(always)]
            unsafe fn zero() -> Self {
                Self([0.0; $n])
            }
            #[inline(always)]
            unsafe fn splat(p: *const $t) -> Self {
                // SAFETY: the caller gives a readable address.
                Self([unsafe { *p }; $n])
            }
            #[inline(always)]
            unsafe fn load(p: *const $t) -> Self {
                // SAFETY: the caller gives N readable numbers.
                Self(unsafe { p.cast::<[$t; $n]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn load_part(p: *const $t, n: usize) -> Self {
                let mut v = [0.0; $n];
                for i in 0..n {
                    // SAFETY: the caller gives n readable numbers.
                    v[i] = unsafe { *p.add(i) };
                }
                Self(v)
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $t) {
                // SAFETY: the caller gives N writable numbers.
                unsafe { p.cast::<[$t; $n]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            unsafe fn store_part(self, p: *mut $t, n: usize) {
                for i in 0..n {
                    // SAFETY: the caller gives n writable numbers.
                    unsafe { *p.add(i) = self.0[i] }
                }
            }
            #[inline(always)]
            unsafe fn mul_add(self, b: Self, c: Self) -> Self {
                // Not `f32::mul_add`: without the instruction that is a library call, 60 times slower.
                let mut v = c.0;
                for i in 0..$n {
                    v[i] += self.0[i] * b.0[i];
                }
                Self(v)
            }
        }

        pub(super) static $table: KernelTable<$t> = KernelTable {
            lanes: $n,
    tiles: tile_table!(run, $name, 1 2 3 4),
            chosen: [run_chosen::<$name, 4, 1>, run_chosen::<$name, 4, 2>],
            chosen_rows: 4,
            bits: bits::plain::<$t>,
            transpose: plain::<$t>,
            copy: pack::copy::<$name>,
        };
    };
}
portable!(F32x4, f32, 4, F32);
portable!(F64x2, f64, 2, F64);

unsafe fn run<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>) {
    // SAFETY: passed on from the caller.
    unsafe { tile::<V, MR, NV>(t) }
}

unsafe fn run_chosen<V: Lanes, const MR: usize, const NV: usize>(t: &Tile<V::E>, steps: &[u64]) {
    // SAFETY: passed on from the caller.
    unsafe { chosen::<V, MR, NV>(t, steps) }
}
