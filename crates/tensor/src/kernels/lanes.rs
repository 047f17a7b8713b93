//! A vector register of any width.

/// `N` numbers in one register. Every method must be inlined into a function that enables the register's instruction set.
pub(super) trait Lanes: Copy {
    /// One lane.
    type E: Copy;
    /// Number of lanes.
    const N: usize;
    /// All lanes 0.
    unsafe fn zero() -> Self;
    /// All lanes `*p`.
    unsafe fn splat(p: *const Self::E) -> Self;
    /// `N` numbers from `p`.
    unsafe fn load(p: *const Self::E) -> Self;
    /// `n` numbers from `p`, zeros after them; touches nothing beyond.
    unsafe fn load_part(p: *const Self::E, n: usize) -> Self;
    /// Prefetches the cache line of `p`, which need not be readable.
    #[inline(always)]
    unsafe fn ask(_: *const Self::E) {}
    /// `N` numbers to `p`.
    unsafe fn store(self, p: *mut Self::E);
    /// The first `n` lanes to `p`; touches nothing beyond.
    unsafe fn store_part(self, p: *mut Self::E, n: usize);
    /// `self · b + c`, rounded once where the instruction set can.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
}
