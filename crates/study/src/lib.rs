#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod activations;
mod codes;
mod depth;
mod diagnosis;
mod environment;
mod error;
mod explain;
mod figure;
mod grid;
mod manifest;
mod merge;
mod result;
mod shard;
mod table;

pub use activations::{
    ActivationGroup, ActivationPlan, ActivationRow, ActivationStudy, ClaimVerdict, Doubt, LayerGradient,
    MASKING_CHECKS, MASKING_MARGIN, MeasuredNet, NetFigures, Paired, RankCorrelation, Statement,
    SuiteFigures, activation_result, measure_net, paired, rank_correlation,
};
pub use codes::{
    ClassCodeSampler, CodeAlarm, CodeFigures, CodeReport, CodeSampler, CodeStudy, FeatureFigures, Outliers,
    PixelFigures, RateCurve, RatePoint, SAMPLER_ROWS, alarm_blocks, code_alarms, code_sections,
};
pub use depth::{
    DepthCell, DepthRow, DepthStudy, NormalizedBy, Training, UnitCounts, depth_findings, depth_page,
    depth_study, depth_table,
};
pub use diagnosis::{
    ActivationFigures, DIAGNOSIS_ROWS, Diagnosed, DiagnosisLoss, DiagnosisRow, DiagnosisSettings,
    DiagnosisWatcher, LayerDiagnosis, LipschitzBounds, NetworkDiagnosis, OutputFigures, Spread,
    TheoryFigures, TrainingFacts, Verdict, VerdictKind, WeightFigures, diagnose_network, diagnosis_blocks,
    few_examples, layer_figures, training_section, verdicts,
};
pub use environment::shard_of_environment;
pub use error::StudyError;
pub use explain::{
    Attribution, Explanation, IntegratedGradients, LearntShape, Maximise, MaximisedUnit, UnitMeans,
    explain_page, integrated_gradients, learnt_shapes, maximise, unit_means,
};
pub use grid::{Grid, GridAxis, GridCell, GridSetting, GridValue};
pub use manifest::{CellState, Inputs, MANIFEST, MANIFEST_FORMAT, Manifest, ManifestRow, Program};
pub use merge::merge;
pub use result::{AttackFigure, Attacked, CellResult};
pub use shard::Shard;
pub use table::{SweepGroup, SweepRow, SweepTable};
