//! The attack of TRADES and MART: projected ascent from a little noise around the example, the network in evaluation mode.
//!
//! start    x + 0.001 N(0, 1), cut to nothing
//! step     box ∩ ball of (x' + α · steepest(∇ L(x')))

use sparring_attacks::{Attack, AttackError, AttackInfo, Goal, Settings, Threat, check_input};
use sparring_losses::{KlDivergence, LogOdds, RowLoss};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;
use sparring_tensor::Array;

/// What is climbed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Climbed {
    /// KL(f(x) ‖ f(x')); labels are not looked at.
    Divergence,
    /// The cross-entropy, by the log-odds, whose gradient has its direction and does not vanish where the network is certain.
    CrossEntropy,
}

/// Projected ascent from noise.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoisyAscent {
    pub steps: usize,
    pub step_size: f32,
    pub climbs: Climbed,
    pub about: &'static AttackInfo,
}

/// Standard deviation of the start: at x itself the gradient of the divergence is 0.
const START: f64 = 1e-3;

impl<M: Differentiable + ?Sized> Attack<M> for NoisyAscent {
    fn about(&self) -> &'static AttackInfo {
        self.about
    }
    fn settings(&self) -> Settings {
        let others = vec![("step_size", self.step_size.to_string())];
        Settings { steps: self.steps, restarts: 1, others, walk: None }
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
        check_input(model, x, goal, out)?;
        let (dim, classes, bounds) = (x.dim(), model.classes(), model.bounds());
        let (labels, sign, norm) = (goal.classes(), goal.sign(), threat.norm.get());
        let diverges = matches!(self.climbs, Climbed::Divergence);
        let mut clean = Array::<f32>::stale([if diverges { x.len() * classes } else { 0 }]);
        let clean = clean.as_mut_slice();
        if diverges {
            model.logits(x, clean)?;
        }
        for (i, out) in out.chunks_exact_mut(dim).enumerate() {
            let mut rng = key.rng(x.ids()[i]);
            out.iter_mut().zip(x.row(i)).for_each(|(o, x)| *o = x + (START * rng.normal()) as f32);
        }
        let mut grad = Array::<f32>::stale([out.len()]);
        let grad = grad.as_mut_slice();
        for _ in 0..self.steps {
            let mut cotangent = |logits: &[f32], d_logits: &mut [f32]| {
                let moved = logits.chunks_exact(classes).zip(d_logits.chunks_exact_mut(classes));
                for (i, (z, dz)) in moved.enumerate() {
                    if diverges {
                        let clean = &clean[i * classes..(i + 1) * classes];
                        KlDivergence.each(clean, z, |i, [_, at_z]| dz[i] = at_z);
                    } else {
                        LogOdds.eval(z, &labels[i], dz);
                        dz.iter_mut().for_each(|d| *d *= sign);
                    }
                }
            };
            model.pullback(Batch::new(out, x.shape(), x.ids())?, &mut cotangent, grad)?;
            for (i, (out, grad)) in out.chunks_exact_mut(dim).zip(grad.chunks_exact(dim)).enumerate() {
                norm.step(x.row(i), grad, self.step_size, threat.eps, bounds, out);
            }
        }
        Ok(())
    }
}
