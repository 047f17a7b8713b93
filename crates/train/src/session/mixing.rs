//! Generated examples in a training.

use super::Session;
use crate::TrainError;
use crate::generated::Generated;
use crate::learner::Learner as _;
use crate::supervised::{Fitting, Supervised};
use crate::validation::Validation;

impl<M: Supervised> Session<'_, Fitting<'_, M>> {
    /// The same training, with generated examples in a share of the places of each batch: before its first step. Epochs are as long as before, and the validation part is as it was.
    ///
    /// # Errors
    /// If the model cannot be trained on them, there are none, or the share makes no sense; or after the first step.
    pub fn mixing(mut self, generated: Generated) -> Result<Self, TrainError> {
        if self.step > 0 {
            return Err(TrainError::Data("generated examples are mixed in before the first step".into()));
        }
        generated.check(self.data)?;
        // It asks of examples what a training does, whatever their number.
        self.learner.check_validation(&Validation::of(generated.examples.clone()))?;
        self.generated = Some(generated.described());
        self.batches = self.batches.mixed_with(generated.examples, generated.share);
        Ok(self)
    }
}
