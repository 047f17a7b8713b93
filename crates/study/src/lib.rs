#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod diagnosis;
mod environment;
mod error;
mod figure;
mod grid;
mod manifest;
mod merge;
mod result;
mod shard;
mod table;

pub use diagnosis::{
    ActivationFigures, DIAGNOSIS_ROWS, Diagnosed, DiagnosisLoss, DiagnosisRow, DiagnosisSettings,
    DiagnosisWatcher, LayerDiagnosis, LipschitzBounds, NetworkDiagnosis, OutputFigures, Spread,
    TheoryFigures, TrainingFacts, Verdict, VerdictKind, WeightFigures, diagnose_network, diagnosis_blocks,
    layer_figures, training_section, verdicts,
};
pub use environment::shard_of_environment;
pub use error::StudyError;
pub use grid::{Grid, GridAxis, GridCell, GridSetting, GridValue};
pub use manifest::{CellState, Inputs, MANIFEST, MANIFEST_FORMAT, Manifest, ManifestRow, Program};
pub use merge::merge;
pub use result::{AttackFigure, Attacked, CellResult};
pub use shard::Shard;
pub use table::{SweepGroup, SweepRow, SweepTable};
