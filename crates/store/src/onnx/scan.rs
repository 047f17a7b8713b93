//! What decoding a file would hold, counted before anything is decoded: a message of two bytes may become a structure of hundreds.

use crate::StoreError;

/// Most bytes that the structure of any file may take once it is decoded, beside twice the file: 64 MiB, some ten thousand nodes.
const STRUCTURE: u64 = 64 << 20;
/// Bytes of a decoded message, the growth of the list that holds it included.
const MESSAGE: u64 = 1024;
/// The same of a text, beside itself.
const TEXT: u64 = 96;
/// The same of a number of variable length.
const NUMBER: u64 = 24;

/// The messages of `proto.rs`.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    Leaf,
}

/// What a field with a length holds.
enum Field {
    Message(Kind),
    Text,
    /// Numbers of variable length, side by side.
    Numbers,
    /// As many bytes in memory as in the file, or none.
    Other,
}

fn field(of: Kind, number: u64) -> Field {
    use Field::{Message, Numbers, Other, Text};
    match (of, number) {
        (Kind::Model, 7) => Message(Kind::Graph),
        (Kind::Model, 8) | (Kind::Tensor, 13) | (Kind::Shape, 1) => Message(Kind::Leaf),
        (Kind::Graph, 1) => Message(Kind::Node),
        (Kind::Graph, 5) | (Kind::Attribute, 5) => Message(Kind::Tensor),
        (Kind::Graph, 11 | 12) => Message(Kind::Value),
        (Kind::Node, 5) => Message(Kind::Attribute),
        (Kind::Value, 2) => Message(Kind::Type),
        (Kind::Type, 1) => Message(Kind::TensorType),
        (Kind::TensorType, 2) => Message(Kind::Shape),
        (Kind::Node, 1 | 2) => Text,
        (Kind::Attribute, 8) | (Kind::Tensor, 1 | 5 | 7) => Numbers,
        _ => Other,
    }
}

/// Refuses a file that is no protocol buffer of this kind, or would take more memory than its length justifies.
pub(super) fn check(file: &[u8]) -> Result<(), StoreError> {
    let most = STRUCTURE + 2 * file.len() as u64;
    let held =
        held(file, Kind::Model, most).ok_or_else(|| StoreError::onnx("the file is cut off or damaged"))?;
    if held > most {
        return Err(StoreError::TooLarge {
            what: "the structure of the ONNX file in bytes",
            got: held,
            limit: most,
        });
    }
    Ok(())
}

/// Bytes that a message takes; counting ends above `most`. `None` for what is no message.
fn held(mut rest: &[u8], of: Kind, most: u64) -> Option<u64> {
    let mut sum = MESSAGE;
    while !rest.is_empty() && sum <= most {
        let key = varint(&mut rest)?;
        match key & 7 {
            0 => {
                varint(&mut rest)?;
                sum += NUMBER;
            }
            1 => drop(taken(&mut rest, 8)?),
            5 => drop(taken(&mut rest, 4)?),
            2 => {
                let length = varint(&mut rest)?;
                let bytes = taken(&mut rest, length)?;
                sum += match field(of, key >> 3) {
                    Field::Message(kind) => held(bytes, kind, most)?,
                    Field::Text => TEXT,
                    Field::Numbers => NUMBER * bytes.len() as u64,
                    Field::Other => 0,
                };
            }
            _ => return None,
        }
    }
    Some(sum)
}

fn taken<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(bytes)
}

/// A number of at most ten bytes, seven bits each, the lowest first.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = taken(rest, 1)?[0];
        value |= u64::from(byte & 127).checked_shl(shift)?;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}
