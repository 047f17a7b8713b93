//! The chains of tile products, all steps in one block of assembly.

use super::Line;
use std::arch::asm;

/// One term of each factor.
///
/// # Safety
/// As [`multiply`](super::multiply); `lda` in bytes.
#[inline]
pub unsafe fn one(a: [*const u16; 2], lda: usize, b: *const Line, steps: *const u32, end: *const u32) {
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

/// Three terms of each, six products in the order of [`SIX`](super::super::SIX).
///
/// # Safety
/// As [`multiply`](super::multiply); `lda` and `term` in bytes.
#[inline]
pub unsafe fn six(
    a: [*const u16; 2],
    lda: usize,
    term: usize,
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
            "add {p}, {term}",
            "add {q}, {term}",
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
            "add {p}, {term}",
            "add {q}, {term}",
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
            term = in(reg) term,
            line = in(reg) 64usize,
            o = out(reg) _,
            p = out(reg) _,
            q = out(reg) _,
            options(nostack, readonly)
        );
    }
}
