//! Accuracy against the size of the budget, from one run of an attack.

use super::card::AttackCard;
use super::findings::{WHITE, many};
use super::options::{EvaluateOptions, Progress};
use super::propose::describe;
use super::report::Report;
use crate::goal::check_input;
use crate::{AnyNorm, Attack, AttackError, AttackKind, Counting, Goal, Request, Threat, smallest};
use rayon::prelude::*;
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A point of a [`BudgetCurve`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CurvePoint {
    /// The budget, in units of the input.
    pub eps: f32,
    /// Examples that no change of at most this size fooled, over all.
    pub accuracy: f64,
}

/// How accuracy falls as the budget grows, and how small a change does it for each example.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BudgetCurve {
    /// Name of the attack.
    pub attack: String,
    /// How changes are measured.
    pub norm: AnyNorm,
    /// Accuracy at each budget, rising; the first is 0, without attack.
    pub points: Vec<CurvePoint>,
    /// The smallest change of each example: 0 where it is wrong itself, `None` where none was found within the largest budget.
    pub sizes: Vec<Option<f64>>,
    /// The median of those, `None` counted as infinite: the budget that leaves half of the examples right. `None` if more than half of them stand.
    pub median_size: Option<f64>,
    /// The attack has a fixed budget, so that sizes are the smallest of the budgets that did it: upper bounds, as the median is.
    #[cfg_attr(feature = "serde", serde(default))]
    pub bisected: bool,
    /// Wall-clock time.
    pub seconds: f64,
    /// Everything needed to repeat it; its `eps` is the largest budget.
    pub card: AttackCard,
}

/// The smallest change by which `attack` fools the model on each example, and the accuracy at each of the `budgets` (rising; 0 is added) that follows from it: one run
/// of a minimum-norm attack, or bisection over the budgets with an attack of a fixed one. Every change is checked by [`smallest`].
///
/// # Errors
/// As [`evaluate`](crate::evaluate()), and if the budgets do not rise.
pub fn budget_curve<M, A>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    attack: &A,
    norm: AnyNorm,
    budgets: &[f32],
    key: Key,
    options: &EvaluateOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<BudgetCurve, AttackError>
where
    M: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + Sync,
{
    let counting = Counting::new(model);
    let (info, settings) = describe(attack, &counting);
    let request = Request { goal: Goal::Untargeted(y), norm, budgets, key: key.named(info.name) };
    request.validate()?;
    options.validate()?;
    if x.is_empty() {
        return Err(AttackError::Empty);
    }
    check_input(model, x, request.goal, x.data())?;
    let largest = Threat { norm, eps: budgets[budgets.len() - 1] };
    largest.fits(model.bounds(), x.dim())?;
    let (n, start, done) = (x.len(), Instant::now(), AtomicUsize::new(0));
    let chunk = options.batch.min(n.div_ceil(rayon::current_num_threads())).max(1);
    let chunks: Vec<_> = (0..n).step_by(chunk).map(|from| from..n.min(from + chunk)).collect();
    let one = |range: std::ops::Range<usize>| {
        let x = x.slice(range.clone());
        let request = Request { goal: request.goal.slice(range), ..request };
        let sizes = smallest(attack, &counting, x, &request, &mut vec![0.0; x.data().len()]);
        let done = done.fetch_add(x.len(), Ordering::Relaxed) + x.len();
        progress(Progress { attack: info.name, index: 0, of: 1, done, total: n });
        sizes
    };
    let found: Vec<_> = chunks.into_par_iter().with_max_len(1).map(one).collect();
    let sizes: Vec<Option<f64>> = found.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    let zero = (budgets[0] > 0.0).then_some(0.0);
    let points = zero.into_iter().chain(budgets.iter().copied());
    let points: Vec<CurvePoint> = points.map(|eps| CurvePoint { eps, accuracy: 1.0 }).collect();
    let counts = counting.counts();
    let card = AttackCard {
        survivors: sizes.iter().filter(|size| size.is_none()).count(),
        forwards: counts.forwards,
        backwards: counts.backwards,
        ..AttackCard::new(info, &settings, &largest, key, n)
    };
    let mut curve = BudgetCurve {
        attack: info.name.to_owned(),
        norm,
        points,
        median_size: None,
        bisected: info.kind == AttackKind::FixedBudget,
        sizes,
        seconds: start.elapsed().as_secs_f64(),
        card,
    };
    curve.follow();
    Ok(curve)
}

impl BudgetCurve {
    /// The accuracy that the curve has at the budget of this report, if it stands above the worst case there by what the checks take for more than an accident: its attack found
    /// less than those of the report, and the curve over-reports.
    pub fn over_reported(&self, report: &Report) -> Option<f64> {
        let point = self.points.iter().find(|p| p.eps == report.threat.eps)?;
        let ahead = ((point.accuracy - report.robust_accuracy) * report.n as f64).round().max(0.0);
        many(ahead as usize, WHITE, report.n).then_some(point.accuracy)
    }
    /// Accuracy at each point and the median, as they follow from the sizes.
    pub(super) fn follow(&mut self) {
        for point in &mut self.points {
            let stands = |size: &&Option<f64>| size.is_none_or(|size| size > f64::from(point.eps));
            point.accuracy = self.sizes.iter().filter(stands).count() as f64 / self.sizes.len() as f64;
        }
        self.median_size = median(&self.sizes);
    }
}

/// The middle one, of an even number the mean of the two; a change that was not found is larger than any.
fn median(sizes: &[Option<f64>]) -> Option<f64> {
    let mut sorted: Vec<f64> = sizes.iter().map(|size| size.unwrap_or(f64::INFINITY)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    let middle = f64::midpoint(low, high);
    middle.is_finite().then_some(middle)
}
