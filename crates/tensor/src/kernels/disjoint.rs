//! One slice, written by several threads at disjoint ranges.

use crate::team::region::each_once;

/// A slice whose elements go to different tasks.
struct Elements<T>(*mut T);
// SAFETY: each element is accessed by one task, on any thread: that requires `Send`.
unsafe impl<T: Send> Sync for Elements<T> {}

impl<T> Elements<T> {
    /// # Safety
    /// The range lies inside the slice and in no other task's range.
    unsafe fn range<'a>(&self, from: usize, len: usize) -> &'a mut [T] {
        // SAFETY: promised by the caller.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(from), len) }
    }
}

/// [`each_once`] over the chunks of a slice, `chunk` elements each, the last perhaps shorter.
pub fn chunks<T: Send>(out: &mut [T], chunk: usize, threads: usize, f: &(impl Fn(usize, &mut [T]) + Sync)) {
    let (len, elements) = (out.len(), Elements(out.as_mut_ptr()));
    let tasks = if len == 0 { 0 } else { len.div_ceil(chunk) };
    each_once(tasks, threads, &|i| {
        let from = i * chunk;
        // SAFETY: every task number comes once, so chunks are disjoint; `out` is borrowed for the whole call.
        f(i, unsafe { elements.range(from, chunk.min(len - from)) });
    });
}
