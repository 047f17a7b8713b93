//! Whether an attack by gradients has come to its end, and what others find that it does not.

use super::multiplied::multiplied;
use super::subject::Subject;
use crate::evaluation::findings::{Finding, FindingId, WHITE, beyond_gradients, many, of_gradients, seen};
use crate::{AnyAttack, Attack, AttackError, Fgsm, Pgd, Square, Threat, UniformNoise};
use sparring_oracle::Differentiable;

/// By how much steps and restarts grow.
const STEPS: usize = 2;
const RESTARTS: usize = 5;

/// The attack as it is, and all that is compared with it.
pub(super) fn look<M: Differentiable + Sync + ?Sized>(
    on: &Subject<'_, M>,
    attack: AnyAttack,
) -> Result<Vec<Finding>, AttackError> {
    let (name, eps, n) = (attack.info().name, on.threat.eps, on.len());
    let all: Vec<usize> = (0..n).collect();
    let (fooled, counts) = on.fooled(&attack, eps, &all)?;
    let mut found = of_gradients(name, counts, 0);
    let mut left: Vec<usize> = all.iter().copied().filter(|i| !fooled.contains(i)).collect();
    let standing = left.clone();
    for (id, parameter, by, what) in [
        (FindingId::PgdNotConverged, "steps", STEPS, "twice the steps"),
        (FindingId::RestartsNotConverged, "restarts", RESTARTS, "five times the restarts"),
    ] {
        let Some(more) = multiplied(&attack, parameter, by) else {
            found.push(Finding::not_examined(id, &format!("{name} has no {parameter}")));
            continue;
        };
        let (also, _) = on.fooled(&more, eps, &standing)?;
        left.retain(|i| !also.contains(i));
        found.push(of_count(id, also.len(), n, &format!("{name} with {what} fools")));
    }
    found.extend(not_monotone(on, &attack, fooled.len(), &all)?);
    found.push(huge(on, &attack, &all)?);
    let square = AnyAttack::from(Square { queries: on.queries, ..Square::default() });
    let noise = AnyAttack::from(UniformNoise { samples: on.samples, ..UniformNoise::default() });
    for black in [square, noise] {
        if black.info().norms.contains(&on.threat.norm) {
            let (also, _) = on.fooled(&black, eps, &left)?;
            found.push(beyond_gradients(black.info().name, also.len(), n));
        }
    }
    let one = AnyAttack::from(Fgsm::default());
    if one.info().norms.contains(&on.threat.norm) {
        let ahead = on.fooled(&one, eps, &all)?.0.len().saturating_sub(fooled.len());
        found.push(of_count(
            FindingId::OneStepStronger,
            ahead,
            n,
            &format!("one step fools, beyond {name},"),
        ));
    }
    Ok(found)
}

/// A doubt where `count` of `n` examples are more than an accident.
fn of_count(id: FindingId, count: usize, n: usize, what: &str) -> Finding {
    let why = format!("{what} {count} more of {n} examples; raised above 0.5 % and 2 examples");
    seen(id, many(count, WHITE, n), count as f64 / n as f64, why)
}

/// Does half the budget leave fewer examples right, or twice as large a one more? Both within the box.
fn not_monotone<M: Differentiable + Sync + ?Sized>(
    on: &Subject<'_, M>,
    attack: &AnyAttack,
    fooled: usize,
    all: &[usize],
) -> Result<Option<Finding>, AttackError> {
    let (eps, largest) = (on.threat.eps, largest(on));
    if eps == 0.0 {
        return Ok(None);
    }
    let less = on.fooled(attack, eps / 2.0, all)?.0.len();
    let more = on.fooled(attack, (2.0 * eps).min(largest), all)?.0.len();
    let rise = less.saturating_sub(fooled).max(fooled.saturating_sub(more));
    let what =
        format!("of eps {}, {eps} and {}, a larger one leaves right", eps / 2.0, (2.0 * eps).min(largest));
    Ok(Some(of_count(FindingId::NotMonotone, rise, all.len(), &what)))
}

/// The largest distance in the box.
fn largest<M: Differentiable + ?Sized>(on: &Subject<'_, M>) -> f32 {
    let (bounds, dim) = (on.model.bounds(), on.model.shape().iter().product());
    on.threat.norm.get().largest(bounds, dim) as f32
}

/// Is any example left right where the ball is the whole box? Every class is within it, so that an attack with a useful gradient leaves none.
fn huge<M: Differentiable + Sync + ?Sized>(
    on: &Subject<'_, M>,
    attack: &AnyAttack,
    all: &[usize],
) -> Result<Finding, AttackError> {
    let eps = largest(on);
    // Steps of a fixed length may end before the border of the box.
    let settings = Attack::<M>::settings(attack);
    let walk = settings.walk.map(|w| w.length_and_need(settings.steps, &Threat { eps, ..on.threat }));
    let usual = AnyAttack::from(Pgd::default());
    let short = walk.is_some_and(|(length, need)| length < need * (1.0 - 1e-4));
    let attack = if short && usual.info().norms.contains(&on.threat.norm) { &usual } else { attack };
    let left = all.len() - on.fooled(attack, eps, all)?.0.len();
    let what = format!("at eps {eps}, the whole box, {} leaves right", attack.info().name);
    Ok(of_count(FindingId::SurvivesHugeEps, left, all.len(), &what))
}
