//! How a step is run: by a plan where the network has one, else on tapes.

use crate::parallel::{NonFinite, Tally, Tapes, fill, ranges};
use crate::supervised::Task;
use crate::trouble::first_non_finite;
use crate::{Recipe, TrainError};
use sparring_datasets::{MiniBatch, Rows};
use sparring_nn::{Head, Network, NnError, Optimizer, Plan, Stepper};
use sparring_seed::Key;
use sparring_tensor::{Array, Precision};

/// The state of the update rule and what runs the steps.
#[derive(Debug)]
pub(crate) struct Engine {
    stepper: Option<Stepper>,
    optimizer: Optimizer,
    tapes: Tapes,
}

/// Why a step was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    Loss(NonFinite),
    Gradient(NnError),
}

impl Engine {
    /// A plan needs a chain of layers that it knows, and gradients that nobody has to see all at once (clipping by the norm does).
    ///
    /// # Errors
    /// [`TrainError::Recipe`] if another precision than `f32` is asked for and there is no plan.
    pub(crate) fn new(net: &Network<f32>, recipe: &Recipe) -> Result<Self, TrainError> {
        let stepper = if recipe.clip.is_none() { Stepper::new(net, recipe.rule) } else { None };
        let stepper = match recipe.precision {
            Precision::F32 => stepper,
            precision => match stepper {
                Some(stepper) => Some(stepper.in_precision(precision)),
                None => {
                    let must = "f32 for this training: with clipping, dropout or a learnt activation steps run on tapes, \
                                which know no other";
                    return Err(TrainError::Recipe {
                        field: "precision",
                        value: precision.to_string(),
                        must,
                    });
                }
            },
        };
        Ok(Self { stepper, optimizer: Optimizer::new(recipe.rule, recipe.clip), tapes: Tapes::default() })
    }
    /// The network as it is now; `None` where the module itself is.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.stepper.as_ref().map(Stepper::plan)
    }
    /// Brings the module up to date.
    pub(crate) fn store(&self, net: &mut Network<f32>) {
        if let Some(stepper) = &self.stepper {
            stepper.store(net);
        }
    }
    /// One step; the batch's pixels are `rows` if it comes without.
    pub(crate) fn step<T: Task + Sync>(
        &mut self,
        task: &mut T,
        batch: &mut MiniBatch,
        rows: Rows<'_>,
        key: Key,
        lr: f64,
    ) -> Result<Tally, Failure> {
        let Some(stepper) = &mut self.stepper else {
            fill(batch, rows);
            let (shared, batch): (&T, &MiniBatch) = (task, batch);
            let done = self.tapes.gradients(batch.len(), |part| shared.loss(part, batch, key));
            let (tally, mut grads) = done.map_err(|bad| named(task.net(), batch, bad.loss))?;
            self.optimizer.step(task.net(), &mut grads, lr).map_err(Failure::Gradient)?;
            return Ok(tally);
        };
        let shared: &T = task;
        let (dim, given): (_, &MiniBatch) = (batch.shape.iter().product::<usize>(), batch);
        let row = |i: usize, to: &mut [f32]| match given.x.get(i * dim..(i + 1) * dim) {
            Some(x) => to.copy_from_slice(x),
            None => rows.write(i, to),
        };
        let head = |head: &mut Head<'_, f32>| shared.head(given, head);
        let [loss, right, other] = if T::BY_PARTS {
            stepper.gradients_by_parts(given.len(), row, head)
        } else {
            stepper.gradients(given.len(), row, head)
        };
        if !loss.is_finite() {
            stepper.store(task.net());
            fill(batch, rows);
            return Err(named(task.net(), batch, loss));
        }
        stepper.update(task.net(), lr).map_err(Failure::Gradient)?;
        Ok(Tally { loss, right: right as usize, other })
    }
}

/// A loss that is not finite, with the layer where that begins.
fn named(net: &Network<f32>, batch: &MiniBatch, loss: f64) -> Failure {
    Failure::Loss(NonFinite { loss, at: broken_layer(net, batch) })
}

/// The layer where a network stops being finite on this batch, pixels included; `None` if it does not.
pub(crate) fn broken_layer(net: &Network<f32>, batch: &MiniBatch) -> Option<String> {
    let ([c, h, w], dim) = (batch.shape, batch.x.len() / batch.len());
    ranges(batch.len()).find_map(|part| {
        let x = Array::from_slice([part.len(), c, h, w], &batch.x[part.start * dim..part.end * dim]);
        first_non_finite(net, x)
    })
}
