//! Adversarial training: which examples a step is trained on. One file a defence.

mod clean;
mod contract;
mod fgsm_rs;
mod forw_abs;
mod free;
mod grad_align;
mod mart;
mod mixed;
mod n_fgsm;
mod noisy_ascent;
mod pgd;
mod plan;
mod registry;
mod trades;

pub use clean::Clean;
pub use contract::{Defense, DefenseInfo, Hyperparameters};
pub use fgsm_rs::FgsmRsTraining;
pub use forw_abs::ForwAbs;
pub use free::FreeTraining;
pub use grad_align::GradAlign;
pub use mart::MartTraining;
pub use mixed::MixedTraining;
pub use n_fgsm::NFgsm;
pub use pgd::PgdTraining;
pub use plan::{ExampleSource, InnerAttack, Outputs, Penalty, Plan};
pub use registry::{AnyDefense, DEFENSES};
pub use trades::TradesTraining;
