//! The numbers of one tensor in a file.

use crate::StoreError;
use crate::half::{from_bf16, from_f16};
use crate::limits::MAX_RANK;
use safetensors::Dtype;
use sparring_tensor::{Array, Shape};

/// A tensor of one of the three kinds this crate stores; half-precision ones of a foreign file come as `F32`.
#[derive(Clone, Debug)]
pub enum TensorValues {
    /// Weights and images.
    F32(Array<f32>),
    /// The same in double precision.
    F64(Array<f64>),
    /// Labels and predictions.
    I64 {
        /// Extents.
        shape: Vec<usize>,
        /// The numbers, row-major.
        numbers: Vec<i64>,
    },
}

impl TensorValues {
    /// A row of whole numbers, `[n]`.
    pub fn labels(numbers: impl IntoIterator<Item = i64>) -> Self {
        let numbers: Vec<i64> = numbers.into_iter().collect();
        Self::I64 { shape: vec![numbers.len()], numbers }
    }
    /// Extents, outermost first.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Self::F32(a) => a.shape().dims().to_vec(),
            Self::F64(a) => a.shape().dims().to_vec(),
            Self::I64 { shape, .. } => shape.clone(),
        }
    }
    /// Name of the number type in the file: `F32`, `F64`, `I64`.
    pub fn dtype(&self) -> &'static str {
        match self {
            Self::F32(_) => "F32",
            Self::F64(_) => "F64",
            Self::I64 { .. } => "I64",
        }
    }
    /// How many numbers.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(a) => a.len(),
            Self::F64(a) => a.len(),
            Self::I64 { numbers, .. } => numbers.len(),
        }
    }
    /// None at all; such a tensor is read from foreign files and never written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// As floats: f64 rounded to the nearest f32; `None` for whole numbers.
    pub fn into_f32(self) -> Option<Array<f32>> {
        match self {
            Self::F32(a) => Some(a),
            Self::F64(a) => {
                let numbers: Vec<f32> = a.as_slice().iter().map(|&v| v as f32).collect();
                Some(Array::from_slice(a.shape(), &numbers))
            }
            Self::I64 { .. } => None,
        }
    }
    pub(crate) fn element(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
            Self::I64 { .. } => Dtype::I64,
        }
    }
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::F32(a) => a.as_slice().iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::F64(a) => a.as_slice().iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::I64 { numbers, .. } => numbers.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }
    /// From the bytes of a file; the caller has checked that they fill `shape`.
    pub(crate) fn parse(dtype: Dtype, shape: &[usize], bytes: &[u8]) -> Option<Self> {
        Some(match dtype {
            Dtype::F32 => Self::F32(Array::try_from_slice(shape, &numbers(bytes, f32::from_le_bytes)).ok()?),
            Dtype::F64 => Self::F64(Array::try_from_slice(shape, &numbers(bytes, f64::from_le_bytes)).ok()?),
            Dtype::I64 => Self::I64 { shape: shape.to_vec(), numbers: numbers(bytes, i64::from_le_bytes) },
            Dtype::F16 => Self::F32(halves(shape, bytes, from_f16)?),
            Dtype::BF16 => Self::F32(halves(shape, bytes, from_bf16)?),
            _ => return None,
        })
    }
    /// Refuses what this crate neither writes nor reads.
    pub(crate) fn check(&self, name: &str) -> Result<(), StoreError> {
        check_shape(name, &self.shape())?;
        let filled = match self {
            Self::I64 { shape, numbers } => shape.iter().product::<usize>() == numbers.len(),
            _ => true,
        };
        if !filled {
            return Err(StoreError::tensor(name, "its shape does not hold its numbers"));
        }
        let bad = match self {
            Self::F32(a) => a.as_slice().iter().position(|v| !v.is_finite()),
            Self::F64(a) => a.as_slice().iter().position(|v| !v.is_finite()),
            Self::I64 { .. } => None,
        };
        bad.map_or(Ok(()), |i| Err(StoreError::tensor(name, format!("number {i} is infinite or NaN"))))
    }
}

/// At most four axes, and no more numbers than can be counted; a scalar has no axis and one number.
pub(crate) fn check_shape(name: &str, shape: &[usize]) -> Result<(), StoreError> {
    if shape.len() > MAX_RANK {
        return Err(StoreError::tensor(
            name,
            format!("{} axes, at most {MAX_RANK} are allowed", shape.len()),
        ));
    }
    match shape.iter().try_fold(1usize, |a, &d| a.checked_mul(d)) {
        Some(_) => Ok(()),
        None => {
            Err(StoreError::tensor(name, format!("shape {shape:?} holds more than memory has addresses")))
        }
    }
}

/// Numbers of 16 bits; the length is compared before anything is allocated.
fn halves(shape: &[usize], bytes: &[u8], number: fn([u8; 2]) -> f32) -> Option<Array<f32>> {
    let (shape, pairs) = (Shape::checked(shape)?, bytes.as_chunks::<2>().0);
    (shape.numel() == pairs.len()).then(|| Array::from_fn(shape, |i| number(pairs[i])))
}

fn numbers<const N: usize, T>(bytes: &[u8], number: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|b| number(*b)).collect()
}

impl From<Array<f32>> for TensorValues {
    fn from(a: Array<f32>) -> Self {
        Self::F32(a)
    }
}
impl From<Array<f64>> for TensorValues {
    fn from(a: Array<f64>) -> Self {
        Self::F64(a)
    }
}
