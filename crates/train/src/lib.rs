#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adv_gan;
mod anomaly;
mod autoencoder;
mod carried;
mod classifier;
mod codes;
mod corruption;
mod data;
mod defense;
mod described;
mod displacement;
mod error;
mod gan;
mod generated;
mod judge;
mod learner;
mod learner_state;
mod loop_settings;
mod loop_state;
mod lr_find;
mod members;
mod mixing;
mod monitor;
mod non_finite;
mod objective;
mod observe;
mod paired;
mod parallel;
mod purifier;
mod recipe;
mod robustness;
mod saved;
mod saver;
mod scores;
mod session;
mod session_state;
mod start;
mod summary;
mod supervised;
mod trained;
mod trouble;
mod vae;
mod validation;
mod variant;
mod vq_vae;

pub use adv_gan::{
    AdvGan, AdvGanAttack, AdvGanEpoch, AdvGanFitting, AdvGanRecipe, adv_gan_session, fit_adv_gan,
};
pub use autoencoder::{autoencoder_session, fit_autoencoder, fit_autoencoder_with};
pub use classifier::{fit, fit_with, session};
pub use codes::{codes, decoded, reconstructions, symbols};
pub use corruption::{CorruptionKind, InputNoise};
pub use data::pixels;
pub use defense::{
    AnyDefense, DEFENSES, Defense, DefenseInfo, ExampleSource, Hyperparameters, InnerAttack, Outputs,
    Penalty, Plan,
};
pub use displacement::{AnyDisplacement, Asam, Awp, CountedPass, Displacement, Sam};
pub use error::TrainError;
pub use gan::{Alarm, Game, GanEpoch, GanRecipe, GanSteps, GanSummary, fit_gan, gan_session};
pub use generated::Generated;
pub use judge::{
    GanScores, GenerativeScores, Judge, JudgeSettings, JudgedImages, LabelledScores, Lack, StackedScores,
    ToyScores, Unjudged, image_scores, labelled_scores, labelled_scores_of_gan, nearest_training,
    samples_wanted, scores_of_gan, scores_of_samples, scores_of_vae, stacked_scores, toy_scores,
};
pub use learner::{EpochOf, EpochTimes, Failure, Learner, StepContext};
pub use learner_state::LearnerState;
pub use loop_settings::LoopSettings;
pub use loop_state::{BestEpoch, LoopProgress, LoopState, Snapshot};
pub use lr_find::{LrFind, LrFound, LrStep, lr_find};
pub use monitor::{Kept, Monitor, Selection};
pub use non_finite::{Fail, NonFinitePolicy, RollBack, Skip};
pub use objective::{Classification, Denoised, Discrimination, MixedLabels, Reconstruction, ToldClasses};
pub use observe::{Current, Epoch, EpochReport, Flow, Observed, Observer, Quiet, StepMetrics, StepOutcome};
pub use purifier::{
    BackwardIdentity, GanProjection, PurifiedBy, Purifier, PurifierScores, PurifierSettings, purifier_scores,
};
pub use recipe::Recipe;
pub use robustness::{Robustness, robustness};
pub use saved::SavedTraining;
pub use saver::{SaveEvery, Saver};
pub use scores::{accuracy, logits, loss_and_accuracy, reconstruct, reconstruction_mse};
pub use session::Session;
pub use session_state::SessionState;
pub use start::fit_start;
pub use summary::History;
pub use supervised::{Fitting, Supervised};
pub use vae::{
    VaeEpoch, VaeFitting, VaeRecipe, VaeScores, active_units, fit_vae, importance_bound, log_variances,
    vae_scores, vae_session,
};
pub use validation::{Validated, Validation, ValidationAttack};
pub use variant::{AnyVariant, Variant};
pub use vq_vae::{
    VqVaeEpoch, VqVaeFitting, VqVaeRecipe, VqVaeScores, fit_vq_vae, perplexity, vq_vae_scores, vq_vae_session,
};

/// The defences: [`Defense`] for each, with its paper's values.
pub mod defenses {
    pub use crate::defense::{
        Clean, FgsmRsTraining, ForwAbs, FreeTraining, GradAlign, MartTraining, MixedTraining, NFgsm,
        PgdTraining, TradesTraining,
    };
}

/// The variants of an autoencoder's training: [`Variant`] for each, with its paper's values.
pub mod variants {
    pub use crate::variant::{Contractive, Denoising, Plain, SparseCode, SparseCodeKl};
}
