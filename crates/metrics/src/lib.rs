#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod auroc;
mod classification;
mod decompose;
mod diagnosis;
mod distance;
mod error;
mod interval;
mod pca;
mod reconstruct;

pub use auroc::auroc;
pub use classification::{
    ClassScore, ClassificationMetrics, Confusion, MacroScore, accuracy, calibration_error, confusion,
};
pub use diagnosis::{Histogram, RunningMoments, UnitActivity, UnitFractions, effective_rank};
pub use distance::{mean_pairwise_distance, nearest_distances};
pub use error::MetricsError;
pub use interval::wilson_interval;
pub use pca::{Pca, principal_angles};
pub use reconstruct::{mean_image, mean_image_mse, mse, psnr, unexplained};
