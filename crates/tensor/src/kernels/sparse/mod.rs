//! Products with a vector that is mostly zero: a list of its nonzero values, and a sum of runs of a matrix by that list.

mod lists;
mod table;

pub use lists::{Lists, Nonzeros};
pub use table::Sparse;

use super::lanes::Lanes;
use super::portable;
use super::scalars::Kernels;
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};
use sparring_math::simd::Isa;
use std::cell::RefCell;
use std::ops::Range;
use std::thread::LocalKey;

/// Scalars that have these kernels.
pub(crate) trait SparseKernels: Kernels + PartialEq {
    /// The kernels of `isa`, or the next lower ones if this CPU lacks it.
    fn sparse(isa: Isa) -> &'static Sparse<Self>;
    /// This thread's lists.
    fn lists() -> &'static LocalKey<RefCell<Lists<Self>>>;
}

impl<E: SparseKernels> Sparse<E> {
    /// Numbers in a register.
    pub fn lanes(&self) -> usize {
        self.lanes
    }
    /// acc += Σ over the entries `of` the list of value · base\[offset .. offset + acc.len()\], in order of the list.
    ///
    /// # Panics
    /// If `acc` is not whole registers, there are no such entries or `base` is too short for the list's bound.
    #[inline]
    #[track_caller]
    pub fn add(&self, list: &Nonzeros<E>, of: Range<usize>, base: &[E], acc: &mut [E]) {
        let (from, to) = (of.start, of.end);
        assert!(from <= to && to <= list.len, "sparse: no entries {from} .. {to}");
        assert!(
            base.len().checked_sub(acc.len()).is_some_and(|n| list.bound as usize <= n)
                && acc.len().is_multiple_of(self.lanes),
            "sparse: runs of {} from places up to {} in {} numbers",
            acc.len(),
            list.bound,
            base.len()
        );
        let (values, offsets) = (list.values[from..].as_ptr(), list.offsets[from..].as_ptr());
        let (mut done, mut left) = (0, acc.len() / self.lanes);
        while left > 0 {
            let parts = left.div_ceil(self.runs.len());
            let now = left.div_ceil(parts);
            // SAFETY: the assertions bound every address; `sparse` checked the CPU; acc is borrowed mutably.
            unsafe {
                let (base, acc) = (base.as_ptr().add(done), acc.as_mut_ptr().add(done));
                self.runs[now - 1](to - from, values, offsets, base, acc);
            }
            (done, left) = (done + now * self.lanes, left - now);
        }
    }
}

/// # Safety
/// As for [`Sparse::add`]: every address named is valid, the register's instructions exist.
#[inline(always)]
unsafe fn run<V: Lanes, const R: usize>(
    n: usize,
    values: *const V::E,
    offsets: *const u32,
    base: *const V::E,
    acc: *mut V::E,
) {
    // SAFETY: passed on from the caller.
    unsafe {
        let mut sum = [V::zero(); R];
        for r in 0..R {
            sum[r] = V::load(acc.add(r * V::N));
        }
        for t in 0..n {
            let x = V::splat(values.add(t));
            let p = base.add(*offsets.add(t) as usize);
            for r in 0..R {
                sum[r] = x.mul_add(V::load(p.add(r * V::N)), sum[r]);
            }
        }
        for r in 0..R {
            sum[r].store(acc.add(r * V::N));
        }
    }
}

/// # Safety
/// n values and offsets are readable at the sources and writable at the targets.
unsafe fn compact<E: SparseKernels>(
    n: usize,
    values: *const E,
    offsets: *const u32,
    to: *mut E,
    at: *mut u32,
) -> usize {
    let mut k = 0;
    for i in 0..n {
        // SAFETY: k <= i < n. No branch: it would be mispredicted half of the time.
        unsafe {
            let v = *values.add(i);
            *to.add(k) = v;
            *at.add(k) = *offsets.add(i);
            k += usize::from(v != E::NOUGHT);
        }
    }
    k
}

/// As [`compact`], 16 at a time.
///
/// # Safety
/// As there; also 16 more are writable at the targets, and AVX-512 exists.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn compact16(n: usize, values: *const f32, offsets: *const u32, to: *mut f32, at: *mut u32) -> usize {
    use std::arch::x86_64::*;
    let mut k = 0;
    for i in (0..n).step_by(16) {
        let exist = if n - i >= 16 { u16::MAX } else { (1 << (n - i)) - 1 };
        // SAFETY: what does not exist is masked off; k <= i, so a whole register ends before n + 16.
        unsafe {
            let v = _mm512_maskz_loadu_ps(exist, values.add(i));
            let o = _mm512_maskz_loadu_epi32(exist, offsets.add(i).cast());
            let keep = _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(v, _mm512_setzero_ps());
            _mm512_storeu_ps(to.add(k), _mm512_maskz_compress_ps(keep, v));
            _mm512_storeu_epi32(at.add(k).cast(), _mm512_maskz_compress_epi32(keep, o));
            k += keep.count_ones() as usize;
        }
    }
    k
}

/// The kernels of one instruction set: a register, what it needs, and the numbers of registers that runs may have.
macro_rules! sparse_kernels {
    ($name:ident, $v:ty, $t:ty, $compact:expr, [$(#[$feature:meta])?], $($r:literal)*) => {
        mod $name {
            use super::*;
            $(#[$feature])?
            unsafe fn enabled<const R: usize>(n: usize, v: *const $t, o: *const u32, b: *const $t, a: *mut $t) {
                // SAFETY: passed on from the caller; the instruction set is enabled here.
                unsafe { run::<$v, R>(n, v, o, b, a) }
            }
            pub(super) static KERNELS: Sparse<$t> =
                Sparse { lanes: <$v>::N, runs: &[$(enabled::<$r>),*], compact: $compact };
        }
    };
}
#[cfg(target_arch = "x86_64")]
sparse_kernels!(wide_f32, avx512::F32x16, f32, compact16, [#[target_feature(enable = "avx512f")]], 1 2 3 4 5 6 7 8 9 10 11 12);
#[cfg(target_arch = "x86_64")]
sparse_kernels!(wide_f64, avx512::F64x8, f64, compact::<f64>, [#[target_feature(enable = "avx512f")]], 1 2 3 4 5 6 7 8 9 10 11 12);
#[cfg(target_arch = "x86_64")]
sparse_kernels!(half_f32, avx2::F32x8, f32, compact::<f32>, [#[target_feature(enable = "avx2,fma")]], 1 2 3 4 5 6 7 8 9 10 11 12);
#[cfg(target_arch = "x86_64")]
sparse_kernels!(half_f64, avx2::F64x4, f64, compact::<f64>, [#[target_feature(enable = "avx2,fma")]], 1 2 3 4 5 6 7 8 9 10 11 12);
sparse_kernels!(plain_f32, portable::F32x4, f32, compact::<f32>, [], 1 2 3 4 5 6 7 8 9 10 11 12);
sparse_kernels!(plain_f64, portable::F64x2, f64, compact::<f64>, [], 1 2 3 4 5 6 7 8 9 10 11 12);

macro_rules! choose {
    ($t:ty, $wide:ident, $half:ident, $plain:ident) => {
        impl SparseKernels for $t {
            fn lists() -> &'static LocalKey<RefCell<Lists<Self>>> {
                thread_local! { static LISTS: RefCell<Lists<$t>> = const { RefCell::new(Lists::new()) }; }
                &LISTS
            }
            #[cfg(target_arch = "x86_64")]
            fn sparse(isa: Isa) -> &'static Sparse<Self> {
                // The CPU is checked again, because the safety of all kernels of the table depends on it.
                match isa {
                    Isa::Avx512 if Isa::Avx512.supported() => &$wide::KERNELS,
                    Isa::Avx512 | Isa::Avx2 if Isa::Avx2.supported() => &$half::KERNELS,
                    _ => &$plain::KERNELS,
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            fn sparse(_: Isa) -> &'static Sparse<Self> {
                &$plain::KERNELS
            }
        }
    };
}
choose!(f32, wide_f32, half_f32, plain_f32);
choose!(f64, wide_f64, half_f64, plain_f64);
