//! What becomes of training images before a step, on the command line.

use super::{count, name};
use sparring::datasets::augment::AnyAugmentation;

/// The flags.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ExampleArgs {
    /// A random change of training images, anew in each epoch, as in "shift(pixels=2)" or "mixup(alpha=0.2)"; again for more, which act in the order written
    /// (`sparring list augmentations`). Default: none.
    #[arg(long, value_name = "AUGMENTATION", value_parser = name::<AnyAugmentation>())]
    pub(crate) augment: Vec<AnyAugmentation>,
    /// Batches a step, one after the other: a step of N times --batch examples in the memory of one batch.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    pub(crate) accumulate: usize,
}
