//! N-FGSM: one step from a noisy start, kept as it falls.
//!
//! noise    η uniform in (−k·ε, k·ε) for each pixel
//! example  clip(x + η + α · steepest(∇ loss(x + η, y)), box); α = ε, steepest = sign, loss = log-odds, whose gradient
//!          is that of cross-entropy in direction, but does not vanish where the net is certain
//! source   de Jorge et al. 2022, arXiv:2202.01181 (k = 2)
//!
//! The example is not brought back into the ball, so it lies up to (k + 1)·ε away: it is for training, never for evaluation, and therefore no
//! member of the attacks that an evaluation may use.

use super::contract::{BUDGET, Defense, Hyperparameters, LENGTH, WARM_UP, inner_attack, ramp};
use super::plan::Plan;
use serde::{Deserialize, Serialize};
use sparring_attacks::{
    AnyNorm, Attack, AttackError, AttackInfo, Goal, Linf, Norm as _, Settings, Threat, check_input,
};
use sparring_losses::{LogOdds, RowLoss};
use sparring_math::named::Range;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;
use sparring_tensor::Array;

/// One FGSM step of `step_size` from a noisy start; the result is not projected onto the ball.
///
/// Source: de Jorge et al. 2022, arXiv:2202.01181.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NFgsm {
    /// Budget in L-inf.
    pub eps: f32,
    /// The noise is uniform in the ball of this many times eps; the paper's is 2.
    pub noise: f32,
    /// Length of the step; the paper's is eps.
    pub step_size: f32,
    /// Fraction of the training over which the budget (noise and step with it) grows from 0 to eps.
    pub warm_up: f64,
}

impl NFgsm {
    /// The paper's noise and step, the budget growing over the first half of the training.
    pub fn new(eps: f32) -> Self {
        Self { eps, noise: 2.0, step_size: eps, warm_up: 0.5 }
    }
}

impl Default for NFgsm {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    NFgsm: "n-fgsm", [], "de Jorge et al. 2022, arXiv:2202.01181";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    noise: Range::from_to(0.0, 10.0), "noise at the start, in multiples of eps";
    step_size: LENGTH, "length of a step, in pixels of [0, 1]", follows "eps";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("step_size") {
                self.step_size = self.eps;
            }
        }
    }
}

impl Defense for NFgsm {
    const ABOUT: &'static str =
        "one step of eps from noise of 2 eps, not projected, eps growing over the first half";
    const WORTH: &'static str = "cheap, steady and weak: 22 to 28 % on mnist-10k, 36 to 44 % on mnist";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        let share = ramp(progress, self.warm_up);
        Plan::adversarial(
            NoisyStep { noise: self.noise, step_size: share * self.step_size },
            share * self.eps,
        )
    }
    fn hyperparameters(&self) -> Hyperparameters {
        // At the rate of FGSM-RS it overfits to its step on 60,000 images.
        Hyperparameters { lr: 1e-3, ..Hyperparameters::one_cycle() }
    }
}

/// The perturbation of a training step.
#[derive(Clone, Copy, Debug)]
struct NoisyStep {
    /// The noise reaches this many times eps.
    noise: f32,
    /// Length of the step, in units of the input.
    step_size: f32,
}

const INFO: AttackInfo =
    inner_attack::<NFgsm>(&[AnyNorm::Linf], "noise of 2 eps, one step of eps, no projection onto the ball");

impl<M: Differentiable + ?Sized> Attack<M> for NoisyStep {
    fn about(&self) -> &'static AttackInfo {
        &INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("noise", self.noise.to_string()), ("step_size", self.step_size.to_string())];
        Settings { steps: 1, restarts: 1, others, walk: None }
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
        for (i, out) in out.chunks_exact_mut(dim).enumerate() {
            Linf.uniform(&mut key.rng(x.ids()[i]), self.noise * threat.eps, out);
            out.iter_mut().zip(x.row(i)).for_each(|(o, x)| *o += x);
        }
        let [mut grad, mut steepest] = [0; 2].map(|_| Array::<f32>::stale([out.len()]));
        let (grad, steepest) = (grad.as_mut_slice(), steepest.as_mut_slice());
        let (labels, sign) = (goal.classes(), goal.sign());
        let mut cotangent = |logits: &[f32], d_logits: &mut [f32]| {
            let rows = logits.chunks_exact(classes).zip(d_logits.chunks_exact_mut(classes));
            for ((z, dz), label) in rows.zip(labels) {
                LogOdds.eval(z, label, dz);
                dz.iter_mut().for_each(|d| *d *= sign);
            }
        };
        model.pullback(Batch::new(out, x.shape(), x.ids())?, &mut cotangent, grad)?;
        Linf.steepest(grad, steepest);
        for (o, s) in out.iter_mut().zip(&*steepest) {
            *o = bounds.clip(*o + self.step_size * s);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_oracle::{Bounds, Classifier, OracleError};

    /// Logits w·x and −w·x.
    struct Line([f32; 4]);
    impl Classifier for Line {
        fn shape(&self) -> [usize; 3] {
            [1, 1, 4]
        }
        fn classes(&self) -> usize {
            2
        }
        fn bounds(&self) -> Bounds {
            Bounds::UNIT
        }
        fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
            for (i, out) in out.chunks_exact_mut(2).enumerate() {
                let z: f32 = x.row(i).iter().zip(self.0).map(|(x, w)| x * w).sum();
                out.copy_from_slice(&[z, -z]);
            }
            Ok(())
        }
    }
    impl Differentiable for Line {
        fn pullback(
            &self,
            x: Batch<'_>,
            cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
            grad: &mut [f32],
        ) -> Result<(), OracleError> {
            let (mut z, mut dz) = (vec![0.0; 2 * x.len()], vec![0.0; 2 * x.len()]);
            self.logits(x, &mut z)?;
            cotangent(&z, &mut dz);
            for (g, dz) in grad.chunks_exact_mut(4).zip(dz.chunks_exact(2)) {
                g.iter_mut().zip(self.0).for_each(|(g, w)| *g = w * (dz[0] - dz[1]));
            }
            Ok(())
        }
    }

    #[test]
    fn the_example_is_noise_and_one_step_cut_to_the_box_alone() {
        for scale in [1.0, 1e3] {
            of_a_line(Line([2.0, -1.0, 0.0, 3.0].map(|w| scale * w)));
        }
    }

    /// The net times 1000 is certain of every example, and cross-entropy flat.
    fn of_a_line(model: Line) {
        let (pixels, ids, labels, key) =
            ([0.5_f32, 0.5, 0.5, 0.02].repeat(40), (0..40).collect::<Vec<u64>>(), [0; 40], Key::new(3));
        let (attack, eps) = (NoisyStep { noise: 2.0, step_size: 0.1 }, 0.1);
        let x = Batch::new(&pixels, [1, 1, 4], &ids).unwrap();
        let mut out = vec![9.0; pixels.len()];
        let threat = Threat::linf(eps).unwrap();
        attack.perturb(&model, x, Goal::Untargeted(&labels), &threat, key, &mut out).unwrap();
        let mut beyond = 0;
        for (i, out) in out.chunks_exact(4).enumerate() {
            let mut noise = [0.0; 4];
            key.rng(i as u64).fill_uniform_in(-0.2, 0.2, &mut noise);
            // The loss of class 0 rises against w; where the gradient is zero only the noise is left.
            for (j, direction) in [-1.0, 1.0, 0.0, -1.0].into_iter().enumerate() {
                let want = (pixels[4 * i + j] + noise[j] + 0.1 * direction).clamp(0.0, 1.0);
                assert!((out[j] - want).abs() < 1e-6, "{i} {j}: {} {want}", out[j]);
                beyond += usize::from((out[j] - pixels[4 * i + j]).abs() > eps + 1e-6);
            }
        }
        assert!(beyond > 40, "nothing brings it back into the ball: {beyond}");
    }
}
