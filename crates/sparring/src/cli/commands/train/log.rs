//! Which files the figures of the epochs go to, beside `metrics.jsonl`.

use sparring::store::LogFormat;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Log {
    /// metrics.csv
    Csv,
    /// An event file of TensorBoard, without times
    Tensorboard,
}

/// Each once.
pub(super) fn formats(asked: &[Log]) -> Vec<LogFormat> {
    let all = [(Log::Csv, LogFormat::Csv), (Log::Tensorboard, LogFormat::TensorBoard)];
    all.into_iter().filter(|(log, _)| asked.contains(log)).map(|(_, format)| format).collect()
}
