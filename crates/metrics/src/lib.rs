//! Accuracy, reconstruction and PCA baselines: slices in, numbers out.
#![forbid(unsafe_code)]
