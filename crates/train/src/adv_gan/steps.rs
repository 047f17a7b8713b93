//! The two halves of a step: the discriminator's and the generator's.

use super::fitting::AdvGanFitting;
use super::perturbation::Shaped;
use super::sums::Sums;
use crate::TrainError;
use crate::learner::{Failure, StepContext, finite};
use sparring_attacks::predicted;
use sparring_datasets::MiniBatch;
use sparring_losses::GanLoss;
use sparring_nn::{Mode, Randomness};
use sparring_oracle::{Batch, OracleError};
use sparring_tensor::Array;

fn refused(e: OracleError) -> Failure {
    TrainError::Data(format!("the target: {e}")).into()
}

impl AdvGanFitting<'_> {
    fn shaped(&self) -> Shaped {
        let threat = self.model.threat();
        Shaped { norm: threat.norm, eps: threat.eps }
    }
    /// The mean of the generator's loss, of these sums.
    pub(super) fn loss(&self, sums: &Sums) -> f64 {
        let (alpha, beta) = (self.recipe.alpha, self.recipe.beta);
        (sums.adversarial + alpha * sums.gan + beta * sums.hinge) / sums.seen
    }
    /// Some examples as the target takes them; a randomised one draws anew at each step.
    pub(super) fn shown<'a>(
        &self,
        x: &'a [f32],
        batch: &'a MiniBatch,
        cx: &StepContext,
    ) -> Result<Batch<'a>, OracleError> {
        let n = x.len() / self.model.shape().iter().product::<usize>();
        Ok(Batch::new(x, self.model.shape(), &batch.ids[..n])?.with_query(cx.step))
    }
    /// The examples with the perturbations of the generator as it is.
    pub(super) fn perturbed(&self, x: &[f32]) -> Vec<f32> {
        let (bounds, shaped) = (self.target.bounds(), self.shaped());
        let dim = self.model.shape().iter().product::<usize>();
        let (mut told, mut adv) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        self.generator.engine.compiled().forward(x, &mut told);
        for ((adv, told), x) in adv.chunks_exact_mut(dim).zip(told.chunks_exact(dim)).zip(x.chunks_exact(dim))
        {
            shaped.delta(told, adv);
            adv.iter_mut().zip(x).for_each(|(adv, x)| *adv = bounds.clip(x + *adv));
        }
        adv
    }
    /// Gradients of the discriminator on the examples as they are and as the generator perturbs them, which wait for its update; its mean loss.
    pub(super) fn discriminate(&mut self, batch: &MiniBatch, cx: &StepContext) -> Result<f64, Failure> {
        let (n, x, adv) = (batch.len(), &batch.x, self.perturbed(&batch.x));
        let (dim, share) = (x.len() / n, 1.0 / n as f32);
        let row = |i: usize, to: &mut [f32]| match i.checked_sub(n) {
            None => to.copy_from_slice(&x[i * dim..(i + 1) * dim]),
            Some(i) => to.copy_from_slice(&adv[i * dim..(i + 1) * dim]),
        };
        let draw = Randomness { mode: Mode::Train, key: cx.key.named("discriminator"), ids: &[] };
        let (of, mut loss) = (self.recipe.loss, 0.0);
        let engine = &mut self.discriminator.engine;
        engine.discard();
        engine.gradients_of_batch(2 * n, &row, draw, &mut |logits, d| {
            let ((real, fake), (d_real, d_fake)) = (logits.split_at(n), d.split_at_mut(n));
            let pairs =
                real.chunks(1).zip(fake.chunks(1)).zip(d_real.chunks_mut(1).zip(d_fake.chunks_mut(1)));
            for ((real, fake), (d_real, d_fake)) in pairs {
                loss += f64::from(of.critic(real, fake, [&mut *d_real, &mut *d_fake])) * f64::from(share);
                d_real[0] *= share;
                d_fake[0] *= share;
            }
        });
        finite(loss)?;
        Ok(loss)
    }
    /// What the discriminator says of the examples as they are, for losses of pairs.
    fn real_logits(&self, x: &[f32], n: usize) -> Vec<f32> {
        let mut logits = vec![0.0; n];
        if GanLoss::<f32>::sided(&self.recipe.loss).is_none() {
            self.discriminator.engine.compiled().forward(x, &mut logits);
        }
        logits
    }
    /// Gradients of the generator through the discriminator and the target, which wait for its update; sums over the examples.
    pub(super) fn generate(&mut self, batch: &MiniBatch, cx: &StepContext) -> Result<Sums, Failure> {
        let (n, x) = (batch.len(), &batch.x);
        let (dim, share) = (x.len() / n, 1.0 / n as f32);
        let (shaped, bounds, real) = (self.shaped(), self.target.bounds(), self.real_logits(x, n));
        let hinge = self.recipe.hinge(&self.model.threat(), dim);
        let [alpha, beta] = [self.recipe.alpha, self.recipe.beta].map(|weight| weight as f32);
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let draw = |of: &str| Randomness { mode: Mode::Train, key: cx.key.named(of), ids: &batch.ids };
        let (mut sums, mut failed) = (Sums { seen: n as f64, ..Sums::default() }, None);
        let (of, critic) = (self.recipe.loss, self.discriminator.engine.compiled());
        let (fooling, towards, classes) = (self.recipe.fooling, self.recipe.towards, self.target.classes());
        let (target, shape) = (self.target, self.model.shape());
        let engine = &mut self.generator.engine;
        engine.discard();
        engine.gradients_of_batch(n, &row, draw("generator"), &mut |told, d_told| {
            let [mut delta, mut adv, mut by_critic, mut by_target] =
                [0; 4].map(|_| Array::<f32>::zeros([n * dim]));
            for (i, delta) in delta.as_mut_slice().chunks_exact_mut(dim).enumerate() {
                shaped.delta(&told[i * dim..(i + 1) * dim], delta);
            }
            let moved = x.iter().zip(delta.as_slice()).map(|(x, d)| bounds.clip(x + d));
            adv.as_mut_slice().iter_mut().zip(moved).for_each(|(adv, moved)| *adv = moved);
            let mut judged = |_: usize, logits: &[f32], d: &mut [f32]| {
                for ((real, fake), d) in real.chunks(1).zip(logits.chunks(1)).zip(d.chunks_mut(1)) {
                    sums.gan += f64::from(of.generator(real, fake, d));
                }
            };
            critic.pullbacks_with(draw("critic"), adv.as_slice(), 1, &mut judged, by_critic.as_mut_slice());
            let mut fooled = |logits: &[f32], d: &mut [f32]| {
                let rows = logits.chunks_exact(classes).zip(d.chunks_exact_mut(classes)).zip(&batch.labels);
                for ((z, dz), &label) in rows {
                    sums.adversarial += f64::from(match towards {
                        None => fooling.away(z, label, dz),
                        Some(class) => fooling.towards(z, class, dz),
                    });
                    let reached = towards.map_or(predicted(z) != label, |class| predicted(z) == class);
                    sums.fooled += f64::from(u8::from(reached));
                }
            };
            let asked = Batch::new(adv.as_slice(), shape, &batch.ids).map(|b| b.with_query(cx.step));
            let pulled = asked.and_then(|b| target.pullback(b, &mut fooled, by_target.as_mut_slice()));
            if let Err(e) = pulled {
                failed = Some(e);
                return d_told.fill(0.0);
            }
            let mut d_delta = vec![0.0; dim];
            for (i, d_told) in d_told.chunks_exact_mut(dim).enumerate() {
                let at = i * dim..(i + 1) * dim;
                let (delta, x) = (&delta.as_slice()[at.clone()], &x[at.clone()]);
                sums.hinge += f64::from(hinge.eval(delta, &mut d_delta));
                sums.size += delta.iter().map(|&d| f64::from(d) * f64::from(d)).sum::<f64>().sqrt();
                let pulls = by_critic.as_slice()[at.clone()].iter().zip(&by_target.as_slice()[at.clone()]);
                for (((d, by), delta), x) in d_delta.iter_mut().zip(pulls).zip(delta).zip(x) {
                    // What the box cuts off has no gradient.
                    let passes = if bounds.clip(x + delta) == x + delta { 1.0 } else { 0.0 };
                    *d = share * (beta * *d + passes * (alpha * by.0 + by.1));
                }
                shaped.pull(&told[at], &d_delta, d_told);
            }
        });
        if let Some(e) = failed {
            return Err(refused(e));
        }
        finite(self.loss(&sums))?;
        Ok(sums)
    }
}
