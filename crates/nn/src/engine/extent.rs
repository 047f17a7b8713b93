//! How an example lies in a program's buffers.

/// The extents of an example, channels last; a vector is `[1, 1, n]`, one that was an image keeps the image's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub h: usize,
    pub w: usize,
    pub c: usize,
    /// Seen by the next layer as one axis.
    pub flat: bool,
}

/// Examples begin on whole vectors of every instruction set.
const ALIGN: usize = 16;
/// Rows this many numbers apart fall into few sets of the first-level cache.
const ALIAS: usize = 256;

impl Extent {
    pub fn vector(n: usize) -> Self {
        Self { h: 1, w: 1, c: n, flat: true }
    }
    pub fn image([h, w]: [usize; 2], c: usize) -> Self {
        Self { h, w, c, flat: false }
    }
    /// Numbers in an example.
    pub fn len(self) -> usize {
        self.h * self.w * self.c
    }
    /// The same numbers as one axis.
    pub fn flattened(self) -> Self {
        Self { flat: true, ..self }
    }
    /// Whether the order is another than that of channels first, which files and users see.
    pub fn is_channels_last(self) -> bool {
        self.c > 1 && self.h * self.w > 1
    }
    /// From one example to the next in a buffer.
    pub fn stride(self) -> usize {
        let whole = self.len().next_multiple_of(ALIGN);
        if whole.is_multiple_of(ALIAS) { whole + ALIGN } else { whole }
    }
}
