//! What is wrong inside a network, and while it is trained: figures of its layers, and verdicts.

mod few_examples;
mod figures;
mod gathered;
mod layer;
mod lipschitz;
mod norm;
mod regions;
mod row;
mod section;
mod settings;
mod spectral;
mod verdict;
mod walk;
mod watcher;
mod weights;
mod whole;

pub use few_examples::few_examples;
pub use figures::{DiagnosisLoss, layer_figures};
pub use layer::{ActivationFigures, LayerDiagnosis, OutputFigures, Spread, TheoryFigures, WeightFigures};
pub use lipschitz::LipschitzBounds;
pub use row::{DIAGNOSIS_ROWS, DiagnosisRow};
pub use section::{diagnosis_blocks, training_section};
pub use settings::DiagnosisSettings;
pub use verdict::{Verdict, VerdictKind, verdicts};
pub use watcher::{Diagnosed, DiagnosisWatcher};
pub use whole::{NetworkDiagnosis, TrainingFacts, diagnose_network};
