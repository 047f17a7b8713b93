//! What the model's answers to the examples themselves give away.

use super::finding::{Finding, FindingId, ZERO_SHARE, percent, seen};
use crate::{ApgdT, Settings};

/// Do the logits of an example look like probabilities: none negative, sum 1 within 10⁻³?
pub(in crate::evaluation) fn is_distribution(row: &[f32]) -> bool {
    row.iter().all(|p| *p >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3
}

/// Do the logits of all `n` examples look like probabilities?
pub(in crate::evaluation) fn probabilities(distributions: usize, n: usize) -> Finding {
    let share = distributions as f64 / n as f64;
    let why = if share < 1.0 {
        format!("{} of the outputs are probability distributions; raised where all are", percent(share))
    } else {
        "the model returns probabilities, not logits (every output is >= 0 and sums to 1): gradients vanish where it is certain; return what goes into the softmax".into()
    };
    seen(FindingId::Probabilities, share >= 1.0, share, why)
}

/// Relative difference of two passes from which on a model counts as randomised.
const DIFFERENCE: f32 = 1e-5;

/// Do two passes of the same examples differ by more than rounding of logits up to `logit` could explain?
pub(in crate::evaluation) fn random_output(difference: f32, logit: f32) -> Finding {
    let threshold = DIFFERENCE * logit.max(1.0);
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

/// Are inputs, up to `most`, and box in other units than [0, 1] (or [-1, 1])? The value is the largest input.
pub(in crate::evaluation) fn units(most: f32, lo: f32, hi: f32) -> Finding {
    /// Below this, inputs in [0, 1] have been divided by 255 once more.
    const SMALL: f32 = 1.0 / 64.0;
    let what = if most > 1.0 + 1e-4 {
        Some("eps is in these units: divide inputs by 255, or keep mean and deviation inside the model")
    } else if most > 0.0 && most < SMALL {
        Some("they seem to be scaled twice")
    } else {
        None
    };
    let why = format!(
        "inputs reach {most} in a box of [{lo}, {hi}]{}; raised above 1 and below 1/64",
        what.map_or(String::new(), |what| format!(": {what}"))
    );
    seen(FindingId::Units, what.is_some(), most.into(), why)
}

/// Classes that the DLR loss of an attack needs; `None` if it climbs another one.
pub(in crate::evaluation) fn classes_of_dlr(attack: &str, settings: &Settings) -> Option<usize> {
    let is_dlr = |(name, value): &(&str, String)| *name == "loss" && value == "dlr";
    match attack {
        name if name == ApgdT::INFO.name => Some(4),
        _ => settings.others.iter().any(is_dlr).then_some(3),
    }
}

/// Are the three largest logits of an example tied, so that the DLR divides by nothing?
pub(in crate::evaluation) fn is_tied(row: &[f32]) -> bool {
    let mut sorted = row.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    sorted.len() < 3 || sorted[0] - sorted[2] <= 1e-6 * sorted[0].abs()
}

/// Is the DLR that these attacks climb undefined: by the number of classes each needs, or since logits are tied on more than 1 % of the examples?
pub(in crate::evaluation) fn dlr_undefined(
    tied: usize,
    n: usize,
    classes: usize,
    climbing: &[(String, usize)],
) -> Finding {
    let ties = tied as f64 / n as f64;
    let short: Vec<&str> =
        climbing.iter().filter(|(_, need)| classes < *need).map(|(name, _)| name.as_str()).collect();
    let raised = !short.is_empty() || (!climbing.is_empty() && ties > ZERO_SHARE);
    let share = if short.is_empty() { ties } else { 1.0 };
    let which =
        if raised && short.is_empty() { climbing.iter().map(|c| c.0.as_str()).collect() } else { short };
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
