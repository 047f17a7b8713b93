//! The tensors of a file.

use super::proto::{BFLOAT16, BOOL, DOUBLE, FLOAT, FLOAT16, INT8, INT32, INT64, TensorProto, UINT8};
use crate::StoreError;
use crate::half::{from_bf16, from_f16};
use sparring_tensor::Array;

/// Most numbers of one tensor: those of all weights of a network.
const MOST: usize = 1 << 28;
/// Most axes.
const MOST_AXES: usize = 8;
/// Most whole numbers of one: they are shapes and indices, and take more memory than file.
const MOST_WHOLE: usize = 1 << 20;

/// A tensor that is known when the file is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Constant {
    pub dims: Vec<usize>,
    pub numbers: Numbers,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbers {
    Floats(Vec<f32>),
    Whole(Vec<i64>),
}

impl Numbers {
    pub fn len(&self) -> usize {
        match self {
            Self::Floats(v) => v.len(),
            Self::Whole(v) => v.len(),
        }
    }
}

/// The type of the numbers where they are floats of another than 32 bits.
pub(super) fn converted(data_type: i32) -> Option<&'static str> {
    match data_type {
        DOUBLE => Some("F64"),
        FLOAT16 => Some("F16"),
        BFLOAT16 => Some("BF16"),
        _ => None,
    }
}

/// The numbers of little-endian bytes.
fn parsed<const N: usize, T>(bytes: &[u8], number: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|b| number(*b)).collect()
}

impl Constant {
    pub fn whole(numbers: Vec<i64>) -> Self {
        Self { dims: vec![numbers.len()], numbers: Numbers::Whole(numbers) }
    }
    /// Reads a tensor; lengths are compared before anything of them is held.
    ///
    /// # Errors
    /// Naming the tensor, for numbers in another file, of another type, or that do not fill the shape.
    pub fn read(t: &TensorProto) -> Result<Self, StoreError> {
        let wrong = |what: String| Err(StoreError::tensor(&t.name, what));
        if t.data_location == Some(1) || !t.external_data.is_empty() {
            let place =
                t.external_data.iter().find(|e| e.key == "location").map_or("another file", |e| &e.value);
            return wrong(format!(
                "its numbers lie in `{place}`, not in this file: onnx.save_model(onnx.load(FILE), \"one.onnx\", save_as_external_data=False)"
            ));
        }
        let dims: Option<Vec<usize>> = t.dims.iter().map(|&d| usize::try_from(d).ok()).collect();
        let dims = dims.filter(|dims| dims.len() <= MOST_AXES && dims.iter().all(|d| *d <= MOST));
        let count = dims.as_ref().and_then(|dims| dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d)));
        let (Some(dims), Some(n)) = (dims, count.filter(|n| *n <= MOST)) else {
            return wrong(format!("a shape of {:?} is no shape of a network's tensor", t.dims));
        };
        let size = match t.data_type {
            FLOAT | INT32 => 4,
            DOUBLE | INT64 => 8,
            FLOAT16 | BFLOAT16 => 2,
            UINT8 | INT8 | BOOL => 1,
            other => {
                return wrong(format!("numbers of ONNX's type {other}; floats and whole numbers are read"));
            }
        };
        if size != 2 && !matches!(t.data_type, FLOAT | DOUBLE) && n > MOST_WHOLE {
            return wrong(format!("{n} whole numbers: quantised weights are not read"));
        }
        let raw = t.raw_data.as_deref();
        let listed = match t.data_type {
            FLOAT => t.float_data.len(),
            DOUBLE => t.double_data.len(),
            INT64 => t.int64_data.len(),
            _ => t.int32_data.len(),
        };
        let fits = raw.map_or(listed == n, |raw| raw.len() == n * size);
        if !fits {
            let got = raw.map_or(format!("{listed} numbers"), |raw| format!("{} bytes", raw.len()));
            return wrong(format!("{got} for a shape of {dims:?}, which has {n} numbers of {size} bytes"));
        }
        // Halves that are listed are their bits as whole numbers.
        let halves = |number: fn([u8; 2]) -> f32| match raw {
            Some(raw) => parsed(raw, number),
            None => t.int32_data.iter().map(|&bits| number((bits as u16).to_le_bytes())).collect(),
        };
        let whole = |from: fn(&[u8]) -> Vec<i64>| match raw {
            Some(raw) => from(raw),
            None => t.int32_data.iter().map(|&v| v.into()).collect(),
        };
        let numbers = match t.data_type {
            FLOAT => Numbers::Floats(
                raw.map_or_else(|| t.float_data.clone(), |raw| parsed(raw, f32::from_le_bytes)),
            ),
            DOUBLE => Numbers::Floats(match raw {
                Some(raw) => parsed(raw, |b| f64::from_le_bytes(b) as f32),
                None => t.double_data.iter().map(|&v| v as f32).collect(),
            }),
            FLOAT16 => Numbers::Floats(halves(from_f16)),
            BFLOAT16 => Numbers::Floats(halves(from_bf16)),
            INT64 => Numbers::Whole(
                raw.map_or_else(|| t.int64_data.clone(), |raw| parsed(raw, i64::from_le_bytes)),
            ),
            INT32 => Numbers::Whole(whole(|raw| parsed(raw, |b| i32::from_le_bytes(b).into()))),
            INT8 => Numbers::Whole(whole(|raw| raw.iter().map(|&b| i64::from(b as i8)).collect())),
            _ => Numbers::Whole(whole(|raw| raw.iter().map(|&b| b.into()).collect())),
        };
        Ok(Self { dims, numbers })
    }
    /// The numbers as floats.
    pub fn floats(&self) -> Vec<f32> {
        match &self.numbers {
            Numbers::Floats(v) => v.clone(),
            Numbers::Whole(v) => v.iter().map(|&v| v as f32).collect(),
        }
    }
    /// The whole numbers; `None` for floats.
    pub fn whole_numbers(&self) -> Option<&[i64]> {
        match &self.numbers {
            Numbers::Whole(v) => Some(v),
            Numbers::Floats(_) => None,
        }
    }
    /// As weights of this shape; the caller has compared the numbers of both.
    pub fn array(&self, shape: &[usize]) -> Array<f32> {
        match &self.numbers {
            Numbers::Floats(v) => Array::from_slice(shape, v),
            Numbers::Whole(_) => Array::from_slice(shape, &self.floats()),
        }
    }
}
