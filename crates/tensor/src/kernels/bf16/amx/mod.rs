//! AMX tiles by inline assembly, since the intrinsics are not stable. Tiles 0 to 3 hold the block, 4 and 5 two tiles of A, 6 and 7 two of B.

mod steps;

use super::{Line, Operand, Target};
use std::arch::asm;
use std::arch::x86_64::{__cpuid_count, __get_cpuid_max};

/// Requests the use of bf16 tiles from the system; whether CPU and system allow it.
pub fn enable() -> bool {
    /// Bits of EDX in leaf 7.
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    if __get_cpuid_max(0).0 < 7 || !is_x86_feature_detected!("avx512bf16") {
        return false;
    }
    let edx = __cpuid_count(7, 0).edx;
    edx & AMX_BF16 != 0 && edx & AMX_TILE != 0 && permission()
}

/// arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA): threads get space for tiles in their saved state.
fn permission() -> bool {
    let answer: i64;
    // SAFETY: a system call without pointers; it clobbers rcx and r11 only.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") 158i64 => answer,
            in("rdi") 0x1023i64,
            in("rsi") 18i64,
            out("rcx") _,
            out("r11") _,
            options(nostack)
        );
    }
    answer == 0
}

#[repr(C, align(64))]
struct Config([u8; 64]);

/// Tiles of C and A get `rows` rows, those of B 16; all rows are whole lines.
///
/// # Safety
/// [`enable`] returned true; `rows` is 1 to 16.
pub unsafe fn configure(rows: usize) {
    let mut config = Config([0; 64]);
    config.0[0] = 1;
    for t in 0..8 {
        config.0[16 + 2 * t] = 64;
        config.0[48 + t] = if t < 6 { rows as u8 } else { 16 };
    }
    // SAFETY: the instruction exists; the configuration is a valid palette 1.
    unsafe { asm!("ldtilecfg [{}]", in(reg) config.0.as_ptr(), options(nostack, readonly)) }
}

/// Releases the tiles, so that the system need not save them.
///
/// # Safety
/// [`enable`] returned true.
pub unsafe fn release() {
    // SAFETY: the instruction exists.
    unsafe { asm!("tilerelease", options(nostack, nomem)) }
}

/// # Safety
/// The thread is configured, every address named by the operands for its rows exists, and there are one or three terms.
pub unsafe fn multiply(a: &Operand<'_>, b: &[Line], terms: usize, target: &mut Target<'_>) {
    // SAFETY: the caller guarantees the addresses.
    unsafe {
        let c = target.first.map(|at| target.data.as_mut_ptr().add(at));
        // With one row a stride may be anything, and is not taken.
        let ldc = target.stride.wrapping_mul(4);
        // One block of assembly from the first tile to the last: nothing that the compiler places between could touch the tiles, but it need
        // not know of them either.
        let (from, lda) = (a.first.map(|at| a.data.as_ptr().add(at)), a.stride.wrapping_mul(2));
        let (b, at, end) = (b.as_ptr(), a.steps.as_ptr(), a.steps.as_ptr().add(a.steps.len()));
        begin(c, ldc, target.from_zero);
        match terms {
            1 => steps::one(from, lda, b, at, end),
            _ => steps::six(from, lda, a.term * 2, b, at, end),
        }
        store(c, ldc);
    }
}

/// # Safety
/// As [`multiply`].
#[inline]
unsafe fn begin(c: [*mut f32; 2], ldc: usize, from_zero: bool) {
    // SAFETY: two tiles of rows, two of columns, all in C.
    unsafe {
        if from_zero {
            asm!(
                "tilezero tmm0",
                "tilezero tmm1",
                "tilezero tmm2",
                "tilezero tmm3",
                options(nostack, nomem, preserves_flags)
            );
        } else {
            asm!(
                "tileloadd tmm0, [{c0} + {ld}]",
                "tileloadd tmm1, [{c0} + {ld} + 64]",
                "tileloadd tmm2, [{c1} + {ld}]",
                "tileloadd tmm3, [{c1} + {ld} + 64]",
                c0 = in(reg) c[0],
                c1 = in(reg) c[1],
                ld = in(reg) ldc,
                options(nostack, readonly, preserves_flags)
            );
        }
    }
}

/// # Safety
/// As [`multiply`].
#[inline]
unsafe fn store(c: [*mut f32; 2], ldc: usize) {
    // SAFETY: as in `begin`.
    unsafe {
        asm!(
            "tilestored [{c0} + {ld}], tmm0",
            "tilestored [{c0} + {ld} + 64], tmm1",
            "tilestored [{c1} + {ld}], tmm2",
            "tilestored [{c1} + {ld} + 64], tmm3",
            c0 = in(reg) c[0],
            c1 = in(reg) c[1],
            ld = in(reg) ldc,
            options(nostack, preserves_flags)
        );
    }
}
