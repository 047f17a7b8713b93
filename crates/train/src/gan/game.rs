//! Both networks of a GAN in training.

use super::alarms;
use super::epoch::GanEpoch;
use super::recipe::GanRecipe;
use crate::TrainError;
use crate::data::{check_data, check_network};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::objective::{Discrimination, generation};
use crate::observe::Current;
use crate::parallel::PART;
use crate::trained::Trained;
use crate::trouble::first_non_finite;
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_models::Gan;
use sparring_nn::{Compiled, Engine, Mode, NnError, OutputRows, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::{Array, Tensor, team};

/// Samples of the fixed noise by which diversity is measured.
const WATCHED: u64 = 128;

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    d_loss: f64,
    g_loss: f64,
    d_real: f64,
    d_fake: f64,
    seen: f64,
}

/// A GAN in training: each step is one of the discriminator and one or two of the generator.
#[derive(Debug)]
pub struct Game<'m> {
    model: &'m mut Gan,
    discriminator: Trained,
    generator: Trained,
    recipe: GanRecipe,
    /// Ids of noise and fakes.
    ids: Vec<u64>,
    fakes: Vec<f32>,
    spread: f64,
    sums: Sums,
}

impl<'m> Game<'m> {
    /// Networks that fit the data, which were checked.
    pub(super) fn new(
        model: &'m mut Gan,
        train: &Split,
        recipe: &GanRecipe,
        settings: &LoopSettings,
    ) -> Result<Self, TrainError> {
        Self::fits(model, train, settings)?;
        let [of_generator, of_discriminator] = recipe.methods();
        let steps = settings.steps_over(train.len()).saturating_mul(recipe.steps.generator());
        let average = recipe.ema.map(|ema| (ema.into(), steps));
        let discriminator = Trained::new(Engine::new(&model.discriminator, of_discriminator), None);
        let mut generator = Trained::new(Engine::new(&model.generator, of_generator), average);
        generator.begin_average();
        let (ids, spread) = ((0..settings.batch as u64).collect(), alarms::spread_of(train));
        let (recipe, fakes, sums) = (recipe.clone(), Vec::new(), Sums::default());
        Ok(Self { model, discriminator, generator, recipe, ids, fakes, spread, sums })
    }
    /// The data are for these networks, which can be trained on them.
    fn fits(model: &Gan, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        if settings.watches() {
            let (field, value) = ("schedule", settings.schedule.to_string());
            let must = "one that needs no figure of an epoch: a GAN's losses do not say how good it is";
            return Err(TrainError::Recipe { field, value, must });
        }
        check_data(train, model.shape())?;
        let batches = (settings.batch, settings.last);
        check_network(&model.generator, train.len(), batches, 1)?;
        // Real examples and as many fakes.
        check_network(&model.discriminator, train.len(), batches, 2)
    }
    /// One step of the discriminator on the `real` examples and as many fakes made from `z`: its loss, and the sums of σ(D(x)) and σ(D(G(z))).
    fn discriminate(
        &mut self,
        real: BatchRows<'_>,
        z: &Tensor,
        key: Key,
        lr: f64,
    ) -> Result<[f64; 3], Failure> {
        let n = z.shape()[0];
        let draw = Randomness { mode: Mode::Train, key: key.named("generator"), ids: &self.ids };
        self.fakes.resize(n * self.generator.engine.compiled().outputs(), 0.0);
        make(&mut self.generator.engine, draw, z, &mut self.fakes);
        let (fakes, dim) = (&self.fakes, self.fakes.len() / n);
        let (draw, share) =
            (Randomness { key: key.named("discriminator"), ids: &[], ..draw }, 1.0 / n as f32);
        let engine = &mut self.discriminator.engine;
        engine.discard();
        let fake = |i: usize, to: &mut [f32]| to.copy_from_slice(&fakes[i * dim..(i + 1) * dim]);
        let params = &self.model.discriminator.params;
        let sums = if engine.spans_batch() {
            // Statistics of real and of generated examples are kept apart, and their masks.
            let draw_fake = Randomness { key: draw.key.named("fake"), ..draw };
            let on_real = engine.gradients(
                n,
                &|i, to: &mut [f32]| real.write(i, to),
                draw,
                &Discrimination { real: n, share },
            );
            engine.accumulate(params)?;
            let on_fake = engine.gradients(n, &fake, draw_fake, &Discrimination { real: 0, share });
            engine.accumulate(params)?;
            [0, 1, 2].map(|i| on_real[i] + on_fake[i])
        } else {
            let row = |i: usize, to: &mut [f32]| match i.checked_sub(n) {
                None => real.write(i, to),
                Some(i) => fake(i, to),
            };
            engine.gradients(2 * n, &row, draw, &Discrimination { real: n, share })
        };
        finite(sums[0])?;
        self.discriminator.update(&self.model.discriminator, lr)?;
        Ok(sums)
    }
    /// One step of the generator against the discriminator as it is; its loss.
    fn generate(&mut self, z: &Tensor, key: Key, lr: f64) -> Result<f64, Failure> {
        let (n, latent) = (z.shape()[0], self.generator.engine.compiled().inputs());
        let share = 1.0 / n as f32;
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&z.as_slice()[i * latent..(i + 1) * latent]);
        let ids = &self.ids[..n];
        let draw = Randomness { mode: Mode::Train, key: key.named("generator"), ids };
        let draw_critic = Randomness { key: key.named("critic"), ..draw };
        let generator = &mut self.generator.engine;
        let loss = if self.discriminator.engine.spans_batch() {
            let (mut loss, critic) = (0.0, &mut self.discriminator.engine);
            generator.gradients_of_batch(n, &row, draw, &mut |fakes, dx| {
                let mut objective =
                    |logits: &[f32], d: &mut [f32]| generation(logits, d, share, |_, l| loss += l);
                critic.pullback_of_batch(fakes, draw_critic, &mut objective, dx);
            });
            loss
        } else {
            let critic = self.discriminator.engine.compiled();
            let objective = |out: &mut OutputRows<'_, f32>| judge_rows(critic, draw_critic, out, share);
            generator.gradients(n, &row, draw, &objective)[0]
        };
        finite(loss)?;
        self.generator.update(&self.model.generator, lr)?;
        Ok(loss)
    }
}

/// Fakes from noise, with batch statistics where the generator takes any.
fn make(generator: &mut Engine, draw: Randomness<'_>, z: &Tensor, fakes: &mut [f32]) {
    if generator.spans_batch() {
        return generator.forward_of_batch(z.as_slice(), draw, fakes);
    }
    let plan = generator.compiled();
    let (latent, dim) = (plan.inputs(), plan.outputs());
    // Each thread also lays down what it has made.
    team::for_each_chunk(fakes, PART * dim, |i, fakes| {
        let rows = i * PART..i * PART + fakes.len() / dim;
        let ids = draw.ids.get(rows.start..).unwrap_or_default();
        plan.forward_with(
            Randomness { ids, ..draw },
            &z.as_slice()[rows.start * latent..rows.end * latent],
            fakes,
        );
    });
}

/// The generator's loss on some fakes and its gradient there, through the discriminator.
fn judge_rows(critic: &Compiled, draw: Randomness<'_>, out: &mut OutputRows<'_, f32>, share: f32) {
    let draw = Randomness { ids: draw.ids.get(out.first..).unwrap_or_default(), ..draw };
    let pull = |fakes: &[f32], dx: &mut [f32], metrics: &mut [[f64; 3]]| {
        let mut loss = |_: usize, logits: &[f32], d: &mut [f32]| {
            generation(logits, d, share, |i, loss| metrics[i] = [loss, 0.0, 0.0]);
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

fn finite(loss: f64) -> Result<(), Failure> {
    if loss.is_finite() { Ok(()) } else { Err(Failure::Loss(loss)) }
}

impl Current<Gan> for Game<'_> {
    fn current(&mut self) -> &Gan {
        self.discriminator.sync(&mut self.model.discriminator);
        self.generator.sync(&mut self.model.generator);
        self.model
    }
    fn state(&mut self) -> LearnerState {
        let of = |name: &str, trained: &Trained, net| {
            let (weights, engine) = trained.state(net);
            (name.to_string(), weights, engine)
        };
        let networks = vec![
            of("generator", &self.generator, &self.model.generator),
            of("discriminator", &self.discriminator, &self.model.discriminator),
        ];
        let Sums { d_loss, g_loss, d_real, d_fake, seen } = self.sums;
        LearnerState { networks, arrays: Vec::new(), sums: vec![d_loss, g_loss, d_real, d_fake, seen] }
    }
}

impl Learner for Game<'_> {
    type Model = Gan;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, train, settings)
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        let model = self.current();
        vec![model.generator.params.clone(), model.discriminator.params.clone()]
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        if let [generator, discriminator] = weights {
            self.generator.give(&mut self.model.generator, generator);
            self.discriminator.give(&mut self.model.discriminator, discriminator);
        }
    }
    fn described(&self) -> String {
        self.recipe.described()
    }
    fn discard(&mut self) {
        self.discriminator.engine.discard();
        self.generator.engine.discard();
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        let n = batch.len();
        let z = self.model.noise(cx.key.named("d noise"), &self.ids[..n]);
        let [d_loss, d_real, d_fake] = self.discriminate(rows, &z, cx.key, cx.lr * self.recipe.d_factor())?;
        let mut g_loss = 0.0;
        for turn in 0..self.recipe.steps.generator() {
            let z = self.model.noise(cx.key.named("g noise").child(turn), &self.ids[..n]);
            g_loss = self.generate(&z, cx.key.named("g step").child(turn), cx.lr)?;
        }
        self.sums.d_loss += d_loss * n as f64;
        self.sums.g_loss += g_loss * n as f64;
        self.sums.d_real += d_real;
        self.sums.d_fake += d_fake;
        self.sums.seen += n as f64;
        Ok(g_loss)
    }
    /// Where the generator on a little noise, or the discriminator on what comes of it, stops being finite.
    fn broken(&self, batch: &mut MiniBatch, _: BatchRows<'_>, cx: &StepContext) -> Option<String> {
        let noise = self.model.noise(cx.key.named("d noise"), &self.ids[..batch.len().min(PART)]);
        let of = |whose: &str, at: String| format!("in the {whose}, {at}");
        let generator = first_non_finite(&self.model.generator, noise.clone()).map(|at| of("generator", at));
        generator.or_else(|| {
            let fake = self.model.generate(noise);
            first_non_finite(&self.model.discriminator, fake).map(|at| of("discriminator", at))
        })
    }
    fn begin_epoch(&mut self) {
        self.sums = Sums::default();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> GanEpoch {
        let Sums { d_loss, g_loss, d_real, d_fake, seen } = std::mem::take(&mut self.sums);
        let watched: Vec<u64> = (0..WATCHED).collect();
        let noise = self.model.noise(Key::new(self.recipe.seed).named("watched"), &watched);
        let samples = self.model.generate(noise);
        let dim = samples.len() / watched.len();
        GanEpoch {
            epoch: done.epoch,
            epochs: done.epochs,
            d_loss: d_loss / seen,
            g_loss: g_loss / seen,
            d_real: d_real / seen,
            d_fake: d_fake / seen,
            diversity: sparring_metrics::mean_pairwise_distance(samples.as_slice(), dim) / self.spread,
            seconds: done.seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let ([g, d], &[d_loss, g_loss, d_real, d_fake, seen]) = (&state.networks[..], &state.sums[..]) else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        let before = self.generator.state(&self.model.generator);
        self.generator.restore(&mut self.model.generator, (&g.1, &g.2))?;
        let discriminator = self.discriminator.restore(&mut self.model.discriminator, (&d.1, &d.2));
        if discriminator.is_err() {
            self.generator.restore(&mut self.model.generator, (&before.0, &before.1))?;
        }
        discriminator?;
        self.sums = Sums { d_loss, g_loss, d_real, d_fake, seen };
        Ok(())
    }
}
