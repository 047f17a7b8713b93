//! The two steps of a GAN, by plans or on tapes.

use super::planned::{Planned, Verdict};
use crate::engine::Failure;
use crate::parallel::{NonFinite, PART, Tally, Tapes, fill};
use crate::trouble::first_non_finite;
use sparring_autograd::{Grads, ops};
use sparring_datasets::{MiniBatch, Rows};
use sparring_losses::{NonSaturating, Side};
use sparring_models::Gan;
use sparring_nn::{Bind, Cx, Optimizer};
use sparring_optim::AnyRule;
use sparring_seed::Key;
use sparring_tensor::Array;

fn sigmoid_sum(logits: &Array<f32>) -> f64 {
    logits.as_slice().iter().map(|&z| sparring_math::Real::sigmoid(f64::from(z))).sum()
}

/// The model with the state of its rules: plans where both networks have one, else tapes.
pub(super) struct Loop<'m> {
    pub(super) model: &'m mut Gan,
    planned: Option<Planned>,
    tapes: Tapes,
    rules: [Optimizer; 2],
}

impl<'m> Loop<'m> {
    pub(super) fn new(model: &'m mut Gan, rule: AnyRule) -> Self {
        let planned = Planned::new(model, rule);
        Self { model, planned, tapes: Tapes::default(), rules: [0; 2].map(|_| Optimizer::new(rule, None)) }
    }
    /// Brings the model up to date.
    pub(super) fn store(&mut self) {
        if let Some(planned) = &self.planned {
            planned.store(self.model);
        }
    }
    /// Before an error leaves, the model is brought up to date, and the layer found where a loss that is not finite begins.
    pub(super) fn kept<T>(
        &mut self,
        outcome: Result<T, Failure>,
        ids: &[u64],
        key: Key,
    ) -> Result<T, Failure> {
        outcome.map_err(|failure| {
            self.store();
            match failure {
                Failure::Loss(bad) => {
                    let at = self.broken_layer(ids, key);
                    Failure::Loss(NonFinite { at, ..bad })
                }
                failure => failure,
            }
        })
    }
    /// Where the generator on a little noise, or the discriminator on what comes of it, stops being finite.
    fn broken_layer(&self, ids: &[u64], key: Key) -> Option<String> {
        let noise = self.model.noise(key.named("d noise"), &ids[..ids.len().min(PART)]);
        let of = |whose: &str, at: String| format!("in the {whose}, {at}");
        let generator = first_non_finite(&self.model.generator, noise.clone()).map(|at| of("generator", at));
        generator.or_else(|| {
            let fake = self.model.generate(noise);
            first_non_finite(&self.model.discriminator, fake).map(|at| of("discriminator", at))
        })
    }
    pub(super) fn discriminator_step(
        &mut self,
        real: &mut MiniBatch,
        rows: Rows<'_>,
        ids: &[u64],
        key: Key,
        lr: f64,
    ) -> Result<Verdict, Failure> {
        let noise = self.model.noise(key.named("d noise"), ids);
        if let Some(planned) = &mut self.planned {
            return planned.discriminate(self.model, rows, &noise, lr);
        }
        fill(real, rows);
        let fake = self.model.generate(noise);
        let (tally, mut grads) = self.discriminator(real, &fake, key).map_err(Failure::Loss)?;
        let on_fake = sigmoid_sum(&super::alarms::logits(self.model, fake));
        self.rules[0].step(&mut self.model.discriminator, &mut grads, lr).map_err(Failure::Gradient)?;
        Ok(Verdict { loss: tally.loss, real: tally.other, fake: on_fake })
    }
    /// The generator's loss.
    pub(super) fn generator_step(
        &mut self,
        z: Array<f32>,
        ids: &[u64],
        key: Key,
        lr: f64,
    ) -> Result<f64, Failure> {
        if let Some(planned) = &mut self.planned {
            return planned.generate(self.model, &z, lr);
        }
        let (tally, mut grads) = self.generator(&z, ids, key).map_err(Failure::Loss)?;
        self.rules[1].step(&mut self.model.generator, &mut grads, lr).map_err(Failure::Gradient)?;
        Ok(tally.loss)
    }
    /// Loss of the discriminator on real examples and on fakes that are values: nothing flows back into G.
    fn discriminator(&self, real: &MiniBatch, fake: &Array<f32>, key: Key) -> Outcome {
        let (n, dim, [c, h, w]) = (real.len(), real.x.len() / real.len(), real.shape);
        let rows = |data: &[f32], part: &std::ops::Range<usize>| {
            Array::from_slice([part.len(), c, h, w], &data[part.start * dim..part.end * dim])
        };
        self.tapes.gradients(n, |part| {
            let (tape, part) = (part.tape, part.range);
            let cx = Cx::train(tape, key.named("discriminator"), &real.ids[part.clone()]);
            let on_real = self.model.discriminator.forward(&cx, tape.constant(rows(&real.x, &part)));
            let on_fake = self.model.discriminator.forward(&cx, tape.constant(rows(fake.as_slice(), &part)));
            let loss = ops::sum(ops::row_loss(on_real, NonSaturating, ops::Every(Side::Real)))
                + ops::sum(ops::row_loss(on_fake, NonSaturating, ops::Every(Side::Fake)));
            let other = sigmoid_sum(&on_real.value());
            (ops::scale(loss, 1.0 / n as f32), Tally { other, ..Tally::default() })
        })
    }
    /// Loss of the generator through a frozen discriminator.
    fn generator(&self, z: &Array<f32>, ids: &[u64], key: Key) -> Outcome {
        let (n, latent) = (ids.len(), self.model.latent());
        let [c, h, w] = self.model.spec().generator.input;
        self.tapes.gradients(n, |part| {
            let (tape, part) = (part.tape, part.range);
            let free = Cx::train(tape, key.named("generator"), &ids[part.clone()]);
            let frozen = Cx::train(tape, key.named("critic"), &ids[part.clone()]).bound(Bind::Frozen);
            let rows = &z.as_slice()[part.start * latent..part.end * latent];
            let fake = self
                .model
                .generator
                .forward(&free, tape.constant(Array::from_slice([part.len(), c, h, w], rows)));
            let logits = self.model.discriminator.forward(&frozen, fake);
            let loss = ops::sum(ops::row_loss(logits, NonSaturating, ops::Every(Side::Generator)));
            (ops::scale(loss, 1.0 / n as f32), Tally::default())
        })
    }
}

type Outcome = Result<(Tally, Grads<f32>), NonFinite>;
