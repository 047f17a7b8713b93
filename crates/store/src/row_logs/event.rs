//! TensorBoard's event file: records of protocol buffers.

use super::crc32c::masked;
use serde_json::Value;

/// Fields of `tensorboard.Event`, `Summary` and `Summary.Value`, with their wire types.
mod field {
    pub(super) const STEP: u8 = 2 << 3;
    pub(super) const FILE_VERSION: u8 = 3 << 3 | 2;
    pub(super) const SUMMARY: u8 = 5 << 3 | 2;
    pub(super) const VALUE: u8 = 1 << 3 | 2;
    pub(super) const TAG: u8 = 1 << 3 | 2;
    pub(super) const SIMPLE_VALUE: u8 = 2 << 3 | 5;
}

/// What the first record of every file says.
const VERSION: &[u8] = b"brain.Event:2";

/// Rows, JSON objects, as an event file: a record of the version, then a record a row, whose numbers are scalars with their keys for tags and `epoch` for
/// the step (the number of the row where it has none). What is no number is left out; scalars are f32, as TensorBoard's `simple_value`.
///
/// `wall_time` is left at 0, so that equal rows give equal bytes: TensorBoard shows the scalars over steps, its axes of time say nothing.
///
/// A record is its length (u64), the masked CRC-32C of that, the event, the masked CRC-32C of the event, little-endian.
/// Source: `tensorboard/compat/proto/{event,summary}.proto`.
pub fn event_bytes(rows: &[Value]) -> Vec<u8> {
    let mut out = record(&delimited(field::FILE_VERSION, VERSION));
    for (i, row) in rows.iter().enumerate() {
        let step = row["epoch"].as_u64().unwrap_or(i as u64 + 1);
        let mut event = Vec::new();
        if step != 0 {
            event.push(field::STEP);
            varint(step, &mut event);
        }
        let scalars = row.as_object().into_iter().flatten().filter(|(key, _)| *key != "epoch");
        let scalars = scalars.filter_map(|(key, value)| Some((key, value.as_f64()? as f32)));
        let values = scalars.flat_map(|(key, value)| {
            let mut scalar = delimited(field::TAG, key.as_bytes());
            scalar.push(field::SIMPLE_VALUE);
            scalar.extend(value.to_le_bytes());
            delimited(field::VALUE, &scalar)
        });
        event.extend(delimited(field::SUMMARY, &values.collect::<Vec<u8>>()));
        out.extend(record(&event));
    }
    out
}

fn record(event: &[u8]) -> Vec<u8> {
    let length = (event.len() as u64).to_le_bytes();
    let [of_length, of_event] = [&length, event].map(|bytes| masked(bytes).to_le_bytes());
    [&length, &of_length[..], event, &of_event].concat()
}

/// A field that tells its length.
fn delimited(field: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![field];
    varint(bytes.len() as u64, &mut out);
    out.extend(bytes);
    out
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn varint(mut n: u64, out: &mut Vec<u8>) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}
