//! The first half of a pull-back, for a model whose second half is made of several.

use sparring_oracle::{Batch, Classifier, OracleError};

/// The logits of a model and, once for all of them, what the caller wants of their derivative.
pub(super) fn filled<M: Classifier>(
    model: &M,
    x: Batch<'_>,
    cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
) -> Result<Vec<f32>, OracleError> {
    let mut z = vec![0.0; x.len() * model.classes()];
    let mut dz = z.clone();
    model.logits(x, &mut z)?;
    cotangent(&z, &mut dz);
    Ok(dz)
}
