#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod auroc;
mod classification;
mod codes;
mod decompose;
mod diagnosis;
mod distance;
mod error;
mod generative;
mod interval;
mod mixture;
mod pairs;
mod pca;
mod reconstruct;
mod rows;

pub use auroc::auroc;
pub use classification::{
    ClassScore, ClassificationMetrics, Confusion, MacroScore, accuracy, calibration_error, confusion,
};
pub use codes::{
    MEAN_IMAGE_LIMIT, RidgeProbe, bce_floor, bits_per_pixel, departure_from_mean, neighbour_accuracy,
};
pub use diagnosis::{Histogram, RunningMoments, UnitActivity, UnitFractions, effective_rank, sum_of};
pub use distance::{mean_pairwise_distance, nearest_distances};
pub use error::MetricsError;
pub use generative::{
    ClassHistogram, FeatureMoments, GaussianModes, ManifoldOverlap, MeanStd, Memorisation, ModeScore,
    NeighbourTest, StackedModes, classifier_score, frechet_distance, kernel_distance,
    kernel_distance_of_subsets, manifold_overlap, memorisation, neighbour_test, stacked_modes,
};
pub use interval::wilson_interval;
pub use mixture::{CovarianceKind, GaussianMixture, MixtureConfig, MixtureFit};
pub use pca::{Pca, principal_angles};
pub use reconstruct::{explained_variance, mean_image, mean_image_mse, mse, psnr, unexplained};
