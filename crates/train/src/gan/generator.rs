//! A step of the generator, through the discriminator as it is.

use super::game::Game;
use super::shown::{Shown, laid};
use crate::learner::{Failure, StepContext, finite};
use crate::objective::{Generation, ToldClasses};
use sparring_datasets::BatchRows;
use sparring_losses::GanLoss;
use sparring_nn::{Compiled, Mode, OutputRows, Randomness};
use sparring_seed::Key;
use sparring_tensor::{Array, Tensor};

impl Game<'_> {
    /// Gradients of the generator on examples made from `z`, of the classes `labels`; they wait for its update. The `real` examples are read by losses of pairs.
    pub(super) fn generate(
        &mut self,
        (real, labels): (BatchRows<'_>, &[usize]),
        z: &Tensor,
        (key, cx): (Key, &StepContext),
    ) -> Result<f64, Failure> {
        let (n, form) = (z.shape()[0], self.model.spec().form);
        let (inputs, rows) = (self.generator.engine.compiled().inputs(), n / form.pack);
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&z.as_slice()[i * inputs..(i + 1) * inputs]);
        let ids = &self.ids[..n];
        let draw = Randomness { mode: Mode::Train, key: key.named("generator"), ids };
        let draw_critic = Randomness { key: key.named("critic"), ..draw };
        let noise = self.noise(cx);
        let shown = |of: &str| Shown { model: self.model, labels, noise, key: key.named(of) };
        let (on_real, on_fake) = (shown("noise on real"), shown("noise on fakes"));
        let (generator, critic) = (&mut self.generator.engine, &mut self.discriminator.engine);
        let (seen, outputs) = (critic.compiled().inputs(), critic.compiled().outputs());
        let at_once = if critic.spans_batch() { rows } else { self.rows_at_once };
        let is_sided = GanLoss::<f32>::sided(&self.recipe.loss).is_some();
        let mut logits = Vec::new();
        let classes =
            ToldClasses { conditioning: form.conditioning, labels, weight: self.recipe.class_weight };
        if !is_sided {
            let shown = laid(rows, seen, &|j, to| on_real.write(j, &|i, to| real.write(i, to), to));
            let mut found = Array::<f32>::zeros([rows * outputs]);
            let x = shown.as_slice().chunks(at_once * seen).enumerate();
            for ((i, x), found) in x.zip(found.as_mut_slice().chunks_mut(at_once * outputs)) {
                critic.forward_of_batch(x, draw_critic.starting_at(i * at_once), found);
            }
            let found = found.as_slice().chunks_exact(outputs).enumerate();
            logits.extend(found.map(|(j, outputs)| classes.logit(j, outputs)));
        }
        let share = 1.0 / rows as f32;
        let objective = Generation { loss: self.recipe.loss, classes, outputs, real: &logits, share };
        let is_plain = form.is_plain() && noise == 0.0 && is_sided && !critic.spans_batch();
        let loss = if is_plain {
            let critic = critic.compiled();
            let judge = |out: &mut OutputRows<'_, f32>| judge_rows(critic, draw_critic, out, &objective);
            generator.gradients(n, &row, draw, &judge)[0]
        } else {
            let mut loss = 0.0;
            generator.gradients_of_batch(n, &row, draw, &mut |fakes, d_fakes| {
                let dim = fakes.len() / n;
                let example = |i: usize, to: &mut [f32]| to.copy_from_slice(&fakes[i * dim..(i + 1) * dim]);
                let shown = laid(rows, seen, &|j, to| on_fake.write(j, &example, to));
                let mut d_shown = Array::<f32>::zeros([rows * seen]);
                let x = shown.as_slice().chunks(at_once * seen).enumerate();
                for ((i, x), dx) in x.zip(d_shown.as_mut_slice().chunks_mut(at_once * seen)) {
                    let first = i * at_once;
                    let mut at = |outputs: &[f32], d: &mut [f32]| {
                        objective.at_outputs(first, outputs, d, |_, l| loss += l);
                    };
                    critic.pullback_of_batch(x, draw_critic.starting_at(first), &mut at, dx);
                }
                on_fake.pull(d_shown.as_slice(), d_fakes);
            });
            loss
        };
        finite(loss)?;
        Ok(loss)
    }
}

/// The generator's loss on some fakes and its gradient there, through the discriminator.
fn judge_rows(
    critic: &Compiled,
    draw: Randomness<'_>,
    out: &mut OutputRows<'_, f32>,
    objective: &Generation<'_>,
) {
    let (draw, first) = (draw.starting_at(out.first), out.first);
    let pull = |fakes: &[f32], dx: &mut [f32], metrics: &mut [[f64; 3]]| {
        let mut loss = |_: usize, outputs: &[f32], d: &mut [f32]| {
            objective.at_outputs(first, outputs, d, |i, loss| metrics[i] = [loss, 0.0, 0.0]);
        };
        critic.pullbacks_with(draw, fakes, 1, &mut loss, dx);
    };
    if let Some((fakes, dy, metrics)) = out.whole() {
        return pull(fakes, dy, metrics);
    }
    let [mut fakes, mut dx] = [0; 2].map(|_| Array::<f32>::stale([out.rows * out.cols]));
    let mut found = vec![[0.0; 3]; out.rows];
    out.copy_outputs(fakes.as_mut_slice());
    pull(fakes.as_slice(), dx.as_mut_slice(), &mut found);
    let rows = dx.as_slice().chunks_exact(out.cols).zip(found);
    for ((_, dy, metrics), (dx, found)) in out.iter().zip(rows) {
        dy.copy_from_slice(dx);
        *metrics = found;
    }
}

#[cfg(test)]
mod tests {
    use super::super::game::ROWS;
    use super::*;
    use crate::{GanRecipe, Quiet, Session};
    use sparring_datasets::Mnist;
    use sparring_losses::{AnyGanLoss, NonSaturating, Relativistic};
    use sparring_models::{Arch, Gan};

    /// The generator's weights after a few steps, with so many rows at a time.
    fn trained(arch: &str, loss: AnyGanLoss, rows_at_once: usize) -> Vec<u32> {
        let train = Mnist::embedded().train.first(40);
        let spec = arch.parse::<Arch>().unwrap().gan().unwrap();
        let mut model = Gan::new(spec, (0.0, 1.0), Key::new(1)).unwrap();
        let recipe = GanRecipe { epochs: 2, batch: 20, loss, instance_noise: 0.1, ..GanRecipe::default() };
        let settings = recipe.settings().over(&train);
        let mut game = Game::new(&mut model, &train, &recipe, &settings).unwrap();
        game.rows_at_once = rows_at_once;
        Session::new(game, &train, settings).unwrap().run(&mut Quiet).unwrap();
        let params = model.generator.params.iter();
        params.flat_map(|p| p.value.as_slice().iter().map(|w| w.to_bits()).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn no_bit_depends_on_the_rows_at_a_time() {
        let small = "dcgan(width=2, latent=4, discriminator_norm=";
        for arch in [
            format!("{small}none, pack=2)"),
            format!("{small}spectral, conditioning=auxiliary)"),
            "gan".into(),
        ] {
            for loss in [AnyGanLoss::from(NonSaturating::default()), Relativistic.into()] {
                let whole = trained(&arch, loss, ROWS);
                assert!(trained(&arch, loss, 3) == whole, "{arch} {loss}");
            }
        }
    }
}
