//! What a watched training writes after each epoch.

use super::layer::LayerDiagnosis;
use crate::StudyError;
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// A line of `diagnosis.jsonl`: the layers at the end of an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiagnosisRow {
    /// From 1.
    pub epoch: usize,
    /// Examples looked at.
    pub examples: usize,
    /// Activations and layers with weights, in order.
    pub layers: Vec<LayerDiagnosis>,
}

/// The file of the rows, in the directory of a run.
pub const DIAGNOSIS_ROWS: &str = "diagnosis.jsonl";

/// No training writes more; a longer file is another one.
const MOST_BYTES: u64 = 1 << 30;

impl DiagnosisRow {
    /// The rows in the directory of a run; none where it was not watched.
    ///
    /// # Errors
    /// [`StudyError::Diagnosis`] naming the file, if it cannot be read, is longer than 1 GiB, or a line is no row.
    pub fn read(run: &Path) -> Result<Vec<Self>, StudyError> {
        let path = run.join(DIAGNOSIS_ROWS);
        let wrong = |what: String| {
            StudyError::Diagnosis(format!("{}: {what}; remove the file to go on without it", path.display()))
        };
        let mut text = String::new();
        let read =
            std::fs::File::open(&path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
        match read {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(wrong(e.to_string())),
            Ok(bytes) if bytes as u64 > MOST_BYTES => return Err(wrong("longer than 1 GiB".into())),
            Ok(_) => {}
        }
        let row = |(i, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|e| wrong(format!("line {}: {e}", i + 1)))
        };
        text.lines().enumerate().map(row).collect()
    }
}
