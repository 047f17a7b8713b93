//! What the model makes of its inputs: on which scale it expects them, and whether they mix.

use crate::evaluation::findings::{Finding, FindingId, percent, seen};
use crate::evaluation::verdict::logits;
use crate::{AttackError, predicted};
use sparring_oracle::{Batch, Classifier};

/// Examples that are sent alone.
const ALONE: usize = 16;
/// Relative difference from which on the batch matters: far above what another order of sums makes of `f32`.
const DIFFERENCE: f32 = 1e-4;

/// Are the logits of the first examples the same alone, together, and in the opposite order?
pub(super) fn batch_dependent<M: Classifier + ?Sized>(
    model: &M,
    x: Batch<'_>,
) -> Result<Option<Finding>, AttackError> {
    let x = x.slice(0..x.len().min(ALONE));
    let (n, classes, dim) = (x.len(), model.classes(), x.dim());
    let mut together = vec![0.0; n * classes];
    model.logits(x, &mut together)?;
    let mut alone = together.clone();
    for (i, z) in alone.chunks_exact_mut(classes).enumerate() {
        model.logits(x.slice(i..i + 1), z)?;
    }
    let data: Vec<f32> = x.data().chunks_exact(dim).rev().flatten().copied().collect();
    let ids: Vec<u64> = x.ids().iter().rev().copied().collect();
    let mut reversed = together.clone();
    model.logits(Batch::new(&data, x.shape(), &ids)?.with_query(x.query()), &mut reversed)?;
    let reversed = reversed.chunks_exact(classes).rev().flatten();
    let largest = |m: f32, d: f32| if d.is_nan() { f32::INFINITY } else { m.max(d) };
    let difference = together
        .iter()
        .zip(&alone)
        .zip(reversed)
        .fold(0.0, |m, ((a, b), c)| largest(largest(m, (a - b).abs()), (a - c).abs()));
    let threshold = DIFFERENCE * together.iter().fold(1.0_f32, |m, z| m.max(z.abs()));
    let raised = difference > threshold;
    let why = format!(
        "{n} examples alone, together and in the opposite order differ by {difference:.3e}; raised above {threshold:.1e}{}",
        if raised { ": judge the model as it is used, with batch statistics frozen" } else { "" }
    );
    Ok((n > 1).then(|| seen(FindingId::BatchDependent, raised, difference.into(), why)))
}

/// The gain in accuracy, and in examples, from which on another scale of the inputs is what the model was made for.
const GAIN: (f64, usize) = (0.2, 10);

/// Is the model right far more often on the examples times 255, through 255, in [-1, 1], or with mean 0 and deviation 1?
pub(super) fn rescaled<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    batch: usize,
) -> Result<Option<Finding>, AttackError> {
    let right = |data: &[f32]| match logits(model, x.with_data(data)?, batch) {
        Ok(z) => Ok(z.chunks_exact(model.classes()).zip(y).filter(|(z, y)| predicted(z) == **y).count()),
        // A model that takes no such inputs was not made for them.
        Err(AttackError::NonFinite { .. } | AttackError::Oracle(_)) => Ok(0),
        Err(e) => Err(e),
    };
    let as_given = right(x.data())?;
    let standard = standardised(x);
    let scaled = |f: &dyn Fn(f32) -> f32| x.data().iter().map(|&v| f(v)).collect::<Vec<_>>();
    let ways = [
        ("times 255", scaled(&|v| 255.0 * v)),
        ("divided by 255", scaled(&|v| v / 255.0)),
        ("moved to [-1, 1]", scaled(&|v| 2.0 * v - 1.0)),
        ("with mean 0 and deviation 1", standard),
    ];
    let mut best = (0, "");
    for (name, data) in &ways {
        best = best.max((right(data)?, name));
    }
    let (n, gain) = (x.len(), best.0.saturating_sub(as_given));
    let share = gain as f64 / n as f64;
    let raised = gain >= GAIN.1 && share > GAIN.0;
    let told = |count: usize| percent(count as f64 / n as f64);
    let why = format!(
        "the model is right on {} of the inputs as given and on {} of them {}; raised above {} points and {} examples",
        told(as_given),
        told(best.0),
        best.1,
        100.0 * GAIN.0,
        GAIN.1
    );
    Ok(raised.then(|| seen(FindingId::Units, true, share, why)))
}

/// Mean 0 and deviation 1 in each channel, over these examples.
fn standardised(x: Batch<'_>) -> Vec<f32> {
    let plane = x.shape()[1] * x.shape()[2];
    let mut out = x.data().to_vec();
    for channel in 0..x.shape()[0] {
        let at = |i: usize| i * x.dim() + channel * plane..i * x.dim() + (channel + 1) * plane;
        let all = || (0..x.len()).flat_map(|i| &x.data()[at(i)]).map(|&v| f64::from(v));
        let count = (x.len() * plane) as f64;
        let mean = all().sum::<f64>() / count;
        let deviation = (all().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt().max(1e-6);
        for i in 0..x.len() {
            out[at(i)].iter_mut().for_each(|v| *v = ((f64::from(*v) - mean) / deviation) as f32);
        }
    }
    out
}
