//! Transposition in portable code.

/// dst[c, r] = src[r, c], in blocks that keep both sides in the cache.
///
/// # Safety
/// `rows` rows of `cols` numbers readable `src_ld` apart, `cols` rows of `rows` writable `dst_ld` apart.
pub(super) unsafe fn plain<E: Copy>(
    src: *const E,
    src_ld: usize,
    rows: usize,
    cols: usize,
    dst: *mut E,
    dst_ld: usize,
) {
    const BLOCK: usize = 16;
    for r0 in (0..rows).step_by(BLOCK) {
        for c0 in (0..cols).step_by(BLOCK) {
            for c in c0..cols.min(c0 + BLOCK) {
                for r in r0..rows.min(r0 + BLOCK) {
                    // SAFETY: r < rows and c < cols.
                    unsafe { *dst.add(c * dst_ld + r) = *src.add(r * src_ld + c) }
                }
            }
        }
    }
}
