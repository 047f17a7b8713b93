//! What the gradient is worth: its size, and whether it is the derivative of what the model says.
//!
//! m(x) = z_y − z_r, with r the rival at x; g = ∇m(x); d random signs, the same for each distance h:
//! mismatch = ‖(m(x + h d) − m(x − h d)) / 2h − g · d‖ / max(‖..‖, ‖g · d‖), over 4 directions, less what `f32` rounds

use super::subject::Subject;
use crate::AttackError;
use crate::evaluation::findings::{Finding, FindingId, percent, seen};
use crate::goal::rival;
use crate::pullback::pullback;
use sparring_oracle::{Batch, Differentiable};

/// Examples looked at.
const EXAMPLES: usize = 16;
/// Directions of an example.
const DIRECTIONS: usize = 4;
/// Distances, over the width of the box: one within which a smooth model is straight, and one beyond the steps of a model that is made of them.
const DISTANCES: [f64; 2] = [1e-3, 2e-2];
/// Share of the change, in the mean over the examples: smooth models, and trained ones of linear pieces, stay well below.
const MISMATCH: f64 = 0.3;
/// A margin that its gradient would not change by a hundredth across the whole box.
const FLAT: f64 = 0.01;
/// Share of such examples that is worth a doubt.
const FLAT_SHARE: f64 = 0.05;
/// Median margins within which the gradient of a cross-entropy is an `f32` that says something: e^−88 is the smallest, and below 10⁻³ all classes are as likely.
const MARGINS: (f64, f64) = (1e-3, 88.0);

/// One gradient of the margin for the first examples, its size, and finite differences beside it.
pub(super) fn look<M: Differentiable + Sync + ?Sized>(
    on: &Subject<'_, M>,
) -> Result<Vec<Finding>, AttackError> {
    let (model, bounds) = (on.model, on.model.bounds());
    let x = on.chosen.batch()?.slice(0..on.len().min(EXAMPLES));
    let (classes, dim) = (model.classes(), x.dim());
    let width = f64::from(bounds.hi()) - f64::from(bounds.lo());
    // Away from the walls, so that no point leaves the box.
    let away = (DISTANCES[1] * width) as f32;
    let centre: Vec<f32> =
        x.data().iter().map(|v| v.max(bounds.lo() + away).min(bounds.hi() - away)).collect();
    let centre = x.with_data(&centre)?;
    let mut grad = vec![0.0; centre.data().len()];
    let mut z = vec![0.0; x.len() * classes];
    pullback(
        model,
        centre,
        &mut |logits, dz| {
            z.copy_from_slice(logits);
            for ((z, dz), &y) in
                logits.chunks_exact(classes).zip(dz.chunks_exact_mut(classes)).zip(&on.chosen.labels)
            {
                (dz[y], dz[rival(z, y)]) = (1.0, -1.0);
            }
        },
        &mut grad,
    )?;
    let rivals: Vec<(usize, usize)> =
        z.chunks_exact(classes).zip(&on.chosen.labels).map(|(z, &y)| (y, rival(z, y))).collect();
    let margins = |z: &[f32]| -> Vec<f64> {
        z.chunks_exact(classes).zip(&rivals).map(|(z, &(y, r))| f64::from(z[y]) - f64::from(z[r])).collect()
    };
    let at = margins(&z);
    let mut found = vec![tiny(&at, &grad, dim, width)];
    let mut worst = 0.0_f64;
    for distance in DISTANCES {
        worst = worst.max(mismatch(on, centre, &grad, &margins, distance * width)?);
    }
    let raised = worst > MISMATCH;
    let why = format!(
        "the gradient of {} examples differs from finite differences by {} of their size in the mean; raised above {}{}",
        x.len(),
        percent(worst),
        percent(MISMATCH),
        if raised { ": attacks by gradients climb something else than the model" } else { "" }
    );
    found.push(seen(FindingId::GradientMismatch, raised, worst, why));
    Ok(found)
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_unstable_by(f64::total_cmp);
    v[v.len() / 2]
}

/// Are margins on a scale that a cross-entropy loses, or gradients too small to change them anywhere in the box? Gradients of zeros are another check's.
fn tiny(margins: &[f64], grad: &[f32], dim: usize, width: f64) -> Finding {
    let margin = median(margins.iter().map(|m| m.abs()).collect());
    let steep = |g: &[f32]| g.iter().map(|&g| f64::from(g).abs()).sum::<f64>() * width;
    let flat = |(g, m): &(&[f32], &f64)| steep(g) > 0.0 && steep(g) < FLAT * m.abs();
    let share = grad.chunks_exact(dim).zip(margins).filter(flat).count() as f64 / margins.len() as f64;
    let (least, most) = MARGINS;
    let (off, raised) = (margin < least || margin > most, share > FLAT_SHARE);
    let why = format!(
        "the median margin is {margin:.3e}{}, and on {} of {} examples the gradient would not change it by 1 % across the box; raised outside {least} to {most}, or above 5 %",
        if off { ", where the gradient of a cross-entropy in f32 is lost" } else { "" },
        percent(share),
        margins.len()
    );
    seen(FindingId::TinyGradient, off || raised, if off { margin } else { share }, why)
}

/// The mean over the examples of how far finite differences at this distance and the gradient are apart.
fn mismatch<M: Differentiable + Sync + ?Sized>(
    on: &Subject<'_, M>,
    centre: Batch<'_>,
    grad: &[f32],
    margins: &dyn Fn(&[f32]) -> Vec<f64>,
    h: f64,
) -> Result<f64, AttackError> {
    let (n, dim, key) = (centre.len(), centre.dim(), on.key.named("directions"));
    let mut z = vec![0.0; n * on.model.classes()];
    // Of each example: the squares of difference, finite difference and derivative, and what rounding may make of them.
    let mut sums = vec![[0.0_f64; 4]; n];
    for k in 0..DIRECTIONS as u64 {
        let signs: Vec<f32> = centre
            .ids()
            .iter()
            .flat_map(|&id| {
                let mut rng = key.child(k).rng(id);
                (0..dim).map(move |_| if rng.uniform() < 0.5 { -1.0 } else { 1.0 }).collect::<Vec<f32>>()
            })
            .collect();
        let mut side = |by: f32| -> Result<(Vec<f64>, f32), AttackError> {
            let points: Vec<f32> = centre.data().iter().zip(&signs).map(|(x, s)| x + by * s).collect();
            on.model.logits(centre.with_data(&points)?, &mut z)?;
            Ok((margins(&z), z.iter().fold(0.0, |m, z| m.max(z.abs()))))
        };
        let ((up, high), (down, low)) = (side(h as f32)?, side(-h as f32)?);
        let rounding = 4.0 * f64::from(f32::EPSILON) * f64::from(high.max(low)) / h;
        for (i, sum) in sums.iter_mut().enumerate() {
            let row = i * dim..(i + 1) * dim;
            let along: f64 = grad[row.clone()].iter().zip(&signs[row]).map(|(g, s)| f64::from(g * s)).sum();
            let finite = (up[i] - down[i]) / (2.0 * h);
            for (sum, v) in sum.iter_mut().zip([finite - along, finite, along, rounding]) {
                *sum += v * v;
            }
        }
    }
    let relative = |sum: &[f64; 4]| {
        let [difference, finite, along, rounding] = sum.map(f64::sqrt);
        let size = finite.max(along);
        let beyond = (difference - rounding).max(0.0);
        match (along.is_finite(), finite.is_finite()) {
            // A derivative that is no number is nan_gradient's.
            (false, _) => 0.0,
            // Logits that are no number a short way off: no gradient tells of them.
            (true, false) => 1.0,
            _ if size > 0.0 => beyond / size,
            _ => 0.0,
        }
    };
    Ok(sums.iter().map(relative).sum::<f64>() / n as f64)
}
