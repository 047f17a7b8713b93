//! Carlini and Wagner's attack in L2: the size of the change and the goal in one objective, in a space that has no box.
//!
//! x'(w)     m + r tanh w, m and r the middle and the half width of the box, w from 0.999999 of the example
//! minimise  ‖x' − x‖₂² + c · max(z_y − max z_i + κ, 0) by Adam, for each of several weights c
//! c         times 10 until something is found, then by halves
//! source    Carlini and Wagner 2017, arXiv:1608.04644; authors' code github.com/carlini/nn_robust_attacks
//!
//! A walk ends early where a tenth of its steps gains less than a ten-thousandth: each example's by itself, where the authors' code compares the sum over the batch, so that an
//! answer there depends on the company. The default of Foolbox is the same; other libraries take far fewer steps: ART 10 × 10, torchattacks 1 × 50.

use crate::ascent::LENGTH;
use crate::nearest::Nearest;
use crate::tanh::Tanh;
use crate::tradeoff::{Tenth, Weight};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Adam on size and goal together, in a space that has no box.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct CarliniWagner {
    /// Steps of a walk at most.
    pub steps: usize,
    /// Walks, each with another weight.
    pub searches: usize,
    /// Adam's step size.
    pub step_size: f32,
    /// The first weight of the goal against the size.
    pub c: f32,
    /// By how much the wanted logit must lead.
    pub confidence: f32,
    /// When a walk ends.
    pub stop: CwStop,
}

impl Default for CarliniWagner {
    /// The paper's: 9 walks of at most 10,000 steps of 0.01, first weight 0.001, no confidence.
    fn default() -> Self {
        Self { steps: 10_000, searches: 9, step_size: 0.01, c: 1e-3, confidence: 0.0, stop: CwStop::Stuck }
    }
}

sparring_math::named! {
    CarliniWagner: "cw", ["carlini_wagner"], "Carlini and Wagner 2017, arXiv:1608.04644";
    steps: Range::COUNT, "steps of a walk at most";
    searches: Range::COUNT, "walks, each with another weight";
    step_size: LENGTH, "Adam's step size";
    c: LENGTH, "the first weight of the goal against the size";
    confidence: Range::at_least(0.0), "by how much the wanted logit must lead";
    stop: Range::Words(CwStop::WORDS), "when a walk ends: where it is stuck for a tenth of its steps, or never before its last";
}

impl CarliniWagner {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L2],
        defaults: "9 walks of Adam, at most 10,000 steps each, in the space of the inverse tanh",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for CarliniWagner {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("searches", self.searches.to_string()),
            ("step_size", self.step_size.to_string()),
            ("c", self.c.to_string()),
            ("confidence", self.confidence.to_string()),
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
        let space = Tanh::of(model.bounds());
        let mut weights = vec![Weight::new(self.c); x.len()];
        for turn in 0..self.searches {
            search.restart();
            let (mut adam, mut w) = (search.adam(), search.table());
            let mut tenths = vec![Tenth::FIRST; search.live.len()];
            search.each(|c| space.enter(c.x, w.row_mut(c.k)));
            for step in 0..self.steps {
                if search.live.is_empty() {
                    break;
                }
                search.each(|c| space.leave(w.row(c.k), c.point));
                search.look(turn * self.steps + step)?;
                let mut gone = vec![false; search.live.len()];
                search.each(|c| {
                    let weight = &mut weights[c.row];
                    weight.found |= c.found;
                    let short = (self.confidence - c.value).max(0.0);
                    let pull = if short > 0.0 { weight.c } else { 0.0 };
                    let mut loss = weight.c * short;
                    for ((g, &p), &x) in c.grad.iter_mut().zip(&*c.point).zip(c.x) {
                        let change = p - space.seen(x);
                        loss += change * change;
                        *g = (2.0 * change - pull * *g) * space.derivative(p);
                    }
                    gone[c.k] = self.stop == CwStop::Stuck && tenths[c.k].ends(step, self.steps, loss);
                    adam.direct(c.k, step + 1, c.grad);
                    w.row_mut(c.k).iter_mut().zip(&*c.grad).for_each(|(w, d)| *w -= self.step_size * d);
                });
                search.release(&gone, &mut [&mut adam, &mut w, &mut tenths]);
            }
            weights.iter_mut().for_each(|weight| weight.next(turn + 1, self.searches));
        }
        Ok(())
    }
}

/// When a walk of Carlini and Wagner's attack, or of EAD, ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum CwStop {
    /// Where a tenth of its steps brings nothing.
    Stuck,
    /// After all its steps.
    Never,
}

sparring_math::value_of_words!(CwStop { Stuck = "stuck", Never = "never" });
