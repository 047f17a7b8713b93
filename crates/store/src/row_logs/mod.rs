//! The rows of a training for programs that do not read JSON lines: a CSV file, and TensorBoard's event file.

mod crc32c;
mod csv;
mod event;

use crate::{RunDir, StoreError};
pub use csv::{csv_columns, csv_text};
pub use event::event_bytes;
use serde_json::Value;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Comma-separated values with a header, [`csv_text`].
    Csv,
    /// TensorBoard's event file, [`event_bytes`].
    TensorBoard,
}

impl LogFormat {
    /// The name of the file in a run directory.
    pub fn file(self) -> &'static str {
        match self {
            Self::Csv => "metrics.csv",
            Self::TensorBoard => "events.out.tfevents.sparring",
        }
    }
    fn whole(self, rows: &[Value]) -> Vec<u8> {
        match self {
            Self::Csv => csv_text(rows).into_bytes(),
            Self::TensorBoard => event_bytes(rows),
        }
    }
}

/// Files of rows that grow with a training. Each is a function of the rows alone: no time is in it, so equal runs write equal files, and a run that goes
/// on writes its files as if it had not been interrupted.
#[derive(Debug)]
pub struct RowLogs<'a> {
    run: &'a RunDir,
    /// What each file holds by now.
    files: Vec<(LogFormat, Vec<u8>)>,
    rows: Vec<Value>,
}

impl<'a> RowLogs<'a> {
    /// The files with the rows there are; what stood there before is replaced.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn begin(run: &'a RunDir, formats: &[LogFormat], rows: Vec<Value>) -> Result<Self, StoreError> {
        let files: Vec<_> = formats.iter().map(|&format| (format, format.whole(&rows))).collect();
        files.iter().try_for_each(|(format, bytes)| run.write(format.file(), bytes))?;
        Ok(Self { run, files, rows })
    }
    /// Adds a row, a JSON object, to every file.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append(&mut self, row: Value) -> Result<(), StoreError> {
        self.rows.push(row);
        for (format, written) in &mut self.files {
            let whole = format.whole(&self.rows);
            // A column that no row had before changes the header, and with it the whole file.
            match whole.strip_prefix(&written[..]) {
                Some(new) => self.run.append_bytes(format.file(), new)?,
                None => self.run.write(format.file(), &whole)?,
            }
            *written = whole;
        }
        Ok(())
    }
}
