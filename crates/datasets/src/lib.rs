//! IDX files, the MNIST family, synthetic sets and seeded batches.
#![forbid(unsafe_code)]
