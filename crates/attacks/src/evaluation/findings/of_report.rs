//! All checks that cost nothing, of what an evaluation found.

use super::finding::{Finding, add};
use super::of_attacks::{of_figures, of_gradients};
use super::of_model::{dlr_undefined, probabilities, random_output, units};
use crate::evaluation::observed::ModelStatistics;
use crate::evaluation::options::Course;
use crate::evaluation::report::AttackResult;

/// A row for each check; those that need runs of their own are not made.
pub(in crate::evaluation) fn of_report(
    model: &ModelStatistics,
    attacks: &[AttackResult],
    course: Course,
    n: usize,
) -> Vec<Finding> {
    let mut rows = Finding::none_examined();
    add(&mut rows, model.walks.iter().cloned());
    if !model.transfers {
        add(
            &mut rows,
            attacks.iter().flat_map(|a| of_gradients(&a.attack, a.counts(), a.refused.not_finite)),
        );
    }
    add(&mut rows, [dlr_undefined(model.tied, n, model.classes, &model.dlr)]);
    add(&mut rows, [random_output(model.difference, model.logit)]);
    add(&mut rows, [probabilities(model.distributions, n)]);
    add(&mut rows, [units(model.input, model.lo, model.hi)]);
    if !model.transfers {
        add(&mut rows, of_figures(attacks, course, n));
    }
    rows
}
