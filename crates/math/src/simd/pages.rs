//! Large pages for memory that is read in no order.
#![allow(unsafe_code)]

/// Asks the system to put `memory` on large pages, now and as far as it likes: reads all over many megabytes otherwise wait for the page tables more
/// than for the numbers. Changes nothing a program can see but speed; nothing where the system has no such thing.
pub fn gather_pages<T>(memory: &[T]) {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    {
        use std::ffi::{c_int, c_void};
        /// Linux 6.1: makes whole large pages at once.
        const MADV_COLLAPSE: c_int = 25;
        const PAGE: usize = 2 << 20;
        unsafe extern "C" {
            fn madvise(at: *mut c_void, len: usize, advice: c_int) -> c_int;
        }
        let (begin, end) = (memory.as_ptr() as usize, memory.as_ptr_range().end as usize);
        let last = end / PAGE * PAGE;
        // An empty slice may point anywhere, to the last page too.
        if let Some(first) = begin.checked_next_multiple_of(PAGE).filter(|&first| first < last) {
            // SAFETY: the range lies inside `memory`; the advice moves pages behind their addresses and keeps what they hold. An error is no harm.
            unsafe {
                madvise(
                    memory.as_ptr().wrapping_byte_add(first - begin) as *mut c_void,
                    last - first,
                    MADV_COLLAPSE,
                )
            };
        }
    }
    #[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
    let _ = memory;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_memory_holds_stays() {
        let numbers: Vec<u32> = (0..3 << 20).collect();
        gather_pages(&numbers);
        gather_pages(&numbers[..10]);
        gather_pages::<u8>(&[]);
        assert!(numbers.iter().enumerate().all(|(i, &v)| i == v as usize));
    }
}
