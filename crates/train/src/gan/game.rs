//! Both networks of a GAN in training.

use super::alarms;
use super::epoch::GanEpoch;
use super::recipe::{GanRecipe, GanSteps};
use super::shown::Shown;
use crate::TrainError;
use crate::data::{check_data, check_network, pixels};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::members::{Member, Members};
use crate::observe::Current;
use crate::parallel::PART;
use crate::trained::Trained;
use crate::trouble::first_non_finite;
use sparring_autograd::Tape;
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_models::Gan;
use sparring_nn::{Cx, Engine, NnError, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::{Array, Tensor, team};

/// Samples of the fixed noise by which diversity is measured.
const WATCHED: u64 = 128;

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    d_loss: f64,
    g_loss: f64,
    /// Rows that the discriminator saw, real ones.
    d_seen: f64,
    d_real: f64,
    d_fake: f64,
    penalty: f64,
    /// Real examples.
    seen: f64,
    /// Those beside which the generator had its turn.
    g_seen: f64,
}

impl Sums {
    fn array(&self) -> [f64; 8] {
        let Self { d_loss, g_loss, d_seen, d_real, d_fake, penalty, seen, g_seen } = *self;
        [d_loss, g_loss, d_seen, d_real, d_fake, penalty, seen, g_seen]
    }
    fn of(sums: &[f64]) -> Option<Self> {
        let &[d_loss, g_loss, d_seen, d_real, d_fake, penalty, seen, g_seen] = sums else { return None };
        Some(Self { d_loss, g_loss, d_seen, d_real, d_fake, penalty, seen, g_seen })
    }
}

/// Rows that a discriminator whose layers see each by itself takes at a time: what lies between its layers is held for so many, not for a batch as long as the set.
pub(super) const ROWS: usize = 1024;

/// A GAN in training: each step is one of the discriminator and one or two of the generator.
#[derive(Debug)]
pub struct Game<'m> {
    pub(super) model: &'m mut Gan,
    pub(super) discriminator: Trained,
    pub(super) generator: Trained,
    pub(super) recipe: GanRecipe,
    /// Ids of noise and fakes.
    pub(super) ids: Vec<u64>,
    pub(super) fakes: Vec<f32>,
    /// Rows of the discriminator at a time, where none depends on another.
    pub(super) rows_at_once: usize,
    /// Real examples by which the logit gap is measured.
    watched: Array<f32>,
    watched_labels: Vec<usize>,
    spread: f64,
    sums: Sums,
    /// Norms of the gradients of both, in the first turn of the epoch.
    norms: [f64; 2],
    g_loss: f64,
}

impl<'m> Game<'m> {
    /// Networks that fit the data, which were checked.
    pub(super) fn new(
        model: &'m mut Gan,
        train: &Split,
        recipe: &GanRecipe,
        settings: &LoopSettings,
    ) -> Result<Self, TrainError> {
        Self::fits(model, train, (recipe, settings))?;
        let [of_generator, of_discriminator] = recipe.methods();
        let steps = recipe.generator_steps(settings.steps_over(train.len()));
        let average = recipe.ema.map(|ema| (ema.into(), steps));
        let discriminator = Trained::new(Engine::new(&model.discriminator, of_discriminator), None);
        let mut generator = Trained::new(Engine::new(&model.generator, of_generator), average);
        generator.begin_average();
        let (ids, spread) = ((0..settings.batch as u64).collect(), alarms::spread_of(train));
        // From all over the set.
        let (n, all) = ((WATCHED as usize).min(train.len()), train.len());
        let places: Vec<usize> = (0..n).map(|i| i * all / n).collect();
        let watched = pixels(train, &places);
        let watched_labels = match model.spec().form.classes {
            0 => Vec::new(),
            _ => places.iter().map(|&i| train.label(i)).collect(),
        };
        let (recipe, fakes, sums) = (recipe.clone(), Vec::new(), Sums::default());
        let (norms, g_loss) = ([f64::NAN; 2], f64::NAN);
        Ok(Self {
            model,
            discriminator,
            generator,
            recipe,
            ids,
            fakes,
            rows_at_once: ROWS,
            watched,
            watched_labels,
            spread,
            sums,
            norms,
            g_loss,
        })
    }
    fn members(&mut self) -> Members<'_, 2> {
        let Gan { generator, discriminator, .. } = &mut *self.model;
        Members([
            Member { name: "generator", trained: &mut self.generator, net: generator },
            Member { name: "discriminator", trained: &mut self.discriminator, net: discriminator },
        ])
    }
    /// The data are for these networks, which can be trained on them.
    fn fits(
        model: &Gan,
        train: &Split,
        (recipe, settings): (&GanRecipe, &LoopSettings),
    ) -> Result<(), TrainError> {
        if settings.watches() {
            let (field, value) = ("schedule", settings.schedule.to_string());
            let must = "one that needs no figure of an epoch: a GAN's losses do not say how good it is";
            return Err(TrainError::Recipe { field, value, must });
        }
        check_data(train, model.shape())?;
        let batches = (settings.batch, settings.last);
        check_network(&model.generator, train.len(), batches, 1)?;
        // Real examples and as many fakes.
        check_network(&model.discriminator, train.len(), batches, 2)?;
        let form = model.spec().form;
        let refuse =
            |field, value: usize, must| Err(TrainError::Recipe { field, value: value.to_string(), must });
        let batch = settings.batch.min(train.len());
        if batch < form.pack {
            return refuse(
                "batch",
                batch,
                "at least as many examples as the discriminator sees together (pack)",
            );
        }
        if settings.steps_over(train.len()) / (settings.epochs.max(1) as u64) < recipe.critic_steps {
            return refuse(
                "critic_steps",
                recipe.critic_steps as usize,
                "at most the steps of an epoch: the generator has a turn in each",
            );
        }
        if let (classes @ 1.., Some(label)) = (form.classes, (0..train.len()).map(|i| train.label(i)).max())
            && label >= classes
        {
            return Err(TrainError::Data(format!("a label is {label}, the GAN has {classes} classes")));
        }
        recipe.fits(model.spec())
    }
    /// Standard deviation of the noise on what the discriminator sees in this step.
    pub(super) fn noise(&self, cx: &StepContext) -> f32 {
        let left = 1.0 - (cx.step.saturating_sub(1)) as f64 / cx.steps as f64;
        (self.recipe.instance_noise * left.max(0.0)) as f32
    }
    /// The mean logit of the discriminator as it is kept, over examples of these classes; of packs, where examples that fill none are left out.
    fn logit(&self, examples: &Array<f32>, labels: &[usize]) -> f64 {
        let (dim, form) = (self.model.shape().iter().product::<usize>(), self.model.spec().form);
        let rows = examples.len() / dim / form.pack;
        let [c, h, w] = self.model.spec().discriminator.input;
        let mut shown = Array::zeros([rows, c, h, w]);
        let of = Shown { model: self.model, labels, noise: 0.0, key: Key::new(0) };
        let example =
            |i: usize, to: &mut [f32]| to.copy_from_slice(&examples.as_slice()[i * dim..(i + 1) * dim]);
        let each = shown.as_mut_slice().chunks_exact_mut(c * h * w).enumerate();
        each.for_each(|(j, to)| of.write(j, &example, to));
        let tape = Tape::new();
        let outputs = self.model.discriminator.forward(&Cx::eval(&tape), tape.constant(shown)).value();
        let rows = outputs.as_slice().chunks_exact(form.outputs()).enumerate();
        let n = rows.len().max(1) as f64;
        rows.map(|(j, row)| f64::from(form.conditioning.logit(row, labels.get(j).copied().unwrap_or(0))))
            .sum::<f64>()
            / n
    }
    /// Turns of the generator.
    fn turns(
        &mut self,
        (rows, labels): (BatchRows<'_>, &[usize]),
        n: usize,
        (cx, is_first): (&StepContext, bool),
    ) -> Result<f64, Failure> {
        let mut loss = 0.0;
        for turn in 0..self.recipe.steps.generator() {
            let z = self.model.noise_of(cx.key.named("g noise").child(turn), &self.ids[..n], labels);
            loss = self.generate((rows, labels), &z, (cx.key.named("g step").child(turn), cx))?;
            if is_first {
                self.norms[0] = self.generator.engine.gradient_norm(&self.model.generator.params)?;
            }
            if self.recipe.steps != GanSteps::Simultaneous {
                self.generator.update(&self.model.generator, cx.lr)?;
            }
        }
        Ok(loss)
    }
}

/// Fakes from noise, with batch statistics where the generator takes any.
pub(super) fn make(generator: &mut Engine, draw: Randomness<'_>, z: &Tensor, fakes: &mut [f32]) {
    if generator.spans_batch() {
        return generator.forward_of_batch(z.as_slice(), draw, fakes);
    }
    let plan = generator.compiled();
    let (latent, dim) = (plan.inputs(), plan.outputs());
    // Each thread also lays down what it has made.
    team::for_each_chunk(fakes, PART * dim, |i, fakes| {
        let rows = i * PART..i * PART + fakes.len() / dim;
        plan.forward_with(
            draw.starting_at(rows.start),
            &z.as_slice()[rows.start * latent..rows.end * latent],
            fakes,
        );
    });
}

impl Current<Gan> for Game<'_> {
    fn current(&mut self) -> &Gan {
        self.members().sync();
        self.model
    }
    fn state(&mut self) -> LearnerState {
        let sums = self.sums.array().into_iter().chain(self.norms).chain([self.g_loss]).collect();
        LearnerState { networks: self.members().states(), arrays: Vec::new(), sums }
    }
}

impl Learner for Game<'_> {
    type Model = Gan;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, train, (&self.recipe, settings))
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        self.members().kept()
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        self.members().keep(weights);
    }
    fn described(&self) -> String {
        self.recipe.described()
    }
    fn discard(&mut self) {
        self.members().discard();
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        let n = batch.len();
        let labels = if self.model.spec().form.classes > 0 { &batch.labels[..] } else { &[] };
        let z = self.model.noise_of(cx.key.named("d noise"), &self.ids[..n], labels);
        let found = self.discriminate((rows, labels), &z, cx)?;
        let (d_lr, has_turn) =
            (cx.lr * self.recipe.d_factor(), cx.step.is_multiple_of(self.recipe.critic_steps));
        // The first turn of an epoch.
        let per_epoch = (cx.steps / self.recipe.epochs as u64).max(1);
        let is_first = has_turn && (cx.step - 1) % per_epoch < self.recipe.critic_steps;
        if is_first {
            self.norms[1] = self.discriminator.engine.gradient_norm(&self.model.discriminator.params)?;
        }
        if self.recipe.steps != GanSteps::Simultaneous {
            self.discriminator.update(&self.model.discriminator, d_lr)?;
        }
        if has_turn {
            self.g_loss = self.turns((rows, labels), n, (cx, is_first))?;
            if self.recipe.steps == GanSteps::Simultaneous {
                self.discriminator.update(&self.model.discriminator, d_lr)?;
                self.generator.update(&self.model.generator, cx.lr)?;
            }
            self.sums.g_loss += self.g_loss * n as f64;
            self.sums.g_seen += n as f64;
        }
        self.sums.d_loss += found.loss * n as f64;
        self.sums.penalty += found.penalty * n as f64;
        self.sums.d_real += found.real;
        self.sums.d_fake += found.fake;
        self.sums.d_seen += found.rows as f64;
        self.sums.seen += n as f64;
        Ok(if self.g_loss.is_finite() { self.g_loss } else { found.loss })
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
        let sums = std::mem::take(&mut self.sums);
        let watched: Vec<u64> = (0..WATCHED).collect();
        let noise = self.model.noise(Key::new(self.recipe.seed).named("watched"), &watched);
        let samples = self.model.generate(noise);
        let dim = samples.len() / watched.len();
        let diversity = sparring_metrics::mean_pairwise_distance(samples.as_slice(), dim) / self.spread;
        let gap = self.logit(&self.watched, &self.watched_labels)
            - self.logit(&samples, &self.model.classes(&watched));
        GanEpoch {
            epoch: done.epoch,
            epochs: done.epochs,
            d_loss: sums.d_loss / sums.seen,
            g_loss: sums.g_loss / sums.g_seen,
            d_real: sums.d_real / sums.d_seen,
            d_fake: sums.d_fake / sums.d_seen,
            logit_gap: gap,
            penalty: sums.penalty / sums.seen,
            g_gradient: self.norms[0],
            d_gradient: self.norms[1],
            is_odds: self.recipe.has_odds(),
            diversity,
            seconds: done.seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let found =
            state.sums.split_first_chunk::<8>().and_then(|(sums, rest)| Some((Sums::of(sums)?, rest)));
        let Some((sums, &[g_norm, d_norm, g_loss])) = found else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        self.members().restore(&state.networks)?;
        (self.sums, self.norms, self.g_loss) = (sums, [g_norm, d_norm], g_loss);
        Ok(())
    }
}
