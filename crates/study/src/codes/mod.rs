//! What the codes of an autoencoder are worth: for storing images, for telling them apart, for drawing new ones.

mod alarms;
mod by_class;
mod features;
mod figures;
mod lossless;
mod outliers;
mod pictures;
mod plane;
mod rate;
mod sampler;
mod section;
mod spread;
mod study;

pub use alarms::{CodeAlarm, code_alarms};
pub use by_class::ClassCodeSampler;
pub use features::FeatureFigures;
pub use figures::{CodeFigures, PixelFigures};
pub use outliers::Outliers;
pub use rate::{RateCurve, RatePoint};
pub use sampler::{CodeSampler, SAMPLER_ROWS};
pub use section::{alarm_blocks, code_sections};
pub use study::{CodeReport, CodeStudy};
