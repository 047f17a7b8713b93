//! What the steps of a training do.

use crate::{AnyDefense, AnyVariant, Plan};

/// What a step does with its batch: by a defence, or by a variant of an autoencoder with so many layers in its encoder.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepPlan {
    pub defense: AnyDefense,
    pub variant: AnyVariant,
    pub encoder: usize,
}

impl StepPlan {
    /// Of the step that ends at `progress` of the training, in (0, 1].
    pub fn at(&self, progress: f64) -> Plan {
        match self.variant.is_plain() {
            true => self.defense.plan(progress),
            false => self.variant.plan(self.encoder),
        }
    }
}
