//! Universal perturbation: one change for all examples, fitted on some and added to any.
//!
//! epoch     the examples in random order, in batches:  δ ← ball of (δ + α · steepest(Σ ∇ min(loss(clip(x + δ), y), β)))
//! apply     x + δ, cut to ball and box; the model is not asked
//! source    Shafahi, Najibi, Xu, Dickerson, Davis and Goldstein 2020, arXiv:1811.11304 (UPGD, its clipped loss); the first such change is that of Moosavi-Dezfooli
//!           et al. 2017, arXiv:1610.08401
//!
//! UPGD and not the older method, since it costs one gradient an example and epoch where that runs DeepFool on each, maximises the loss that robust training
//! minimises, and works in every norm that has steepest steps.

use crate::ascent::{Objective, OfClass, Said, gradients};
use crate::goal::check_input;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, StepSize, Threat};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Classifier, Differentiable};
use sparring_seed::Key;

/// One change for all examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Universal {
    /// The change, of the shape of an example, in units of the input.
    pub delta: Vec<f32>,
}

/// How a universal perturbation is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniversalFit {
    /// Passes over the examples.
    pub epochs: usize,
    /// Examples of a step.
    pub batch: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// The loss from which on an example counts no more, so that one that is fooled for sure does not outvote the others.
    pub clip: f32,
}

impl Default for UniversalFit {
    /// The paper's batch of 128 and β = 9; 10 epochs of steps of eps/10.
    fn default() -> Self {
        Self { epochs: 10, batch: 128, step_size: StepSize::Relative(0.1), clip: 9.0 }
    }
}

impl UniversalFit {
    /// # Errors
    /// [`AttackError::Parameter`] of the first that is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        let step = self.step_size.at(AnyNorm::Linf, 1.0, 1);
        for (parameter, value, fits, need) in [
            ("epochs", self.epochs as f64, self.epochs > 0, "at least 1"),
            ("batch", self.batch as f64, self.batch > 0, "at least 1"),
            ("step_size", step.into(), step.is_finite() && step > 0.0, "finite and above 0"),
            ("clip", self.clip.into(), self.clip > 0.0, "above 0"),
        ] {
            if !fits {
                return Err(AttackError::Parameter {
                    of: "fit_universal",
                    parameter,
                    value: value.to_string(),
                    need,
                });
            }
        }
        Ok(())
    }
}

/// The loss, constant from `clip` on.
struct Clipped<'a> {
    of: OfClass<'a>,
    clip: f32,
}

impl Objective for Clipped<'_> {
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32 {
        let value = self.of.eval(row, z, dz);
        if value > self.clip {
            dz.fill(0.0);
        }
        value.min(self.clip)
    }
    fn reached(&self, row: usize, z: &[f32]) -> bool {
        self.of.reached(row, z)
    }
}

/// The change that does most on these examples together, by projected ascent on the sum of their clipped losses.
///
/// # Errors
/// If the options, the threat, shapes, labels or inputs are wrong, there is no example, the norm has no steepest step that moves every element, or the model fails.
pub fn fit_universal<M: Differentiable + ?Sized>(
    model: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    threat: &Threat,
    key: Key,
    fit: &UniversalFit,
) -> Result<Universal, AttackError> {
    fit.validate()?;
    threat.validate()?;
    Universal::FIT.admits(threat)?;
    check_input(model, x, goal, x.data())?;
    if x.is_empty() {
        return Err(AttackError::Empty);
    }
    let (dim, bounds, norm) = (x.dim(), model.bounds(), threat.norm.get());
    let step = fit.step_size.at(threat.norm, threat.eps, fit.epochs);
    let objective = Clipped { of: OfClass { goal, loss: AnyClassLoss::CrossEntropy }, clip: fit.clip };
    let most = fit.batch.min(x.len());
    let (mut points, mut grad) = (Table::zeros(most, dim), Table::zeros(most, dim));
    let (mut spare, mut said) = (Table::zeros(most, 0), vec![Said::NOTHING; most]);
    let (mut delta, mut direction) = (vec![0.0; dim], vec![0.0; dim]);
    let mut order: Vec<usize> = (0..x.len()).collect();
    for epoch in 0..fit.epochs {
        key.rng(epoch as u64).shuffle(&mut order);
        for rows in order.chunks(most) {
            let live = Live::of(x, rows.iter().copied());
            for (k, &row) in rows.iter().enumerate() {
                let all = points.row_mut(k).iter_mut().zip(x.row(row)).zip(&delta);
                all.for_each(|((p, x), d)| *p = bounds.clip(x + d));
            }
            let query = x.query() + epoch as u64;
            gradients(model, &objective, x, &live, &points, (query, 1), &mut said, &mut grad, &mut spare)?;
            let mut sum = vec![0.0; dim];
            for k in 0..rows.len() {
                sum.iter_mut().zip(grad.row(k)).for_each(|(s, g)| *s += g);
            }
            norm.steepest(&sum, &mut direction);
            delta.iter_mut().zip(&direction).for_each(|(d, s)| *d += step * s);
            norm.project(&mut delta, threat.eps);
        }
    }
    Ok(Universal { delta })
}

impl Universal {
    /// The row in the table of attacks. It asks the model nothing.
    pub const INFO: AttackInfo = AttackInfo {
        name: "universal",
        aliases: &[],
        paper: "Shafahi et al. 2020, arXiv:1811.11304",
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::ALL,
        defaults: "a change that was fitted before",
    };
    /// Where it can be fitted.
    const FIT: AttackInfo = AttackInfo { access: Access::White, norms: AnyNorm::DENSE, ..Self::INFO };
}

impl<M: Classifier + ?Sized> Attack<M> for Universal {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        Settings::new(0, 1)
    }
    /// # Errors
    /// If the threat, shapes, labels or inputs are wrong, or the change has not the shape of an example or is not finite.
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        _key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        Self::INFO.begin(model, x, goal, threat, out)?;
        let (dim, bounds) = (x.dim(), model.bounds());
        if self.delta.len() != dim {
            return Err(AttackError::Length {
                what: "numbers of the change",
                expected: dim,
                got: self.delta.len(),
            });
        }
        if let Some(bad) = self.delta.iter().find(|d| !d.is_finite()) {
            let (value, need) = (bad.to_string(), "finite");
            return Err(AttackError::Parameter { of: "universal", parameter: "delta", value, need });
        }
        for (image, out) in x.data().chunks_exact(dim).zip(out.chunks_exact_mut(dim)) {
            out.iter_mut().zip(image).zip(&self.delta).for_each(|((o, x), d)| *o = x + d);
            threat.confine(image, bounds, out);
        }
        Ok(())
    }
}
