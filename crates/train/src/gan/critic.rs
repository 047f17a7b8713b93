//! A step of the discriminator.

use super::game::{Game, make};
use super::penalty::{self, Points};
use super::recipe::GanSteps;
use super::shown::{Shown, laid};
use crate::learner::{Failure, StepContext, finite};
use crate::objective::{Discrimination, ToldClasses};
use sparring_datasets::BatchRows;
use sparring_losses::GanLoss;
use sparring_math::Real;
use sparring_nn::{Mode, Randomness};
use sparring_tensor::{Array, Tensor};

/// What a step of the discriminator found: its mean loss without the penalties, the sums of σ(D(x)) and σ(D(G(z))) over rows, the penalties.
pub(super) struct Discriminated {
    pub loss: f64,
    pub real: f64,
    pub fake: f64,
    pub penalty: f64,
    /// Real rows; as many are generated.
    pub rows: usize,
}

impl Game<'_> {
    /// Gradients of the discriminator on the `real` examples, which are of the classes `labels`, and as many fakes made from `z`; they wait for its update.
    pub(super) fn discriminate(
        &mut self,
        (real, labels): (BatchRows<'_>, &[usize]),
        z: &Tensor,
        cx: &StepContext,
    ) -> Result<Discriminated, Failure> {
        let (n, key) = (z.shape()[0], cx.key);
        let draw = Randomness { mode: Mode::Train, key: key.named("generator"), ids: &self.ids };
        self.fakes.resize(n * self.generator.engine.compiled().outputs(), 0.0);
        make(&mut self.generator.engine, draw, z, &mut self.fakes);
        let (fakes, dim) = (&self.fakes, self.fakes.len() / n);
        let (rows, noise) = (n / self.model.spec().form.pack, self.noise(cx));
        let draw = Randomness { key: key.named("discriminator"), ids: &[], ..draw };
        let shown = |of: &str| Shown { model: self.model, labels, noise, key: key.named(of) };
        let (on_real, on_fake) = (shown("noise on real"), shown("noise on fakes"));
        let is_plain = self.model.spec().form.is_plain() && noise == 0.0;
        let fake_example = |i: usize, to: &mut [f32]| to.copy_from_slice(&fakes[i * dim..(i + 1) * dim]);
        let real_row = |j: usize, to: &mut [f32]| match is_plain {
            true => real.write(j, to),
            false => on_real.write(j, &|i, to| real.write(i, to), to),
        };
        let fake_row = |j: usize, to: &mut [f32]| match is_plain {
            true => fake_example(j, to),
            false => on_fake.write(j, &fake_example, to),
        };
        let conditioning = self.model.spec().form.conditioning;
        let classes = ToldClasses { conditioning, labels, weight: self.recipe.class_weight };
        let (loss, share) = (self.recipe.loss, 1.0 / rows as f32);
        let objective = Discrimination { real: rows, share, loss, classes };
        let (engine, params) = (&mut self.discriminator.engine, &self.model.discriminator.params);
        let draw_fake = Randomness { key: draw.key.named("fake"), ..draw };
        engine.discard();
        let both_rows = |j: usize, to: &mut [f32]| match j.checked_sub(rows) {
            None => real_row(j, to),
            Some(j) => fake_row(j, to),
        };
        let is_sided = GanLoss::<f32>::sided(&loss).is_some();
        let seen = engine.compiled().inputs();
        let sums = match (is_sided, engine.spans_batch()) {
            (true, false) => engine.gradients(2 * rows, &both_rows, draw, &objective),
            // Statistics of real and of generated examples are kept apart, and their masks.
            (true, true) => {
                let on_real = engine.gradients(rows, &real_row, draw, &objective);
                engine.accumulate(params)?;
                let on_fake = Discrimination { real: 0, ..objective };
                let on_fake = engine.gradients(rows, &fake_row, draw_fake, &on_fake);
                engine.accumulate(params)?;
                [0, 1, 2].map(|i| on_real[i] + on_fake[i])
            }
            (false, false) => {
                let mut sums = [0.0; 3];
                engine.gradients_of_batch(2 * rows, &both_rows, draw, &mut |outputs, d| {
                    let ((real, fake), at) = (outputs.split_at(outputs.len() / 2), d.len() / 2);
                    let (d_real, d_fake) = d.split_at_mut(at);
                    sums = pairs(&objective, [real, fake], [d_real, d_fake]);
                });
                sums
            }
            (false, true) => {
                let fake = laid(rows, seen, &fake_row);
                let outputs = engine.compiled().outputs();
                let [mut at_fake, mut pulled] = [0; 2].map(|_| Array::<f32>::zeros([rows * outputs]));
                engine.forward_of_batch(fake.as_slice(), draw_fake, at_fake.as_mut_slice());
                let mut sums = [0.0; 3];
                engine.gradients_of_batch(rows, &real_row, draw, &mut |real, d_real| {
                    sums = pairs(&objective, [real, at_fake.as_slice()], [d_real, pulled.as_mut_slice()]);
                });
                engine.accumulate(params)?;
                engine.gradients_of_batch(rows, &fake_row, draw_fake, &mut |_, d| {
                    d.copy_from_slice(pulled.as_slice());
                });
                engine.accumulate(params)?;
                sums
            }
        };
        finite(sums[0])?;
        let is_due = !self.recipe.penalties.is_empty() && cx.step.is_multiple_of(self.recipe.penalty_every);
        let laid = is_due.then(|| [laid(rows, seen, &real_row), laid(rows, seen, &fake_row)]);
        let mut penalty = 0.0;
        // The generator's step goes through the same engine.
        let waits = is_due || self.recipe.steps == GanSteps::Simultaneous;
        if waits && !engine.spans_batch() {
            engine.accumulate(params)?;
        }
        if let Some([real, fake]) = laid {
            self.discriminator.store(&mut self.model.discriminator);
            let points =
                Points { real: real.as_slice(), fake: fake.as_slice(), labels, key: key.named("penalties") };
            let weight = self.recipe.penalty_every as f32;
            let (value, found) = penalty::gradients(self.model, &self.recipe.penalties, &points, weight);
            finite(value)?;
            let found = found.iter().map(|(id, g)| (*id, g.as_slice()));
            self.discriminator.engine.accumulate_with(&self.model.discriminator.params, found)?;
            penalty = value;
        }
        Ok(Discriminated { loss: sums[0], real: sums[1], fake: sums[2], penalty, rows })
    }
}

/// The loss of pairs and the sums of σ(D(x)) and σ(D(G(z))), from what the discriminator says of the real and the generated example of each; gradients are overwritten.
fn pairs(of: &Discrimination<'_>, [real, fake]: [&[f32]; 2], [d_real, d_fake]: [&mut [f32]; 2]) -> [f64; 3] {
    let cols = real.len() / of.real;
    let rows = real.chunks_exact(cols).zip(fake.chunks_exact(cols));
    let gradients = d_real.chunks_exact_mut(cols).zip(d_fake.chunks_exact_mut(cols));
    let mut sums = [0.0; 3];
    for (j, ((real, fake), (d_real, d_fake))) in rows.zip(gradients).enumerate() {
        let [c_real, c_fake] = [real, fake].map(|outputs| of.classes.logit(j, outputs));
        let [mut by_real, mut by_fake] = [[0.0]; 2];
        let mut loss = of.loss.critic(&[c_real], &[c_fake], [&mut by_real, &mut by_fake]);
        loss += of.classes.pull(j, real, by_real[0], d_real);
        loss += of.classes.pull(j, fake, by_fake[0], d_fake);
        d_real.iter_mut().chain(d_fake).for_each(|d| *d *= of.share);
        let found =
            [f64::from(loss * of.share), Real::sigmoid(f64::from(c_real)), Real::sigmoid(f64::from(c_fake))];
        sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
    }
    sums
}
