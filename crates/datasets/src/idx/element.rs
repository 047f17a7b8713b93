//! An array as IDX knows it: sizes and values of one of six types.

use super::IdxError;

/// The values of an IDX array, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum IdxValues {
    /// Type 08.
    U8(Vec<u8>),
    /// Type 09.
    I8(Vec<i8>),
    /// Type 0b.
    I16(Vec<i16>),
    /// Type 0c.
    I32(Vec<i32>),
    /// Type 0d.
    F32(Vec<f32>),
    /// Type 0e.
    F64(Vec<f64>),
}

impl IdxValues {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::I8(v) => v.len(),
            Self::I16(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
        }
    }
    /// No value at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The type's byte in the header.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::U8(_) => 0x08,
            Self::I8(_) => 0x09,
            Self::I16(_) => 0x0b,
            Self::I32(_) => 0x0c,
            Self::F32(_) => 0x0d,
            Self::F64(_) => 0x0e,
        }
    }
}

/// A checked array: rank 1 to 4, every size in 32 bits, as many values as the sizes say.
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    shape: Vec<usize>,
    values: IdxValues,
}

impl Idx {
    /// # Errors
    /// [`IdxError::Rank`], [`IdxError::Size`] or [`IdxError::Count`] when sizes and values do not make an IDX array.
    pub fn new(shape: Vec<usize>, values: IdxValues) -> Result<Self, IdxError> {
        if !(1..=4).contains(&shape.len()) {
            return Err(IdxError::Rank(shape.len()));
        }
        if let Some(&big) = shape.iter().find(|&&s| u32::try_from(s).is_err()) {
            return Err(IdxError::Size(big));
        }
        if shape.iter().try_fold(1usize, |a, &b| a.checked_mul(b)) != Some(values.len()) {
            return Err(IdxError::Count { shape, values: values.len() });
        }
        Ok(Self { shape, values })
    }
    /// Sizes, slowest first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
    /// The values, row-major.
    pub fn values(&self) -> &IdxValues {
        &self.values
    }
    /// Sizes and values, without a copy.
    pub fn into_parts(self) -> (Vec<usize>, IdxValues) {
        (self.shape, self.values)
    }
}

/// One element type: how many bytes, and how they are read.
pub(super) trait Element: Copy {
    const BYTES: usize;
    fn from_be(bytes: &[u8]) -> Self;
}

macro_rules! elements {
    ($($t:ty),*) => {$(
        impl Element for $t {
            const BYTES: usize = size_of::<$t>();
            fn from_be(bytes: &[u8]) -> Self {
                let mut b = [0; size_of::<$t>()];
                b.copy_from_slice(bytes);
                <$t>::from_be_bytes(b)
            }
        }
    )*};
}
elements!(u8, i8, i16, i32, f32, f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_that_idx_cannot_hold_are_refused() {
        assert!(matches!(Idx::new(vec![], IdxValues::U8(vec![])), Err(IdxError::Rank(0))));
        assert!(matches!(Idx::new(vec![1; 5], IdxValues::U8(vec![0])), Err(IdxError::Rank(5))));
        assert!(matches!(
            Idx::new(vec![2, 2], IdxValues::U8(vec![0; 3])),
            Err(IdxError::Count { values: 3, .. })
        ));
        assert!(Idx::new(vec![usize::MAX, 2], IdxValues::U8(vec![0; 2])).is_err());
        assert!(Idx::new(vec![0, 28, 28], IdxValues::F64(vec![])).is_ok());
    }

    #[test]
    fn values_know_how_many_they_are() {
        let some = [
            IdxValues::U8(vec![1, 2]),
            IdxValues::I8(vec![1, 2]),
            IdxValues::I16(vec![1, 2]),
            IdxValues::I32(vec![1, 2]),
            IdxValues::F32(vec![1.0, 2.0]),
            IdxValues::F64(vec![1.0, 2.0]),
        ];
        assert!(some.iter().all(|v| v.len() == 2 && !v.is_empty()));
        assert!(IdxValues::F32(vec![]).is_empty() && IdxValues::U8(vec![]).is_empty());
    }
}
