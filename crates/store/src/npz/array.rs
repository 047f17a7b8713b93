//! The numbers of one member, unpacked piece by piece: no byte more is held than its array takes.

use super::npy;
use super::zip::Member;
use crate::half::from_f16;
use crate::values::check_shape;
use crate::{StoreError, TensorValues};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use safetensors::Dtype;
use sparring_tensor::{Array, Elem, Shape};
use std::io::Read;

/// The numbers, and the name of their type in the file; what they take in memory is taken from `left` before it is allocated.
pub(super) fn read(
    name: &str,
    member: &Member<'_>,
    left: &mut u64,
) -> Result<(TensorValues, &'static str), StoreError> {
    let wrong = |what: String| StoreError::tensor(name, what);
    let mut source = Source::new(member);
    let mut first = [0; 12];
    source.fill(&mut first).map_err(wrong)?;
    let length = npy::length(&first).map_err(wrong)?;
    let mut header = vec![0; length];
    header[..12].copy_from_slice(&first);
    source.fill(&mut header[12..]).map_err(wrong)?;
    let npy::Header { dtype, shape } = npy::parse(&header).map_err(wrong)?;
    check_shape(name, &shape)?;
    let numbers = shape.iter().product::<usize>() as u64;
    let (stored, held, in_file) = match dtype {
        Dtype::F32 => ("F32", 4, 4),
        Dtype::F64 => ("F64", 8, 8),
        Dtype::F16 => ("F16", 4, 2),
        _ => ("I64", 8, 8),
    };
    if numbers.checked_mul(in_file).and_then(|n| n.checked_add(length as u64)) != Some(member.unpacked) {
        return Err(wrong("its numbers do not fill its shape".into()));
    }
    // The product is below that of the check above, or twice it.
    let Some(rest) = left.checked_sub(numbers.saturating_mul(held)) else {
        let what = "the arrays unpack to more than three times the file and 12 MiB; save them with numpy.savez, not savez_compressed".into();
        return Err(StoreError::NotNpz { what });
    };
    *left = rest;
    let values = match dtype {
        Dtype::F32 => TensorValues::F32(source.floats(&shape, f32::from_le_bytes).map_err(wrong)?),
        Dtype::F64 => TensorValues::F64(source.floats(&shape, f64::from_le_bytes).map_err(wrong)?),
        Dtype::F16 => TensorValues::F32(source.floats(&shape, from_f16).map_err(wrong)?),
        _ => {
            let mut all = vec![0; numbers as usize];
            source.numbers(&mut all, i64::from_le_bytes).map_err(wrong)?;
            TensorValues::I64 { shape, numbers: all }
        }
    };
    source.end(member.crc).map_err(wrong)?;
    Ok((values, stored))
}

/// Bytes at a time; a multiple of every number's size.
const PIECE: usize = 1 << 14;

/// The bytes of a member, unpacked and summed.
struct Source<'a> {
    from: Box<dyn Read + 'a>,
    crc: Crc,
}

impl<'a> Source<'a> {
    fn new(member: &Member<'a>) -> Self {
        let from: Box<dyn Read> =
            if member.deflated { Box::new(DeflateDecoder::new(member.data)) } else { Box::new(member.data) };
        Self { from, crc: Crc::new() }
    }
    fn fill(&mut self, to: &mut [u8]) -> Result<(), String> {
        self.from.read_exact(to).map_err(|e| format!("cannot be unpacked: {e}"))?;
        self.crc.update(to);
        Ok(())
    }
    fn floats<const N: usize, E: Elem>(
        &mut self,
        shape: &[usize],
        number: fn([u8; N]) -> E,
    ) -> Result<Array<E>, String> {
        let shape = Shape::checked(shape).ok_or("a shape that no array has")?;
        let mut array = Array::zeros(shape);
        self.numbers(array.as_mut_slice(), number)?;
        Ok(array)
    }
    fn numbers<const N: usize, T>(&mut self, to: &mut [T], number: fn([u8; N]) -> T) -> Result<(), String> {
        let mut piece = [0; PIECE];
        for part in to.chunks_mut(PIECE / N) {
            let bytes = &mut piece[..part.len() * N];
            self.fill(bytes)?;
            part.iter_mut().zip(bytes.as_chunks::<N>().0).for_each(|(to, bytes)| *to = number(*bytes));
        }
        Ok(())
    }
    /// Nothing is left, and the sum is that of the archive.
    fn end(mut self, crc: u32) -> Result<(), String> {
        let left = self.from.read(&mut [0]).map_err(|e| format!("cannot be unpacked: {e}"))?;
        if left > 0 {
            return Err("it unpacks to more than it says".into());
        }
        let sum = self.crc.sum();
        if sum == crc {
            Ok(())
        } else {
            Err(format!("damaged: CRC-32 {crc:08x} in the file, {sum:08x} of its content"))
        }
    }
}
