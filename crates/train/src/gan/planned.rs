//! Steps of a GAN run by plans: each network packed once, the generator's gradient taken through the discriminator row by row.

use crate::engine::Failure;
use crate::parallel::{NonFinite, PART};
use sparring_datasets::Rows;
use sparring_losses::{NonSaturating, RowLoss, Side};
use sparring_math::Real;
use sparring_models::Gan;
use sparring_nn::{Plan, Stepper};
use sparring_optim::AnyRule;
use sparring_tensor::{Array, Tensor, team};

/// Both networks in training.
#[derive(Debug)]
pub(super) struct Planned {
    discriminator: Stepper,
    generator: Stepper,
    fakes: Vec<f32>,
}

/// What the discriminator made of a batch, before it learnt from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) loss: f64,
    /// Sums of σ(D(x)) and σ(D(G(z))).
    pub(super) real: f64,
    pub(super) fake: f64,
}

impl Planned {
    /// `None` if one of the networks has no plan.
    pub(super) fn new(model: &Gan, rule: AnyRule) -> Option<Self> {
        Some(Self {
            discriminator: Stepper::new(&model.discriminator, rule)?,
            generator: Stepper::new(&model.generator, rule)?,
            fakes: Vec::new(),
        })
    }
    /// Writes both networks to the model.
    pub(super) fn store(&self, model: &mut Gan) {
        self.discriminator.store(&mut model.discriminator);
        self.generator.store(&mut model.generator);
    }
    /// One step of the discriminator on the `real` examples and as many fakes made from `z`.
    pub(super) fn discriminate(
        &mut self,
        model: &Gan,
        real: Rows<'_>,
        z: &Tensor,
        lr: f64,
    ) -> Result<Verdict, Failure> {
        let (n, dim) = (z.shape()[0], self.generator.plan().outputs());
        self.fakes.resize(n * dim, 0.0);
        let (plan, latent) = (self.generator.plan(), self.generator.plan().inputs());
        // Each thread also lays down what it has made.
        team::for_each_chunk(&mut self.fakes, PART * dim, |i, fakes| {
            let rows = i * PART..i * PART + fakes.len() / dim;
            plan.forward(&z.as_slice()[rows.start * latent..rows.end * latent], fakes);
        });
        let fakes = &self.fakes;
        let row = |i: usize, to: &mut [f32]| match i.checked_sub(n) {
            None => real.write(i, to),
            Some(i) => to.copy_from_slice(&fakes[i * dim..(i + 1) * dim]),
        };
        let share = 1.0 / n as f32;
        let [loss, real, fake] = self.discriminator.gradients(2 * n, row, |head| {
            let from = head.first;
            for (i, (logit, d, tally)) in head.iter().enumerate() {
                let (side, at) = if from + i < n { (Side::Real, 1) } else { (Side::Fake, 2) };
                *tally = [f64::from(NonSaturating.eval(logit, &side, d) * share), 0.0, 0.0];
                tally[at] = Real::sigmoid(f64::from(logit[0]));
                d[0] *= share;
            }
        });
        finite(loss)?;
        self.discriminator.update(&model.discriminator, lr).map_err(Failure::Gradient)?;
        Ok(Verdict { loss, real, fake })
    }
    /// One step of the generator against the discriminator as it is; its loss.
    pub(super) fn generate(&mut self, model: &Gan, z: &Tensor, lr: f64) -> Result<f64, Failure> {
        let (share, critic) = (1.0 / z.shape()[0] as f32, self.discriminator.plan());
        let latent = self.generator.plan().inputs();
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&z.as_slice()[i * latent..(i + 1) * latent]);
        let [loss, ..] = self.generator.gradients(z.shape()[0], row, |head| {
            if let Some((fakes, dy, tallies)) = head.whole() {
                return judge(critic, fakes, dy, tallies, share);
            }
            let mut fakes = Array::<f32>::stale([head.rows * head.cols]);
            let mut dx = Array::<f32>::stale([head.rows * head.cols]);
            let mut tallies = vec![[0.0; 3]; head.rows];
            head.copy_outputs(fakes.as_mut_slice());
            judge(critic, fakes.as_slice(), dx.as_mut_slice(), &mut tallies, share);
            let rows = dx.as_slice().chunks_exact(head.cols).zip(tallies);
            for ((_, dy, to), (dx, tally)) in head.iter().zip(rows) {
                dy.copy_from_slice(dx);
                *to = tally;
            }
        });
        finite(loss)?;
        self.generator.update(&model.generator, lr).map_err(Failure::Gradient)?;
        Ok(loss)
    }
}

/// The generator's loss on each fake and its gradient there, times `share`.
fn judge(critic: &Plan, fakes: &[f32], dx: &mut [f32], tallies: &mut [[f64; 3]], share: f32) {
    let mut loss = |_: usize, logits: &[f32], d: &mut [f32]| {
        let rows = logits.chunks_exact(1).zip(d.chunks_exact_mut(1)).zip(&mut *tallies);
        for ((logit, d), tally) in rows {
            *tally = [f64::from(NonSaturating.eval(logit, &Side::Generator, d) * share), 0.0, 0.0];
            d[0] *= share;
        }
    };
    critic.pullbacks(fakes, 1, &mut loss, dx);
}

fn finite(loss: f64) -> Result<(), Failure> {
    if loss.is_finite() { Ok(()) } else { Err(Failure::Loss(NonFinite { loss, at: None })) }
}
