//! What samples of a generative model are worth, by the features of a frozen classifier, by distances, and by known modes.

mod image_scores;
mod labelled_scores;
mod lack;
mod model_scores;
mod nearest;
mod net;
mod settings;
mod stacked_scores;
mod toy_scores;

pub use image_scores::{GenerativeScores, image_scores};
pub use labelled_scores::{LabelledScores, labelled_scores};
pub use lack::Lack;
pub use model_scores::{
    GanScores, Unjudged, labelled_scores_of_gan, samples_wanted, scores_of_gan, scores_of_samples,
    scores_of_vae,
};
pub use nearest::nearest_training;
pub use net::{Judge, JudgedImages};
pub use settings::JudgeSettings;
pub use stacked_scores::{StackedScores, stacked_scores};
pub use toy_scores::{ToyScores, toy_scores};
