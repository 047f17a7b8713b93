//! Files of rows: TensorBoard's against its own bytes (`golden/formats/events.py` made them) and against a decoder that shares no code with the writer.

use serde_json::{Value, json};
use sparring_store::{LogFormat, RowLogs, RunDir, csv_text, event_bytes};

const GOLDEN: &[u8] = include_bytes!("../../../golden/formats/events.out.tfevents.golden");
const ROWS: &str = include_str!("../../../golden/formats/events.jsonl");

fn rows() -> Vec<Value> {
    ROWS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Bit by bit, as its definition has it.
fn masked(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        for bit in 0..8 {
            let out = (crc ^ u32::from(byte >> bit)) & 1;
            crc = crc >> 1 ^ if out == 1 { 0x82F6_3B78 } else { 0 };
        }
    }
    (!crc).rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// The events of a file; every checksum holds.
fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        assert_eq!(word(8), masked(&bytes[..8]));
        let event = &bytes[12..12 + length];
        assert_eq!(word(12 + length), masked(event));
        all.push(event);
        bytes = &bytes[16 + length..];
    }
    all
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut n = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        n |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
    }
    n
}

/// Number and content of each field of a message; of a number its eight bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = match key & 7 {
            0 => varint(&mut bytes).to_le_bytes().to_vec(),
            kind => {
                let length = if kind == 2 { varint(&mut bytes) as usize } else { 4 };
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                value.to_vec()
            }
        };
        all.push((key >> 3, value));
    }
    all
}

#[test]
fn tensorboards_own_writer_makes_the_same_bytes() {
    assert!(rows().len() > 3);
    assert!(event_bytes(&rows()) == GOLDEN);
    let text: Vec<u8> = GOLDEN.iter().copied().filter(|b| b.is_ascii_graphic()).collect();
    assert!(text.windows(13).any(|w| w == b"brain.Event:2"));
}

#[test]
fn an_event_holds_its_row() {
    let row = json!({ "epoch": 300, "train_loss": 0.1, "note": "x", "test_accuracy": null, "n": 7 });
    let bytes = event_bytes(&[row, json!({ "loss": 1e-60 })]);
    let events = records(&bytes);
    assert_eq!(fields(events[0]), [(3, b"brain.Event:2".to_vec())]);
    let event = fields(events[1]);
    assert_eq!(event[0], (2, 300u64.to_le_bytes().to_vec()));
    assert_eq!((event.len(), event[1].0), (2, 5), "a step and a summary, no time");
    let scalars: Vec<_> = fields(&event[1].1)
        .into_iter()
        .map(|(number, scalar)| {
            assert_eq!(number, 1);
            let [(1, tag), (2, value)] = &fields(&scalar)[..] else { panic!("tag and value") };
            (String::from_utf8(tag.clone()).unwrap(), f32::from_le_bytes(value[..].try_into().unwrap()))
        })
        .collect();
    assert_eq!(scalars, [("n".to_string(), 7.0), ("train_loss".to_string(), 0.1)]);
    assert_eq!(fields(events[2])[0], (2, 2u64.to_le_bytes().to_vec()), "the second row");
}

#[test]
fn files_grow_row_by_row_and_go_on_after_an_interruption() {
    let dir = tempfile::tempdir().unwrap();
    let (rows, formats) = (rows(), [LogFormat::Csv, LogFormat::TensorBoard]);
    let read = |run: &RunDir| formats.map(|format| std::fs::read(run.path().join(format.file())).unwrap());
    let whole = RunDir::create(&dir.path().join("whole")).unwrap();
    let mut logs = RowLogs::begin(&whole, &formats, Vec::new()).unwrap();
    for (i, row) in rows.iter().enumerate() {
        logs.append(row.clone()).unwrap();
        let until = [csv_text(&rows[..=i]).into_bytes(), event_bytes(&rows[..=i])];
        assert!(read(&whole) == until, "after row {i}");
    }
    // Killed in the middle of a record, one row further than what was saved.
    let cut = RunDir::create(&dir.path().join("cut")).unwrap();
    for (format, bytes) in formats.iter().zip(read(&whole)) {
        cut.write(format.file(), &bytes[..bytes.len() - 5]).unwrap();
    }
    let mut logs = RowLogs::begin(&cut, &formats, rows[..2].to_vec()).unwrap();
    rows[2..].iter().for_each(|row| logs.append(row.clone()).unwrap());
    assert!(read(&cut) == read(&whole));
}
