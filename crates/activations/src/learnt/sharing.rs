//! Which elements share a group of parameters.

/// How elements share parameters: element i has those of group (i / run) mod groups.
///
/// ```
/// use sparring_activations::Sharing;
/// let s = Sharing::channels_first(3, 4);
/// assert_eq!((s.group(3), s.group(4), s.group(12)), (0, 1, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sharing {
    /// Number of groups, each with its own parameters.
    pub groups: usize,
    /// Consecutive elements with the same parameters.
    pub run: usize,
}

impl Sharing {
    /// One group for all elements, as PyTorch's `num_parameters = 1`.
    pub const WHOLE: Self = Self { groups: 1, run: 1 };

    /// One group a channel of `[n, channels, ..]` with `plane` elements in each channel of an example.
    pub const fn channels_first(channels: usize, plane: usize) -> Self {
        Self { groups: channels, run: plane }
    }

    /// One group a channel of `[.., channels]`, or a unit of `[n, units]`.
    pub const fn channels_last(channels: usize) -> Self {
        Self { groups: channels, run: 1 }
    }

    /// The group of element `i`.
    pub const fn group(&self, i: usize) -> usize {
        i / self.run % self.groups
    }

    /// Whether a slice of `len` elements is a whole number of periods.
    pub(crate) fn divides(&self, len: usize) -> bool {
        self.groups == 1 || (self.groups > 0 && self.run > 0 && len.is_multiple_of(self.groups * self.run))
    }
}

/// The k numbers of group `g` of `[groups, k]`.
#[inline(always)]
pub(super) fn group<E>(all: &[E], g: usize, k: usize) -> &[E] {
    &all[g * k..][..k]
}
