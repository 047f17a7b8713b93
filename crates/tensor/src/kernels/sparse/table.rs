//! The kernels for lists of values.

/// acc\[..R registers\] += Σ over t of values\[t\] · base\[offsets\[t\] ..\].
pub(super) type RunFn<E> = unsafe fn(usize, *const E, *const u32, *const E, *mut E);
/// Copies the values that are not 0, and their offsets; returns how many.
pub(super) type CompactFn<E> = unsafe fn(usize, *const E, *const u32, *mut E, *mut u32) -> usize;

/// The kernels of one instruction set for one scalar type.
#[derive(Debug)]
pub struct Sparse<E: 'static> {
    pub(super) lanes: usize,
    pub(super) runs: &'static [RunFn<E>],
    pub(super) compact: CompactFn<E>,
}
