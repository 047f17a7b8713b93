//! FAB: a walk along the decision boundary that stays near the example.
//!
//! plane    of each class c the linear model of z_c − z_y at x_k; that whose distance |z_c − z_y| / ‖∇(z_c − z_y)‖_dual is least
//! step     x_{k+1} = box of (1 − α)(x_k + η d) + α (x + η d₀), d and d₀ the smallest changes that bring x_k and x onto the plane, α = min(‖d‖ / (‖d‖ + ‖d₀‖), α_max)
//! back     where x_{k+1} is adversarial, x_{k+1} ← x + β (x_{k+1} − x)
//! source   Croce and Hein 2020, arXiv:1907.02044; authors' code in github.com/fra31/auto-attack
//!
//! The first restart begins at the example, others half as far from it as the nearest point known, or as eps. With `stop=when_fooled`, as AutoAttack uses it, an example
//! for which an adversarial point within the budget is found is kept and costs nothing more.

use crate::ascent::logits;
use crate::boundary::Boundary;
use crate::goal::predicted;
use crate::kept::Closest;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Stop, Threat};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// A walk along the boundary of the nearest class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Fab {
    /// Steps of a restart.
    pub steps: usize,
    /// Starts.
    pub restarts: usize,
    /// How much the walk is drawn to the example at most.
    pub alpha_max: f32,
    /// How far a step goes beyond the plane.
    pub eta: f32,
    /// What is left of the change after a step back.
    pub beta: f32,
    /// When an example is left alone: at the first point within the budget, or after all steps.
    pub stop: Stop,
}

impl Default for Fab {
    /// The paper's: 100 steps, α_max 0.1, η 1.05, β 0.9.
    fn default() -> Self {
        Self { steps: 100, restarts: 1, alpha_max: 0.1, eta: 1.05, beta: 0.9, stop: Stop::Never }
    }
}

sparring_math::named! {
    Fab: "fab", [], "Croce and Hein 2020, arXiv:1907.02044";
    steps: Range::COUNT, "steps of a restart";
    restarts: Range::COUNT, "starts";
    alpha_max: Range::from_to(0.0, 1.0), "how much the walk is drawn to the example at most";
    eta: Range::from_to(1.0, 10.0), "how far a step goes beyond the plane";
    beta: Range::from_to(0.0, 1.0), "what is left of the change after a step back";
    stop: Range::Words(Stop::WORDS), "when an example is left alone: never finds the smallest change, when_fooled the first within the budget";
}

/// The norms in which planes can be reached.
pub(super) const NORMS: &[AnyNorm] = &[AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1];

impl Fab {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: NORMS,
        defaults: "100 steps along the boundary of the nearest class, 1 restart",
    };
    /// # Errors
    /// If there is no step or restart, or a factor is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Fab {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("alpha_max", self.alpha_max.to_string()),
            ("eta", self.eta.to_string()),
            ("beta", self.beta.to_string()),
            ("stop", self.stop.to_string()),
        ];
        Settings { others, ..Settings::new(self.steps, self.restarts) }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let (z, clean) = clean_logits(model, x)?;
        let (labels, targets) = match goal {
            Goal::Untargeted(labels) => (labels, None),
            Goal::Targeted(to) => (&clean[..], Some(to)),
        };
        let mut closest = Closest::new(x, threat, out);
        for restart in 0..self.restarts {
            let open = open_examples(goal, &z, &closest, self.stop);
            if open.is_empty() {
                return Ok(());
            }
            let walk = Boundary {
                steps: self.steps,
                alpha_max: self.alpha_max,
                eta: self.eta,
                beta: self.beta,
                threat,
                random: (restart > 0).then(|| key.child(restart as u64)),
                query: x.query(),
                stop: self.stop,
                goal,
                labels,
                targets,
            };
            // The first query was that of the logits at the examples.
            let query = (restart as u64).wrapping_mul(walk.queries()).wrapping_add(1);
            let walk = Boundary { query: x.query().wrapping_add(query), ..walk };
            walk.run(model, x, Live::of(x, open), &mut closest)?;
        }
        Ok(())
    }
}

/// The logits at the examples, and the classes they say.
pub(super) fn clean_logits<M: Differentiable + ?Sized>(
    model: &M,
    x: Batch<'_>,
) -> Result<(Table, Vec<usize>), AttackError> {
    let (n, mut z) = (x.len(), Table::zeros(x.len(), model.classes()));
    let mut points = Table::zeros(n, x.dim());
    points.first_mut(n).copy_from_slice(x.data());
    logits(model, x, &Live::of(x, 0..n), &points, x.query(), &mut z)?;
    let said = (0..n).map(|row| predicted(z.row(row))).collect();
    Ok((z, said))
}

/// The examples that are walked from: those without their goal, and that nothing within the budget is known of where the first such point is enough.
pub(super) fn open_examples(goal: Goal<'_>, z: &Table, closest: &Closest<'_>, stop: Stop) -> Vec<usize> {
    let open = |row: &usize| {
        !goal.reached(*row, z.row(*row)) && (stop == Stop::Never || closest.size(*row).is_infinite())
    };
    (0..goal.classes().len()).filter(open).collect()
}
