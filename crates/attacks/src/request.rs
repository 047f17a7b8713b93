//! One question for attacks of both kinds: for each example, within which of these budgets is the goal reached, and how small a change does it?

use crate::live::Live;
use crate::{AnyNorm, Attack, AttackError, AttackKind, Goal, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// What is asked: a goal, and one budget or many.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What each example should become.
    pub goal: Goal<'a>,
    /// How perturbations are measured.
    pub norm: AnyNorm,
    /// The sizes that matter, rising, in units of the input. A minimum-norm attack looks for the smallest change up to the last of them;
    /// an attack with a fixed budget is run at those that bisection asks for, so that an example costs log₂ of their number.
    pub budgets: &'a [f32],
    /// The randomness.
    pub key: Key,
}

impl Request<'_> {
    /// # Errors
    /// [`AttackError::Budgets`] unless there is a budget and they rise; [`AttackError::Eps`] where one is no size.
    pub fn validate(&self) -> Result<(), AttackError> {
        if self.budgets.is_empty() || self.budgets.windows(2).any(|two| two[0] >= two[1]) {
            return Err(AttackError::Budgets);
        }
        self.budgets.iter().try_for_each(|&eps| Threat { norm: self.norm, eps }.validate())
    }
    fn threat(&self, budget: usize) -> Threat {
        Threat { norm: self.norm, eps: self.budgets[budget] }
    }
}

/// Writes for each example the smallest change that the attack found to reach the goal within the last budget, and returns its size: 0 where the example itself
/// reaches it, `None` (and the example in `out`) where nothing did. Box, size and success are checked here with fresh logits, as [`evaluate`](crate::evaluate()) does.
///
/// The size of a fixed-budget attack is that of the smallest budget at which it succeeds, or what its change measures if that is less.
///
/// # Errors
/// As [`Attack::perturb`], and if the request is not valid.
pub fn smallest<M, A>(
    attack: &A,
    model: &M,
    x: Batch<'_>,
    request: &Request<'_>,
    out: &mut [f32],
) -> Result<Vec<Option<f64>>, AttackError>
where
    M: Classifier + ?Sized,
    A: Attack<M> + ?Sized,
{
    request.validate()?;
    attack.about().begin(model, x, request.goal, &request.threat(0), out)?;
    let mut sizes: Vec<Option<f64>> = vec![None; x.len()];
    let all: Vec<usize> = (0..x.len()).collect();
    offer(model, x, request, &all, x.data(), request.budgets.len() - 1, &mut sizes, out)?;
    // Of each example the budgets that may still be the smallest: from `first` on, below `end` (all of them where `end` is their number).
    let (mut first, mut end) = (vec![0; x.len()], vec![request.budgets.len(); x.len()]);
    for row in (0..x.len()).filter(|&row| sizes[row].is_some()) {
        end[row] = 0;
    }
    let last = request.budgets.len() - 1;
    let minimum = attack.about().kind == AttackKind::MinimumNorm;
    loop {
        let mut asked: Vec<(usize, usize)> = (0..x.len())
            .filter(|&row| first[row] < end[row])
            .map(|row| (if minimum { last } else { (first[row] + end[row]) / 2 }, row))
            .collect();
        if asked.is_empty() {
            return Ok(sizes);
        }
        asked.sort_unstable();
        for group in asked.chunk_by(|a, b| a.0 == b.0) {
            let budget = group[0].0;
            let rows: Vec<usize> = group.iter().map(|&(_, row)| row).collect();
            let points = propose(attack, model, x, request, &rows, budget)?;
            offer(model, x, request, &rows, &points, budget, &mut sizes, out)?;
            for row in rows {
                match sizes[row] {
                    _ if minimum => end[row] = 0,
                    Some(size) if size <= f64::from(request.budgets[budget]) => {
                        end[row] = request.budgets.partition_point(|&eps| f64::from(eps) < size).min(budget);
                    }
                    _ => first[row] = budget + 1,
                }
            }
        }
    }
}

/// The proposals of the attack for some of the examples at one budget.
fn propose<M: ?Sized, A: Attack<M> + ?Sized>(
    attack: &A,
    model: &M,
    x: Batch<'_>,
    request: &Request<'_>,
    rows: &[usize],
    budget: usize,
) -> Result<Vec<f32>, AttackError> {
    let live = Live::of(x, rows.iter().copied());
    let chosen: Vec<f32> = rows.iter().flat_map(|&row| x.row(row)).copied().collect();
    let classes: Vec<usize> = rows.iter().map(|&row| request.goal.classes()[row]).collect();
    let goal = match request.goal {
        Goal::Untargeted(_) => Goal::Untargeted(&classes),
        Goal::Targeted(_) => Goal::Targeted(&classes),
    };
    let mut points = chosen.clone();
    let batch = live.batch_of(&chosen, x)?;
    attack.perturb(model, batch, goal, &request.threat(budget), request.key, &mut points)?;
    Ok(points)
}

/// Takes over the points that reach the goal within the budget by a smaller change than what is known.
fn offer<M: Classifier + ?Sized>(
    model: &M,
    x: Batch<'_>,
    request: &Request<'_>,
    rows: &[usize],
    points: &[f32],
    budget: usize,
    sizes: &mut [Option<f64>],
    out: &mut [f32],
) -> Result<(), AttackError> {
    let (dim, classes, bounds) = (x.dim(), model.classes(), model.bounds());
    let (norm, threat) = (request.norm.get(), request.threat(budget));
    let mut z = vec![0.0; rows.len() * classes];
    model.logits(Live::of(x, rows.iter().copied()).batch_of(points, x)?, &mut z)?;
    for ((&row, point), z) in rows.iter().zip(points.chunks_exact(dim)).zip(z.chunks_exact(classes)) {
        if z.iter().any(|z| !z.is_finite()) {
            return Err(AttackError::NonFinite { id: x.ids()[row] });
        }
        if !request.goal.reached(row, z) || threat.check(x.row(row), bounds, point).is_err() {
            continue;
        }
        let change: Vec<f32> = point.iter().zip(x.row(row)).map(|(p, x)| p - x).collect();
        // Rounding may carry the change over the budget that it was made for.
        let size = norm.size(&change).min(f64::from(threat.eps));
        if sizes[row].is_none_or(|old| size < old) {
            sizes[row] = Some(size);
            out[row * dim..(row + 1) * dim].copy_from_slice(point);
        }
    }
    Ok(())
}
