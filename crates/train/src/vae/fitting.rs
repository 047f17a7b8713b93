//! Both networks of a variational autoencoder in training.

use super::epoch::VaeEpoch;
use super::recipe::VaeRecipe;
use super::scores::active_of;
use crate::TrainError;
use crate::data::{check_data, check_network, pixels};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::members::{Member, Members};
use crate::observe::Current;
use crate::parallel::{PART, fill};
use crate::trained::Trained;
use crate::trouble::{broken_layer, first_non_finite};
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_losses::{BceWithLogits, GaussianKl, RowLoss as _, RowReduction};
use sparring_models::Vae;
use sparring_nn::{Engine, Mode, NnError, OutputRows, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Training examples on which active units are counted.
const WATCHED: usize = 1024;

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    loss: f64,
    reconstruction: f64,
    kl: f64,
    beta: f64,
    seen: f64,
}

/// A variational autoencoder in training: z = μ(x) + σ(x) ε, with ε of the step and the example's id; both networks step by the gradients of one loss.
#[derive(Debug)]
pub struct VaeFitting<'m> {
    model: &'m mut Vae,
    encoder: Trained,
    decoder: Trained,
    recipe: VaeRecipe,
    /// Training examples from all over the set, on which active units are counted.
    watched: Array<f32>,
    sums: Sums,
}

/// Binary cross-entropy of each example, summed over pixels, by its share of the batch.
fn reconstruction(x: &[f32], share: f32, out: &mut OutputRows<'_, f32>) {
    let bce = BceWithLogits { reduction: RowReduction::Sum };
    let (first, cols) = (out.first, out.cols);
    for (i, (logits, d, metrics)) in out.iter().enumerate() {
        let at = (first + i) * cols;
        let nats = bce.eval(logits, &x[at..at + cols], d);
        d.iter_mut().for_each(|d| *d *= share);
        *metrics = [f64::from(nats) * f64::from(share), 0.0, 0.0];
    }
}

impl<'m> VaeFitting<'m> {
    /// Networks that fit the data, which were checked.
    pub(super) fn new(
        model: &'m mut Vae,
        train: &Split,
        recipe: &VaeRecipe,
        settings: &LoopSettings,
    ) -> Result<Self, TrainError> {
        Self::fits(model, train, settings)?;
        let trained = |net| Trained::new(Engine::new(net, recipe.method()), None);
        let (encoder, decoder) = (trained(&model.encoder), trained(&model.decoder));
        let (n, all) = (WATCHED.min(train.len()), train.len());
        let watched = pixels(train, &(0..n).map(|i| i * all / n).collect::<Vec<_>>());
        Ok(Self { model, encoder, decoder, recipe: recipe.clone(), watched, sums: Sums::default() })
    }
    fn members(&mut self) -> Members<'_, 2> {
        let Vae { encoder, decoder, .. } = &mut *self.model;
        Members([
            Member { name: "encoder", trained: &mut self.encoder, net: encoder },
            Member { name: "decoder", trained: &mut self.decoder, net: decoder },
        ])
    }
    /// The data are for these networks, which can be trained on them.
    fn fits(model: &Vae, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        check_data(train, model.shape())?;
        let batches = (settings.batch, settings.last);
        check_network(&model.encoder, train.len(), batches, 1)?;
        check_network(&model.decoder, train.len(), batches, 1)
    }
    /// The gradients of a batch whose pixels are there: its loss, reconstruction and divergence, means over its examples.
    fn gradients(&mut self, batch: &MiniBatch, key: Key, beta: f64) -> [f64; 3] {
        let (n, latent) = (batch.len(), self.model.latent());
        let (dim, share) = (batch.x.len() / n, 1.0 / n as f32);
        let noise = self.model.noise(key.named("code"), &batch.ids);
        let kl = GaussianKl { beta, free: self.recipe.free_bits, limit: f64::from(Vae::LOGVAR_LIMIT) };
        let draw = |name: &str| Randomness { mode: Mode::Train, key: key.named(name), ids: &batch.ids };
        let (encoder, decoder) = (&mut self.encoder.engine, &mut self.decoder.engine);
        encoder.discard();
        decoder.discard();
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&batch.x[i * dim..(i + 1) * dim]);
        let [mut reconstructed, mut divergence, mut penalty] = [0.0; 3];
        encoder.gradients_of_batch(n, &row, draw("encoder"), &mut |told, d_told| {
            let [mut z, mut dz] = [0; 2].map(|_| Array::<f32>::zeros([n, latent]));
            let moved = |i: usize, j: usize| {
                let deviation = (0.5 * kl.clamped(told[(2 * i + 1) * latent + j])).exp();
                deviation * noise.as_slice()[i * latent + j]
            };
            for (i, z) in z.as_mut_slice().chunks_exact_mut(latent).enumerate() {
                let mu = &told[2 * i * latent..];
                z.iter_mut().enumerate().for_each(|(j, z)| *z = mu[j] + moved(i, j));
            }
            let code = |i: usize, to: &mut [f32]| {
                to.copy_from_slice(&z.as_slice()[i * latent..(i + 1) * latent]);
            };
            let objective = |out: &mut OutputRows<'_, f32>| reconstruction(&batch.x, share, out);
            reconstructed =
                decoder.gradients_with_input(n, &code, draw("decoder"), &objective, dz.as_mut_slice())[0];
            let (mut means, mut one) = (vec![0.0; latent], vec![0.0; latent]);
            for told in told.chunks_exact(2 * latent) {
                kl.dimensions(&told[..latent], &told[latent..], &mut one);
                means.iter_mut().zip(&one).for_each(|(mean, kl)| *mean += kl * share);
            }
            divergence = means.iter().map(|&kl| f64::from(kl)).sum();
            for (i, d_told) in d_told.chunks_exact_mut(2 * latent).enumerate() {
                let told = &told[2 * i * latent..2 * (i + 1) * latent];
                let (d_mu, d_logvar) = d_told.split_at_mut(latent);
                let nats = kl.eval_by_means(&means, &told[..latent], &told[latent..], [d_mu, d_logvar]);
                penalty += f64::from(nats) * f64::from(share);
                for j in 0..latent {
                    let dz = dz.as_slice()[i * latent + j];
                    d_mu[j] = d_mu[j] * share + dz;
                    let by_deviation = 0.5 * moved(i, j) * kl.passes(told[latent + j]);
                    d_logvar[j] = d_logvar[j] * share + dz * by_deviation;
                }
            }
        });
        [reconstructed + penalty, reconstructed, divergence]
    }
}

impl Current<Vae> for VaeFitting<'_> {
    fn current(&mut self) -> &Vae {
        self.members().sync();
        self.model
    }
    fn state(&mut self) -> LearnerState {
        let Sums { loss, reconstruction, kl, beta, seen } = self.sums;
        LearnerState {
            networks: self.members().states(),
            arrays: Vec::new(),
            sums: vec![loss, reconstruction, kl, beta, seen],
        }
    }
}

impl Learner for VaeFitting<'_> {
    type Model = Vae;
    fn check(&self, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        Self::fits(self.model, train, settings)
    }
    fn described(&self) -> String {
        self.recipe.described()
    }
    fn discard(&mut self) {
        self.members().discard();
    }
    fn step(&mut self, batch: &mut MiniBatch, rows: BatchRows<'_>, cx: &StepContext) -> Result<f64, Failure> {
        fill(batch, rows);
        let beta = self.recipe.beta_at(cx.step as f64 / cx.steps as f64);
        let [loss, reconstruction, kl] = self.gradients(batch, cx.key, beta);
        if !loss.is_finite() {
            return Err(Failure::Loss(loss));
        }
        self.encoder.update(&self.model.encoder, cx.lr)?;
        self.decoder.update(&self.model.decoder, cx.lr)?;
        let n = batch.len() as f64;
        self.sums.loss += loss * n;
        self.sums.reconstruction += reconstruction * n;
        self.sums.kl += kl * n;
        self.sums.beta = beta;
        self.sums.seen += n;
        Ok(loss)
    }
    /// Where the encoder, or the decoder on the means of some codes, stops being finite.
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, _: &StepContext) -> Option<String> {
        fill(batch, rows);
        let of = |whose: &str, at: String| format!("in the {whose}, {at}");
        let encoder = broken_layer(&self.model.encoder, batch).map(|at| of("encoder", at));
        encoder.or_else(|| {
            let (n, [c, h, w]) = (batch.len().min(PART), batch.shape);
            let x = Array::from_slice([n, c, h, w], &batch.x[..n * c * h * w]);
            let [c, h, w] = self.model.spec().decoder.input;
            let codes = self.model.encode(x).0.reshape([n, c, h, w]);
            first_non_finite(&self.model.decoder, codes).map(|at| of("decoder", at))
        })
    }
    fn begin_epoch(&mut self) {
        self.sums = Sums::default();
    }
    fn end_epoch(&mut self, done: EpochTimes) -> VaeEpoch {
        let Sums { loss, reconstruction, kl, beta, seen } = std::mem::take(&mut self.sums);
        VaeEpoch {
            epoch: done.epoch,
            epochs: done.epochs,
            loss: loss / seen,
            reconstruction: reconstruction / seen,
            kl: kl / seen,
            beta,
            active_units: active_of(&self.model.encode(self.watched.clone()).0),
            lr: done.lr,
            seconds: done.seconds,
            examples_per_s: done.examples as f64 / done.seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let &[loss, reconstruction, kl, beta, seen] = &state.sums[..] else {
            return Err(NnError::State("it belongs to another kind of model".into()).into());
        };
        self.members().restore(&state.networks)?;
        self.sums = Sums { loss, reconstruction, kl, beta, seen };
        Ok(())
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        self.members().kept()
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        self.members().keep(weights);
    }
}
