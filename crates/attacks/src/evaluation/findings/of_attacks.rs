//! What gradients and figures of the attacks give away.

use super::finding::{BLACK, Finding, FindingId, WHITE, ZERO_SHARE, many, percent, seen};
use crate::evaluation::options::Course;
use crate::evaluation::report::AttackResult;
use crate::{Access, Counts, Settings, Threat, UniformNoise};

/// Are more than 1 % of the gradients that an attack received zero, or any of them, or of its proposals, not finite?
pub(in crate::evaluation) fn of_gradients(attack: &str, counts: Counts, proposals: usize) -> Vec<Finding> {
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
pub(in crate::evaluation) fn of_walk(attack: &str, settings: &Settings, threat: &Threat) -> Option<Finding> {
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

/// What the figures of the attacks on `n` examples give away about each other: black boxes that find what gradients left, image by image, and
/// attacks by gradients that a cheaper one of them beats.
pub(in crate::evaluation) fn of_figures(attacks: &[AttackResult], course: Course, n: usize) -> Vec<Finding> {
    let black = attacks.iter().enumerate().filter_map(|(k, a)| {
        let before = if course == Course::Cascade { &attacks[..k] } else { attacks };
        black_box(a, before, n)
    });
    let mut found: Vec<Finding> = black.collect();
    match course {
        Course::Each => found.extend(attacks.iter().filter_map(|a| beaten(a, attacks, n))),
        Course::Cascade => found.extend(alone(attacks, n)),
    }
    found
}

/// More than this share of the examples, found by the attacks by gradients after the first one of a cascade, says that the first alone is no evaluation.
const ALONE: f64 = 0.01;

/// The first attack of many steps in a cascade, if those by gradients after it found much more: its own figure over-reports the model.
fn alone(attacks: &[AttackResult], n: usize) -> Option<Finding> {
    let mut walks = attacks.iter().filter(|a| a.card.access == Access::White && a.steps > 1);
    let (first, last) = (walks.next()?, walks.next_back()?);
    let more = first.survivors.saturating_sub(last.survivors);
    many(more, ALONE, n).then(|| {
        let why = format!(
            "{} alone over-reports the model: the attacks by gradients after it fooled {more} more of {n} images (raised above 1 % and 2)",
            first.attack
        );
        seen(FindingId::PgdNotConverged, true, more as f64 / n as f64, why)
    })
}

/// The examples that this black box fooled and no attack by gradients did.
fn black_box(a: &AttackResult, others: &[AttackResult], n: usize) -> Option<Finding> {
    let white: Vec<_> = others.iter().filter(|b| b.card.access == Access::White).collect();
    if a.card.access != Access::Black || white.is_empty() {
        return None;
    }
    let left = |i: &usize| a.fooled[*i] && !white.iter().any(|b| b.fooled[*i]);
    let examples = (0..a.fooled.len()).filter(left).count();
    Some(beyond_gradients(&a.attack, examples, n))
}

/// Images that an attack without gradients fooled where gradients had not.
pub(in crate::evaluation) fn beyond_gradients(attack: &str, examples: usize, n: usize) -> Finding {
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
    let cost = |a: &AttackResult| a.steps.max(1).saturating_mul(a.restarts.max(1));
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
            "{}: {}, a cheaper attack, fooled the model on {ahead} more of {n} examples (raised above 0.5 % and 2): give {} more steps or starts, and trust the worst case alone",
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
