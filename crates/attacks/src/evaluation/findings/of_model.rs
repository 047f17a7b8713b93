//! What the model's answers to the examples themselves give away.

use super::finding::{Finding, FindingId, ZERO_SHARE, percent, seen};
use crate::{ApgdT, Settings};
use sparring_oracle::{Batch, Bounds};

/// Do all rows of these logits look like probabilities: none negative, sum 1 within 10⁻³?
pub(in crate::evaluation) fn probabilities(z: &[f32], classes: usize) -> Finding {
    let distribution =
        |row: &&[f32]| row.iter().all(|p| *p >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3;
    let share = z.chunks_exact(classes).filter(distribution).count() as f64 / (z.len() / classes) as f64;
    let why = if share < 1.0 {
        format!("{} of the outputs are probability distributions; raised where all are", percent(share))
    } else {
        "the model returns probabilities, not logits (every output is >= 0 and sums to 1): gradients vanish where it is certain; return what goes into the softmax".into()
    };
    seen(FindingId::Probabilities, share >= 1.0, share, why)
}

/// Relative difference of two passes from which on a model counts as randomised.
const DIFFERENCE: f32 = 1e-5;

/// Do two passes of the same examples differ by more than rounding could explain? The second one may be of the first examples alone.
pub(in crate::evaluation) fn random_output(first: &[f32], again: &[f32]) -> Finding {
    let difference = again.iter().zip(first).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let threshold = DIFFERENCE * first.iter().fold(1.0_f32, |m, z| m.max(z.abs()));
    let raised = difference > threshold;
    let why = if raised {
        format!(
            "the model is randomised: two passes of the same examples differ by {difference:.3e} (raised above {threshold:.1e}); one gradient is not enough, average over the randomness"
        )
    } else {
        format!("two passes of the same examples differ by {difference:.3e}; raised above {threshold:.1e}")
    };
    seen(FindingId::RandomOutput, raised, difference.into(), why)
}

/// Are inputs and box in other units than [0, 1] (or [-1, 1])? The value is the largest input.
pub(in crate::evaluation) fn units(x: Batch<'_>, bounds: Bounds) -> Finding {
    /// Below this, inputs in [0, 1] have been divided by 255 once more.
    const SMALL: f32 = 1.0 / 64.0;
    let most = x.data().iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let what = if most > 1.0 + 1e-4 {
        Some("eps is in these units: divide inputs by 255, or keep mean and deviation inside the model")
    } else if most > 0.0 && most < SMALL {
        Some("they seem to be scaled twice")
    } else {
        None
    };
    let (lo, hi) = (bounds.lo(), bounds.hi());
    let why = format!(
        "inputs reach {most} in a box of [{lo}, {hi}]{}; raised above 1 and below 1/64",
        what.map_or(String::new(), |what| format!(": {what}"))
    );
    seen(FindingId::Units, what.is_some(), most.into(), why)
}

/// Classes that the DLR loss of an attack needs; `None` if it climbs another one.
fn classes_of_dlr(attack: &str, settings: &Settings) -> Option<usize> {
    let is_dlr = |(name, value): &(&str, String)| *name == "loss" && value == "dlr";
    match attack {
        name if name == ApgdT::INFO.name => Some(4),
        _ => settings.others.iter().any(is_dlr).then_some(3),
    }
}

/// Is the DLR that an attack climbs undefined: by the number of classes, or since logits are tied on more than 1 % of the examples?
pub(in crate::evaluation) fn dlr_undefined<'s>(
    z: &[f32],
    classes: usize,
    suite: impl IntoIterator<Item = (&'s str, &'s Settings)>,
) -> Finding {
    let tied = |row: &[f32]| {
        let mut sorted = row.to_vec();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        sorted.len() < 3 || sorted[0] - sorted[2] <= 1e-6 * sorted[0].abs()
    };
    let ties = z.chunks_exact(classes).filter(|row| tied(row)).count() as f64 / (z.len() / classes) as f64;
    let climbing: Vec<(&str, usize)> = suite
        .into_iter()
        .filter_map(|(name, settings)| Some((name, classes_of_dlr(name, settings)?)))
        .collect();
    let short: Vec<&str> =
        climbing.iter().filter(|(_, need)| classes < *need).map(|(name, _)| *name).collect();
    let raised = !short.is_empty() || (!climbing.is_empty() && ties > ZERO_SHARE);
    let share = if short.is_empty() { ties } else { 1.0 };
    let which = if raised && short.is_empty() { climbing.iter().map(|c| c.0).collect() } else { short };
    let why = match (raised, climbing.is_empty()) {
        (true, _) => format!(
            "{}: of {classes} classes its loss, the DLR, is not defined (it needs 3, targeted 4, that differ) on {} of the examples: it falls back to the margin or stands still; give it another loss",
            which.join(", "),
            percent(share)
        ),
        (false, true) => format!(
            "no attack climbs the DLR; of {classes} classes it is undefined on {} of the examples",
            percent(ties)
        ),
        (false, false) => format!(
            "{classes} classes, and the DLR is undefined on {} of the examples; raised above 1 %, or below 3 classes (targeted 4)",
            percent(ties)
        ),
    };
    seen(FindingId::DlrUndefined, raised, share, why)
}
