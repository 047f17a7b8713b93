//! PDPGD, primal-dual proximal gradient descent: one weight between size and goal for each example, learnt beside the point.
//!
//! point    δ ← box of the proximal map of μ ‖·‖ after a step of Adam on softplus(z_y − max z_i), by at most 5 fixed-point steps in Adam's own metric;
//!          μ = λ₀/λ₁ · step / the largest of Adam's scales
//! weight   ln(λ₁/λ₀) rises while the goal is not reached and falls while it is; λ is a running mean of their shares
//! maps     L1 soft threshold; L2 (1 − μ/‖δ‖)₊ δ; L∞ δ − μ · (nearest point of the L1 ball of radius 1 to δ/μ); L0 that of ‖·‖_{2/3}
//! source   Matyasko and Chau 2021, arXiv:2106.01538; proximal Adam: Melchior et al. 2019, arXiv:1910.10094
//!
//! Values and order are those of adv-lib. In L0 the authors prefer the map of the 2/3 norm to that of L0 itself. L2 is by its proximal map too; their PDGD, which takes its
//! gradient, is another attack.

use crate::ascent::LENGTH;
use crate::nearest::Nearest;
use crate::prox::proximal;
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, L2, Norm as _, Settings, Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Proximal steps under a weight between size and goal that is learnt with the point.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Pdpgd {
    /// Gradient steps.
    pub steps: usize,
    /// Adam's first step size; it falls to a hundredth, evenly in its logarithm.
    pub step_size: f32,
    /// The first step of the weight's logarithm; it falls to a tenth, evenly.
    pub dual_rate: f32,
    /// The first weight of the size against the goal.
    pub ratio: f32,
    /// What the running mean of the weights keeps of itself.
    pub memory: f32,
}

impl Default for Pdpgd {
    /// adv-lib's, of the paper: 500 steps from 0.1 to 0.001, weights from 0.01 by steps from 0.1 to 0.01, memory 0.9.
    fn default() -> Self {
        Self { steps: 500, step_size: 0.1, dual_rate: 0.1, ratio: 0.01, memory: 0.9 }
    }
}

sparring_math::named! {
    Pdpgd: "pdpgd", [], "Matyasko and Chau 2021, arXiv:2106.01538";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "Adam's first step size";
    dual_rate: LENGTH, "the first step of the weight's logarithm";
    ratio: Range::between(0.0, 1.0), "the first weight of the size against the goal";
    memory: Range::from_to_below(0.0, 1.0), "what the running mean of the weights keeps of itself";
}

impl Pdpgd {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: AnyNorm::ALL,
        defaults: "500 proximal steps of Adam, the weight of the goal by the sign of the margin",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Pdpgd {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("dual_rate", self.dual_rate.to_string()),
            ("ratio", self.ratio.to_string()),
            ("memory", self.memory.to_string()),
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
        let (bounds, mut adam) = (model.bounds(), search.adam());
        let mut weights = vec![Dual::new(self.ratio); x.len()];
        let zeros = || vec![0.0_f32; x.dim()];
        let (mut stepped, mut z, mut before, mut scales) = (zeros(), zeros(), zeros(), zeros());
        for step in 0..self.steps {
            search.look(step)?;
            let done = step as f64 / self.steps as f64;
            let rate = self.step_size * 0.01_f64.powf(done) as f32;
            let left = (self.steps - 1 - step) as f64 / (self.steps - 1).max(1) as f64;
            let dual_rate = f64::from(self.dual_rate) * (0.1 + 0.9 * left);
            search.each(|c| {
                // d softplus(−value) = −sigmoid(−value) ∇value.
                let pull = 1.0 / (1.0 + c.value.exp());
                c.grad.iter_mut().for_each(|g| *g *= -pull);
                adam.direct(c.k, step + 1, c.grad);
                for (((s, &p), &g), &x) in stepped.iter_mut().zip(&*c.point).zip(&*c.grad).zip(c.x) {
                    *s = bounds.clip(p - rate * g) - x;
                }
                scales.iter_mut().zip(adam.scales(c.k, step + 1)).for_each(|(s, v)| *s = v);
                let largest = scales.iter().fold(0.0_f32, |m, &s| m.max(s));
                let weight = &mut weights[c.row];
                let mu = weight.ratio() as f32 * (rate / largest);
                z.copy_from_slice(&stepped);
                for _ in 0..PROXIMAL_STEPS {
                    before.copy_from_slice(&z);
                    for ((z, &s), &scale) in z.iter_mut().zip(&stepped).zip(&scales) {
                        *z -= scale / largest * (*z - s);
                    }
                    proximal(threat.norm, mu, &mut z);
                    z.iter_mut().zip(c.x).for_each(|(z, &x)| *z = bounds.clip(x + *z) - x);
                    before.iter_mut().zip(&z).for_each(|(b, z)| *b = z - *b);
                    // Not a number where everything is 0: the end, too.
                    let change = L2.size(&before) / L2.size(&z);
                    if change.is_nan() || change <= CONVERGED {
                        break;
                    }
                }
                c.point.iter_mut().zip(&z).zip(c.x).for_each(|((p, z), &x)| *p = bounds.clip(x + z));
                weight.learn(c.value, dual_rate, f64::from(self.memory));
            });
        }
        Ok(())
    }
}

/// Fixed-point steps of the proximal map at most, and the relative change at which they end.
const PROXIMAL_STEPS: usize = 5;
const CONVERGED: f64 = 1e-2;
/// The logarithm of how far the weights may be apart: ln 10⁶.
const MOST: f64 = 13.815_510_557_964_274;

/// The weights of size and goal of an example: the logarithm of their ratio, and the running mean of both.
#[derive(Clone, Copy, Debug)]
struct Dual {
    log: f64,
    mean: [f64; 2],
}

impl Dual {
    fn new(ratio: f32) -> Self {
        let log = -f64::from(ratio).ln();
        Self { log, mean: shares(log) }
    }
    fn ratio(&self) -> f64 {
        self.mean[0] / self.mean[1]
    }
    fn learn(&mut self, value: f32, rate: f64, memory: f64) {
        let sign = f64::from(i8::from(value < 0.0) - i8::from(value > 0.0));
        self.log = (self.log + rate * sign).clamp(-MOST, MOST);
        for (mean, new) in self.mean.iter_mut().zip(shares(self.log)) {
            *mean += (1.0 - memory) * (new - *mean);
        }
    }
}

/// The softmax of (0, log).
fn shares(log: f64) -> [f64; 2] {
    let goal = 1.0 / (1.0 + (-log).exp());
    [1.0 - goal, goal]
}
