//! Carlini and Wagner's attack in L∞: only what of each change exceeds a threshold τ costs, and τ falls.
//!
//! minimise  Σ max(|x'_i − x_i| − τ, 0) + c · max(z_y − max z_i, 0) by Adam in the space of `cw`
//! success   at a point that reaches the goal with an objective below c/10,000: τ ← 0.9 min(τ, the smallest ‖x' − x‖∞), and on from this point
//! failure   after all steps: c ← 2 c; at the largest c a success all the same where a point nearer than all before reached the goal
//! end       τ below 1/256 of the box, or c at its largest
//! source    Carlini and Wagner 2017, arXiv:1608.04644, section VI.C; authors' code github.com/carlini/nn_robust_attacks
//!
//! The answer is the nearest of all points that reached the goal, on the way to a success too; the authors keep the last success, and end at the first failure with the largest c.
//! Going on while points come nearer is adv-lib's rule (there with any c).

use crate::ascent::LENGTH;
use crate::nearest::Nearest;
use crate::tanh::Tanh;
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Adam on the goal and on what of the change exceeds a threshold, which falls.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct CarliniWagnerLinf {
    /// Steps with one weight.
    pub steps: usize,
    /// Adam's step size.
    pub step_size: f32,
    /// The first weight of the goal against the size.
    pub c: f32,
    /// The weight at which an example is given up.
    pub c_max: f32,
    /// What is left of the threshold after a success.
    pub shrink: f32,
}

impl Default for CarliniWagnerLinf {
    /// The authors' code: 1,000 steps of 0.005 with each weight from 0.00001 to 20, τ from 1 by tenths.
    fn default() -> Self {
        Self { steps: 1_000, step_size: 0.005, c: 1e-5, c_max: 20.0, shrink: 0.9 }
    }
}

sparring_math::named! {
    CarliniWagnerLinf: "cw-linf", ["carlini_wagner_linf"], "Carlini and Wagner 2017, arXiv:1608.04644";
    steps: Range::COUNT, "steps with one weight";
    step_size: LENGTH, "Adam's step size";
    c: LENGTH, "the first weight of the goal against the size";
    c_max: LENGTH, "the weight at which an example is given up";
    shrink: Range::between(0.0, 1.0), "what is left of the threshold after a success";
}

impl CarliniWagnerLinf {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::Linf],
        defaults: "walks of Adam under thresholds that fall by a tenth, at most 1,000 steps with one weight",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for CarliniWagnerLinf {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("c", self.c.to_string()),
            ("c_max", self.c_max.to_string()),
            ("shrink", self.shrink.to_string()),
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
        let (bounds, space) = (model.bounds(), Tanh::of(model.bounds()));
        let width = bounds.hi() - bounds.lo();
        let (mut adam, mut w) = (search.adam(), search.table());
        let mut states = vec![
            State { tau: width, nearest: width, nearer: false, c: self.c, step: 0, t: 0 };
            search.live.len()
        ];
        search.each(|c| space.enter(c.x, w.row_mut(c.k)));
        let mut query = 0;
        while !search.live.is_empty() {
            search.each(|c| space.leave(w.row(c.k), c.point));
            search.look(query)?;
            query += 1;
            let mut gone = vec![false; search.live.len()];
            search.each(|c| {
                let state = &mut states[c.k];
                let pull = if c.value < 0.0 { state.c } else { 0.0 };
                let (mut loss, mut size) = (-pull * c.value, 0.0_f32);
                for ((g, &p), &x) in c.grad.iter_mut().zip(&*c.point).zip(c.x) {
                    let change = p - x;
                    size = size.max(change.abs());
                    let over = (change.abs() - state.tau).max(0.0);
                    loss += over;
                    let push = if over > 0.0 { 1.0_f32.copysign(change) } else { 0.0 };
                    *g = (push - pull * *g) * space.derivative(p);
                }
                if c.found && size < state.nearest {
                    (state.nearest, state.nearer) = (size, true);
                }
                let (last, largest) = (state.step == self.steps, 2.0 * state.c >= self.c_max);
                if c.found && loss < 1e-4 * state.c || last && largest && state.nearer {
                    let tau = self.shrink * state.tau.min(state.nearest);
                    *state = State { tau, nearer: false, step: 0, t: 0, ..*state };
                    gone[c.k] = state.tau <= width / 256.0;
                    adam.forget(c.k);
                    space.enter(c.point, w.row_mut(c.k));
                    return;
                }
                if last {
                    (state.step, state.c) = (0, 2.0 * state.c);
                    gone[c.k] = largest;
                }
                (state.step, state.t) = (state.step + 1, state.t + 1);
                adam.direct(c.k, state.t, c.grad);
                w.row_mut(c.k).iter_mut().zip(&*c.grad).for_each(|(w, d)| *w -= self.step_size * d);
            });
            search.release(&gone, &mut [&mut adam, &mut w, &mut states]);
        }
        Ok(())
    }
}

/// Where the search of an example is: threshold, weight, steps taken with it, and Adam's step.
#[derive(Clone, Copy, Debug)]
struct State {
    tau: f32,
    /// The size of the nearest point that reached the goal, and whether it is one of this threshold.
    nearest: f32,
    nearer: bool,
    c: f32,
    step: usize,
    t: usize,
}
