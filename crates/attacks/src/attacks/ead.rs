//! EAD, elastic-net attack to deep nets: Carlini and Wagner's objective with an L1 term, by FISTA.
//!
//! minimise  c · max(z_y − max z_i + κ, 0) + ‖x' − x‖₂² + β ‖x' − x‖₁ in the box
//! step      x_{k+1} = box of the shrinkage by β of (y_k − α ∇(the first two terms at y_k)), α falls with the root of the steps left
//!           y_{k+1} = x_{k+1} + k/(k + 3) (x_{k+1} − x_k)
//! answer    of all x_k that reach the goal that of least β ‖δ‖₁ + ‖δ‖₂² (rule `en`) or ‖δ‖₁ (rule `l1`)
//! source    Chen et al. 2018, arXiv:1709.04114; authors' code github.com/ysharma1126/EAD_Attack
//!
//! As in the paper the shrinkage is β itself, not α β, so that changes become sparser than the objective asks for as α falls. Weights and early ends are those of `cw`, each
//! example's by itself. Steps and β differ between libraries: 10,000 and 0.01 in Foolbox, 100 and 0.001 in ART and torchattacks.

use super::CwStop;
use crate::ascent::LENGTH;
use crate::nearest::Nearest;
use crate::tradeoff::{Tenth, Weight};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Carlini and Wagner's objective with an L1 term, by shrinkage.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Ead {
    /// Steps of a walk at most.
    pub steps: usize,
    /// Walks, each with another weight.
    pub searches: usize,
    /// Length of the first step, as a share of the gradient; it falls to 0 with the root of what is left.
    pub step_size: f32,
    /// By how much each step shrinks a change: the weight of L1 against L2.
    pub beta: f32,
    /// The first weight of the goal against the size.
    pub c: f32,
    /// By how much the wanted logit must lead.
    pub confidence: f32,
    /// By which size the answer is chosen.
    pub rule: EadRule,
    /// When a walk ends.
    pub stop: CwStop,
}

impl Default for Ead {
    /// The paper's: 9 walks of at most 1,000 steps of 0.01, β 0.001, first weight 0.001, elastic-net rule.
    fn default() -> Self {
        Self {
            steps: 1_000,
            searches: 9,
            step_size: 0.01,
            beta: 1e-3,
            c: 1e-3,
            confidence: 0.0,
            rule: EadRule::En,
            stop: CwStop::Stuck,
        }
    }
}

sparring_math::named! {
    Ead: "ead", [], "Chen et al. 2018, arXiv:1709.04114";
    steps: Range::COUNT, "steps of a walk at most";
    searches: Range::COUNT, "walks, each with another weight";
    step_size: LENGTH, "the first step, as a share of the gradient";
    beta: Range::at_least(0.0), "by how much each step shrinks a change: the weight of l1 against l2";
    c: LENGTH, "the first weight of the goal against the size";
    confidence: Range::at_least(0.0), "by how much the wanted logit must lead";
    rule: Range::Words(EadRule::WORDS), "by which size the answer is chosen: elastic net or l1";
    stop: Range::Words(CwStop::WORDS), "when a walk ends: where it is stuck for a tenth of its steps, or never before its last";
}

impl Ead {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L1],
        defaults: "9 walks of FISTA, at most 1,000 steps each, β 0.001, elastic-net rule",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Ead {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("searches", self.searches.to_string()),
            ("step_size", self.step_size.to_string()),
            ("beta", self.beta.to_string()),
            ("c", self.c.to_string()),
            ("confidence", self.confidence.to_string()),
            ("rule", self.rule.to_string()),
            ("stop", self.stop.to_string()),
        ];
        Settings { others, ..Settings::new(self.steps, 1) }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        _key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        let mut search = Nearest::begin(&Self::INFO, AnyClassLoss::Margin, model, x, goal, threat, out)?;
        search.demand(self.confidence);
        if self.rule == EadRule::En {
            search.compare_elastic(self.beta);
        }
        let bounds = model.bounds();
        let mut weights = vec![Weight::new(self.c); x.len()];
        for turn in 0..self.searches {
            search.restart();
            // x_k, and y_k, where the gradient is taken.
            let (mut iterates, mut ahead) = (search.table(), search.table());
            let mut tenths = vec![Tenth::FIRST; search.live.len()];
            search.each(|c| {
                iterates.row_mut(c.k).copy_from_slice(c.x);
                ahead.row_mut(c.k).copy_from_slice(c.x);
            });
            for step in 0..self.steps {
                if search.live.is_empty() {
                    break;
                }
                let query = 2 * (turn * self.steps + step);
                let alpha = self.step_size * ((1.0 - step as f64 / self.steps as f64).sqrt() as f32);
                let momentum = step as f32 / (step as f32 + 3.0);
                search.each(|c| c.point.copy_from_slice(ahead.row(c.k)));
                search.gradient(query)?;
                let mut gone = vec![false; search.live.len()];
                search.each(|c| {
                    let weight = &weights[c.row];
                    let short = (self.confidence - c.value).max(0.0);
                    let pull = if short > 0.0 { weight.c } else { 0.0 };
                    let mut loss = weight.c * short;
                    let walk = iterates.row_mut(c.k).iter_mut().zip(ahead.row_mut(c.k));
                    for (((p, &g), &x), (old, y)) in c.point.iter_mut().zip(&*c.grad).zip(c.x).zip(walk) {
                        let change = *y - x;
                        loss += change * change;
                        let moved = *y - alpha * (2.0 * change - pull * g);
                        let beyond = moved - x;
                        *p = if beyond > self.beta {
                            bounds.clip(moved - self.beta)
                        } else if beyond < -self.beta {
                            bounds.clip(moved + self.beta)
                        } else {
                            x
                        };
                        *y = *p + momentum * (*p - *old);
                        *old = *p;
                    }
                    gone[c.k] = self.stop == CwStop::Stuck && tenths[c.k].ends(step, self.steps, loss);
                });
                search.judge(query + 1)?;
                search.each(|c| weights[c.row].found |= c.found);
                search.release(&gone, &mut [&mut iterates, &mut ahead, &mut tenths]);
            }
            weights.iter_mut().for_each(|weight| weight.next(turn + 1, self.searches));
        }
        Ok(())
    }
}

/// By which size EAD chooses its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum EadRule {
    /// β ‖δ‖₁ + ‖δ‖₂².
    En,
    /// ‖δ‖₁.
    L1,
}

sparring_math::value_of_words!(EadRule { En = "en", L1 = "l1" });
