//! Figures of generative models: two sets of samples or features compared, modes and classes counted.

mod class_histogram;
mod classifier_score;
mod coverage;
mod frechet;
mod gaussian_modes;
mod kernel_distance;
mod mean_std;
mod memorisation;
mod moments;
mod stacked_modes;
mod two_sample;

pub use class_histogram::ClassHistogram;
pub use classifier_score::classifier_score;
pub use coverage::{ManifoldOverlap, manifold_overlap};
pub use frechet::frechet_distance;
pub use gaussian_modes::{GaussianModes, ModeScore};
pub use kernel_distance::{kernel_distance, kernel_distance_of_subsets};
pub use mean_std::MeanStd;
pub use memorisation::{Memorisation, memorisation};
pub use moments::FeatureMoments;
pub use stacked_modes::{StackedModes, stacked_modes};
pub use two_sample::{NeighbourTest, neighbour_test};
