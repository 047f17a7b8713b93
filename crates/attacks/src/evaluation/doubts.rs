//! The checks that cost nothing beside an evaluation: what answers, gradients and figures give away.

use super::finding::{Finding, FindingId};
use super::report::AttackResult;
use crate::{Access, ApgdT, Counts, Course, Settings, Threat, UniformNoise};
use sparring_oracle::{Batch, Bounds};

/// An outcome with its number.
pub(super) fn seen(id: FindingId, raised: bool, value: f64, why: String) -> Finding {
    Finding { id, raised, value: value.is_finite().then_some(value), why }
}

/// Do all rows of these logits look like probabilities: none negative, sum 1 within 10⁻³?
pub(super) fn probabilities(z: &[f32], classes: usize) -> Finding {
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
pub(super) fn random_output(first: &[f32], again: &[f32]) -> Finding {
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
pub(super) fn units(x: Batch<'_>, bounds: Bounds) -> Finding {
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
pub(super) fn dlr_undefined<'s>(
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

/// The share of zero gradients that is worth a doubt.
const ZERO_SHARE: f64 = 0.01;

/// Are more than 1 % of the gradients that an attack received zero, or any of them, or of its proposals, not finite?
pub(super) fn of_gradients(attack: &str, counts: Counts, proposals: usize) -> Vec<Finding> {
    let mut found = Vec::new();
    if counts.backwards > 0 {
        let share = counts.zero_gradients as f64 / counts.backwards as f64;
        let raised = share > ZERO_SHARE;
        let why = if raised {
            format!(
                "{attack}: {} of its gradients were exactly zero (masked or saturated; raised above 1 %): its figure says little",
                percent(share)
            )
        } else {
            format!(
                "at most {} of the gradients were exactly zero ({attack}); raised above 1 %",
                percent(share)
            )
        };
        found.push(seen(FindingId::ZeroGradient, raised, share, why));
    }
    let bad = counts.non_finite_gradients;
    if counts.backwards > 0 || proposals > 0 {
        let why = if bad > 0 || proposals > 0 {
            format!(
                "{attack}: {proposals} proposals (not counted) and {bad} gradients were not finite; raised above 0"
            )
        } else {
            "all gradients and proposals were finite; raised above 0".into()
        };
        let value = bad as f64 + proposals as f64;
        found.push(seen(FindingId::NanGradient, value > 0.0, value, why));
    }
    found
}

/// Are its steps together too short to reach every point of the ball?
pub(super) fn of_walk(attack: &str, settings: &Settings, threat: &Threat) -> Option<Finding> {
    let (length, need) = settings.walk?.length_and_need(settings.steps, threat);
    let share = f64::from(length / need);
    // 30 steps of eps/30 are a little less than eps in f32.
    (share < 1.0 - 1e-4).then(|| {
        let why = format!(
            "{attack}: its steps together are {} long and reach every point of the ball only from {} on: take more steps, or longer ones",
            short(length),
            short(need)
        );
        seen(FindingId::PgdNotConverged, true, share, why)
    })
}

/// Four digits of a number: the sum of forty steps of 0.01 is 0.4.
fn short(v: f32) -> f64 {
    format!("{v:.3e}").parse().unwrap_or_else(|_| v.into())
}

/// A share in percent, with two digits behind the point where it is small.
pub(super) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.01 {
        format!("{:.2} %", 100.0 * share)
    } else {
        format!("{:.1} %", 100.0 * share)
    }
}

/// More than this share of the examples, and two at least, is no accident; of attacks that see logits only AutoAttack's 0.2 % holds.
pub(super) const WHITE: f64 = 0.005;
/// As [`WHITE`], of attacks on logits.
pub(super) const BLACK: f64 = 0.002;

/// More than this share of `n`, and two at least?
pub(super) fn many(examples: usize, share: f64, n: usize) -> bool {
    examples >= 2 && examples as f64 > share * n as f64
}

/// What the figures of the attacks on `n` examples give away about each other: black boxes that find what gradients left, image by image, and
/// attacks by gradients that a cheaper one of them beats.
pub(super) fn of_figures(attacks: &[AttackResult], course: Course, n: usize) -> Vec<Finding> {
    let black = attacks.iter().enumerate().filter_map(|(k, a)| {
        let before = if course == Course::Cascade { &attacks[..k] } else { attacks };
        black_box(a, before, n)
    });
    let mut found: Vec<Finding> = black.collect();
    if course == Course::Each {
        found.extend(attacks.iter().filter_map(|a| beaten(a, attacks, n)));
    }
    found
}

/// The examples that this black box fooled and no attack by gradients did.
fn black_box(a: &AttackResult, others: &[AttackResult], n: usize) -> Option<Finding> {
    let white: Vec<_> = others.iter().filter(|b| b.card.access == Access::White).collect();
    if a.card.access == Access::White || white.is_empty() {
        return None;
    }
    let left = |i: &usize| a.fooled[*i] && !white.iter().any(|b| b.fooled[*i]);
    let examples = (0..a.fooled.len()).filter(left).count();
    Some(beyond_gradients(&a.attack, examples, n))
}

/// Images that an attack without gradients fooled where gradients had not.
pub(super) fn beyond_gradients(attack: &str, examples: usize, n: usize) -> Finding {
    let id = if attack == UniformNoise::INFO.name {
        FindingId::NoiseStronger
    } else {
        FindingId::BlackBoxStronger
    };
    let (raised, share) = (many(examples, BLACK, n), examples as f64 / n as f64);
    let why = if raised {
        format!(
            "{attack}, which sees no gradient, fooled the model on {examples} of {n} images that attacks by gradients had left (raised above 0.2 % and 2 images): it hides its gradients, or those attacks stop too early, and they over-report it"
        )
    } else {
        format!(
            "{attack} fooled {examples} of {n} images that attacks by gradients had left; raised above 0.2 % and 2 images"
        )
    };
    seen(id, raised, share, why)
}

/// An attack by gradients and the best of the cheaper ones that left fewer examples right: the dearer one was stopped by a bad start or bad steps. One step that beats
/// many is a doubt of its own.
fn beaten(a: &AttackResult, attacks: &[AttackResult], n: usize) -> Option<Finding> {
    let cost = |a: &AttackResult| a.steps.max(1) * a.restarts.max(1);
    if a.steps < 2 {
        return None;
    }
    let cheaper = |b: &&AttackResult| b.card.access == Access::White && b.steps > 0 && cost(b) < cost(a);
    let by = attacks.iter().filter(cheaper).min_by_key(|b| b.survivors)?;
    let ahead = a.survivors.saturating_sub(by.survivors);
    let id = if by.steps == 1 { FindingId::OneStepStronger } else { FindingId::PgdNotConverged };
    let raised = many(ahead, WHITE, n);
    let why = if raised {
        format!(
            "{}: {}, a cheaper attack, fooled the model on {ahead} more of {n} examples (raised above 0.5 % and 2): give {} restarts, and trust the worst case alone",
            a.attack, by.attack, a.attack
        )
    } else {
        format!(
            "{} fooled {ahead} of {n} examples more than {}; raised above 0.5 % and 2",
            by.attack, a.attack
        )
    };
    (raised || by.steps == 1).then(|| seen(id, raised, ahead as f64 / n as f64, why))
}
