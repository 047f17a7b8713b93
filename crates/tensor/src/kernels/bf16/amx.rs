//! AMX tiles by inline assembly: the intrinsics are not stable. Tiles 0 to 3 hold the block, 4 and 5 two tiles of A, 6 and 7 two of B.

use super::{Line, Operand, Target};
use std::arch::asm;
use std::arch::x86_64::{__cpuid_count, __get_cpuid_max};

/// Whether CPU and system let this process use tiles of bf16; asks the system for it.
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

/// arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA): threads get room for tiles in their saved state.
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
pub fn configure(rows: usize) {
    let mut config = Config([0; 64]);
    config.0[0] = 1;
    for t in 0..8 {
        config.0[16 + 2 * t] = 64;
        config.0[48 + t] = if t < 6 { rows as u8 } else { 16 };
    }
    // SAFETY: only called once `enable` has said yes; the configuration is a valid palette 1.
    unsafe { asm!("ldtilecfg [{}]", in(reg) config.0.as_ptr(), options(nostack, readonly)) }
}

/// Gives the tiles back, so that the system need not save them.
pub fn release() {
    // SAFETY: as above.
    unsafe { asm!("tilerelease", options(nostack, nomem)) }
}

/// # Safety
/// The thread is configured, and every address named by the operands for its rows exists.
pub unsafe fn multiply(a: &Operand<'_>, b: &[Line], parts: usize, target: &mut Target<'_>) {
    // SAFETY: the caller vouches for the addresses.
    unsafe {
        let c = target.first.map(|at| target.data.as_mut_ptr().add(at));
        let ldc = target.stride * 4;
        // One block of assembly from the first tile to the last: nothing that the compiler places between could touch the tiles, but it need
        // not know of them either.
        let from = a.first.map(|at| a.data.as_ptr().add(at));
        let (b, steps, end) = (b.as_ptr(), a.steps.as_ptr(), a.steps.as_ptr().add(a.steps.len()));
        begin(c, ldc, target.from_zero);
        match parts {
            1 => one(from, a.stride * 2, b, steps, end),
            _ => six(from, a.stride * 2, a.part * 2, b, steps, end),
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

/// One part of each factor.
///
/// # Safety
/// As [`multiply`]; `lda` in bytes.
#[inline]
unsafe fn one(a: [*const u16; 2], lda: usize, b: *const Line, steps: *const u32, end: *const u32) {
    // SAFETY: reads what the steps name.
    unsafe {
        asm!(
            "2:",
            "cmp {s}, {end}",
            "jae 3f",
            "mov {o:e}, dword ptr [{s}]",
            "lea {p}, [{a0} + 2*{o}]",
            "tileloadd tmm4, [{p} + {lda}]",
            "tileloadd tmm6, [{b} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line} + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "lea {p}, [{a1} + 2*{o}]",
            "tileloadd tmm5, [{p} + {lda}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {b}, 2048",
            "add {s}, 4",
            "jmp 2b",
            "3:",
            s = inout(reg) steps => _,
            b = inout(reg) b => _,
            end = in(reg) end,
            a0 = in(reg) a[0],
            a1 = in(reg) a[1],
            lda = in(reg) lda,
            line = in(reg) 64usize,
            o = out(reg) _,
            p = out(reg) _,
            options(nostack, readonly)
        );
    }
}

/// Three parts of each, six products in the order of [`SIX`](super::SIX).
///
/// # Safety
/// As [`multiply`]; `lda` and `part` in bytes.
#[inline]
unsafe fn six(
    a: [*const u16; 2],
    lda: usize,
    part: usize,
    b: *const Line,
    steps: *const u32,
    end: *const u32,
) {
    // SAFETY: reads what the steps name.
    unsafe {
        asm!(
            "2:",
            "cmp {s}, {end}",
            "jae 3f",
            "mov {o:e}, dword ptr [{s}]",
            "lea {p}, [{a0} + 2*{o}]",
            "lea {q}, [{a1} + 2*{o}]",
            // a0 · b2
            "tileloadd tmm4, [{p} + {lda}]",
            "tileloadd tmm6, [{b} + {line} + 4096]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line} + 5120]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{q} + {lda}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            // a0 · b1
            "tileloadd tmm6, [{b} + {line} + 2048]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line} + 3072]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            // a1 · b1
            "add {p}, {part}",
            "add {q}, {part}",
            "tileloadd tmm4, [{p} + {lda}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{q} + {lda}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            // a1 · b0
            "tileloadd tmm6, [{b} + {line}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm7, [{b} + {line} + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            // a2 · b0
            "add {p}, {part}",
            "add {q}, {part}",
            "tileloadd tmm4, [{p} + {lda}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tileloadd tmm5, [{q} + {lda}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            // a0 · b0
            "lea {p}, [{a0} + 2*{o}]",
            "tileloadd tmm4, [{p} + {lda}]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "lea {q}, [{a1} + 2*{o}]",
            "tileloadd tmm5, [{q} + {lda}]",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {b}, 6144",
            "add {s}, 4",
            "jmp 2b",
            "3:",
            s = inout(reg) steps => _,
            b = inout(reg) b => _,
            end = in(reg) end,
            a0 = in(reg) a[0],
            a1 = in(reg) a[1],
            lda = in(reg) lda,
            part = in(reg) part,
            line = in(reg) 64usize,
            o = out(reg) _,
            p = out(reg) _,
            q = out(reg) _,
            options(nostack, readonly)
        );
    }
}
