//! Shapes of rank 0 to 4.

use crate::extent::numbers;
use std::fmt;
use std::ops::Deref;

/// Extents of an array, outermost first (images: `[batch, channels, height, width]`). Rank 0 is a scalar.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    dims: [usize; 4],
    rank: usize,
}

impl Shape {
    /// # Panics
    /// If the rank exceeds 4 or the number of elements overflows, also where another extent is 0.
    #[track_caller]
    pub fn new(dims: &[usize]) -> Self {
        assert!(dims.len() <= 4, "shape {dims:?} has rank {}, at most 4 is supported", dims.len());
        assert!(numbers(dims).is_some(), "shape {dims:?} has more elements than memory has addresses");
        let all = match *dims {
            [] => [1; 4],
            [a] => [a, 1, 1, 1],
            [a, b] => [a, b, 1, 1],
            [a, b, c] => [a, b, c, 1],
            _ => [dims[0], dims[1], dims[2], dims[3]],
        };
        Self { dims: all, rank: dims.len() }
    }
    /// As [`new`](Self::new), `None` where that panics: for extents from a file or a user.
    pub fn checked(dims: &[usize]) -> Option<Self> {
        (dims.len() <= 4 && numbers(dims).is_some()).then(|| Self::new(dims))
    }
    /// The extents.
    #[inline]
    pub fn dims(&self) -> &[usize] {
        &self.dims[..self.rank]
    }
    /// Number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.rank
    }
    /// Number of elements.
    #[inline]
    pub fn numel(&self) -> usize {
        // Unused extents are 1.
        let [a, b, c, d] = self.dims;
        a * b * c * d
    }
    /// The extents padded to four axes with ones in front.
    #[inline]
    pub fn dims4(&self) -> [usize; 4] {
        let [a, b, c, d] = self.dims;
        match self.rank {
            0 => [1; 4],
            1 => [1, 1, 1, a],
            2 => [1, 1, a, b],
            3 => [1, a, b, c],
            _ => [a, b, c, d],
        }
    }
    /// The shape both broadcast to by NumPy's rule, or `None`.
    pub fn broadcast(&self, other: &Self) -> Option<Self> {
        if self == other {
            return Some(*self);
        }
        let (a, b) = (self.dims4(), other.dims4());
        let mut out = [1; 4];
        for i in 0..4 {
            out[i] = match (a[i], b[i]) {
                (x, y) if x == y => x,
                (1, y) => y,
                (x, 1) => x,
                _ => return None,
            };
        }
        let rank = self.rank.max(other.rank);
        Some(Self::new(&out[4 - rank..]))
    }
}

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        self.dims()
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.dims())
    }
}
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.dims())
    }
}
impl From<&[usize]> for Shape {
    #[track_caller]
    fn from(dims: &[usize]) -> Self {
        Self::new(dims)
    }
}
impl<const R: usize> From<[usize; R]> for Shape {
    #[track_caller]
    fn from(dims: [usize; R]) -> Self {
        Self::new(&dims)
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn broadcasting_follows_numpy() {
        let s = |d: &[usize]| Shape::new(d);
        assert_eq!(s(&[3, 1, 5]).broadcast(&s(&[4, 1])), Some(s(&[3, 4, 5])));
        assert_eq!(s(&[]).broadcast(&s(&[2])), Some(s(&[2])));
        assert_eq!(s(&[2, 3]).broadcast(&s(&[2])), None);
    }
}
