//! Fresh logits for a set of proposals: what the model really says, and which proposals count.

use super::report::Refused;
use crate::goal::rival;
use crate::{AttackError, Threat, Violation, predicted};
use rayon::prelude::*;
use sparring_oracle::{Batch, Classifier};

/// The model's answer to one example.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) prediction: usize,
    /// z_y − max of the others: how far the example is from being wrong.
    pub(super) margin: f32,
}

/// The query of the verdict: none that an attack makes, so that a randomised model's answer is not one the attack has chosen from.
const VERDICT: u64 = 1 << 63;

/// Logits of all examples, chunks side by side, placed by index.
pub(super) fn logits<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    batch: usize,
) -> Result<Vec<f32>, AttackError> {
    let (n, classes) = (x.len(), model.classes());
    let batch = batch.min(n.max(1));
    let mut z = vec![0.0; n * classes];
    let outcomes: Vec<Result<(), AttackError>> = z
        .par_chunks_mut(batch * classes)
        .enumerate()
        .map(|(c, z)| Ok(model.logits(x.slice(c * batch..n.min((c + 1) * batch)), z)?))
        .collect();
    outcomes.into_iter().collect::<Result<(), _>>()?;
    match z.chunks_exact(classes).position(|row| row.iter().any(|z| !z.is_finite())) {
        Some(i) => Err(AttackError::NonFinite { id: x.ids()[i] }),
        None => Ok(z),
    }
}

pub(super) fn answers(z: &[f32], classes: usize, y: &[usize]) -> Vec<Answer> {
    z.chunks_exact(classes)
        .zip(y)
        .map(|(z, &y)| Answer { prediction: predicted(z), margin: z[y] - z[rival(z, y)] })
        .collect()
}

/// Checks each proposal, puts the example back where one does not count, and asks the model about the rest.
/// Returns the answers, and what was put back.
pub(super) fn judge<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    threat: &Threat,
    proposals: &mut [f32],
    batch: usize,
) -> Result<(Vec<Answer>, Refused), AttackError> {
    let (dim, bounds) = (x.dim(), model.bounds());
    let violations: Vec<Option<Violation>> = proposals
        .par_chunks_mut(dim)
        .enumerate()
        .map(|(i, adv)| {
            let violation = threat.check(x.row(i), bounds, adv).err();
            if violation.is_some() {
                adv.copy_from_slice(x.row(i));
            }
            violation
        })
        .collect();
    let mut refused = Refused { allowed: threat.allowance(bounds, dim), ..Refused::default() };
    for violation in violations.into_iter().flatten() {
        match violation {
            Violation::NonFinite => refused.not_finite += 1,
            Violation::OutsideBox => refused.outside_box += 1,
            Violation::OverBudget(size) => {
                refused.over_budget += 1;
                refused.largest = refused.largest.max(size);
            }
        }
    }
    let z = logits(model, x.with_data(proposals)?.with_query(VERDICT), batch)?;
    Ok((answers(&z, model.classes(), y), refused))
}
