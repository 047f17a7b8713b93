//! Encoder, decoder and codebook in training.

use super::codebook::{Chosen, Codebook};
use super::epoch::VqVaeEpoch;
use super::recipe::VqVaeRecipe;
use super::scores::perplexity;
use crate::TrainError;
use crate::data::{check_data, check_network, pixels};
use crate::learner::{EpochTimes, Failure, Learner, StepContext};
use crate::learner_state::LearnerState;
use crate::loop_settings::LoopSettings;
use crate::members::{Member, Members};
use crate::observe::Current;
use crate::parallel::{PART, fill, ranges};
use crate::trained::Trained;
use crate::trouble::{broken_layer, first_non_finite};
use sparring_datasets::{BatchRows, MiniBatch, Split};
use sparring_losses::{Mse, RowReduction, VectorQuantization};
use sparring_models::VqVae;
use sparring_nn::{Engine, Mode, NnError, OutputRows, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Sums over the present epoch.
#[derive(Clone, Debug, Default)]
struct Sums {
    loss: f64,
    mse: f64,
    distance: f64,
    restarts: f64,
    seen: f64,
    /// How often each entry was chosen.
    uses: Vec<f64>,
}

/// An autoencoder with a codebook in training: the gradient at the quantised code passes to the encoder as it is, the vectors follow the encodings.
#[derive(Debug)]
pub struct VqVaeFitting<'m> {
    model: &'m mut VqVae,
    encoder: Trained,
    decoder: Trained,
    book: Codebook,
    recipe: VqVaeRecipe,
    /// 1 / variance of the training pixels, so that the factor of the commitment means the same for every set.
    precision: f64,
    sums: Sums,
}

/// What a pass through a batch found.
struct Pass {
    mse: f64,
    distance: f64,
    /// The encoder's vectors, channels first.
    z: Vec<f32>,
    entries: Vec<u32>,
}

/// Names of what is carried from step to step.
const CARRIED: [&str; 3] = ["codebook", "codebook_counts", "codebook_sums"];

/// 1 / variance of all pixels; 1 where they do not vary.
fn precision(train: &Split) -> f64 {
    let (mut sum, mut squares, n) = (0.0, 0.0, (train.len() * train.dim()) as f64);
    for part in ranges(train.len()) {
        for &x in pixels(train, &part.collect::<Vec<_>>()).as_slice() {
            let x = f64::from(x);
            (sum, squares) = (sum + x, squares + x * x);
        }
    }
    let variance = squares / n - (sum / n).powi(2);
    if variance > 1e-12 { 1.0 / variance } else { 1.0 }
}

impl<'m> VqVaeFitting<'m> {
    /// Networks that fit the data, which were checked.
    pub(super) fn new(
        model: &'m mut VqVae,
        train: &Split,
        recipe: &VqVaeRecipe,
        settings: &LoopSettings,
    ) -> Result<Self, TrainError> {
        Self::fits(model, train, settings)?;
        let trained = |net| Trained::new(Engine::new(net, recipe.method()), None);
        let (encoder, decoder) = (trained(&model.encoder), trained(&model.decoder));
        let (book, precision) = (Codebook::new(model), precision(train));
        let sums = Sums { uses: vec![0.0; model.entries()], ..Sums::default() };
        Ok(Self { model, encoder, decoder, book, recipe: recipe.clone(), precision, sums })
    }
    fn members(&mut self) -> Members<'_, 2> {
        let VqVae { encoder, decoder, .. } = &mut *self.model;
        Members([
            Member { name: "encoder", trained: &mut self.encoder, net: encoder },
            Member { name: "decoder", trained: &mut self.decoder, net: decoder },
        ])
    }
    /// The data are for these networks, which can be trained on them.
    fn fits(model: &VqVae, train: &Split, settings: &LoopSettings) -> Result<(), TrainError> {
        check_data(train, model.shape())?;
        let batches = (settings.batch, settings.last);
        model.codebook.params.check().map_err(NnError::from)?;
        check_network(&model.encoder, train.len(), batches, 1)?;
        check_network(&model.decoder, train.len(), batches, 1)
    }
    /// The gradients of a batch whose pixels are there: its squared error of a pixel and the distance of its encodings from their vectors, means over its examples.
    fn gradients(&mut self, batch: &MiniBatch, key: Key) -> Pass {
        let (n, dim) = (batch.len(), batch.x.len() / batch.len());
        let (share, precision, begun) = (1.0 / n as f32, self.precision, self.book.has_begun());
        let draw = |name: &str| Randomness { mode: Mode::Train, key: key.named(name), ids: &batch.ids };
        let (encoder, decoder, model) =
            (&mut self.encoder.engine, &mut self.decoder.engine, &mut *self.model);
        encoder.discard();
        decoder.discard();
        let (numbers, places) = (model.dim() * model.places(), model.places());
        let vq = VectorQuantization { commitment: self.recipe.commitment, reduction: RowReduction::Mean };
        let objective = |out: &mut OutputRows<'_, f32>| {
            let (first, cols) = (out.first, out.cols);
            let scale = precision as f32 * share / cols as f32;
            for (i, (y, d, metrics)) in out.iter().enumerate() {
                let at = (first + i) * cols;
                let error = Mse::scaled(scale, y, &batch.x[at..at + cols], d);
                *metrics = [f64::from(error), 0.0, 0.0];
            }
        };
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&batch.x[i * dim..(i + 1) * dim]);
        let mut pass = Pass { mse: 0.0, distance: 0.0, z: Vec::new(), entries: Vec::new() };
        encoder.gradients_of_batch(n, &row, draw("encoder"), &mut |z, dz| {
            if !begun {
                let width = model.dim();
                Codebook::begin(model.vectors_mut(), width, z, places, key);
            }
            let entries = model.entries_of(z);
            let quantised = model.quantised(&entries);
            let code =
                |i: usize, to: &mut [f32]| to.copy_from_slice(&quantised[i * numbers..(i + 1) * numbers]);
            // Straight through: the gradient at the quantised code is that at z.
            pass.mse = decoder.gradients_with_input(n, &code, draw("decoder"), &objective, dz)[0] / precision;
            let [mut by_z, mut by_vector] = [0; 2].map(|_| vec![0.0; numbers]);
            for (i, dz) in dz.chunks_exact_mut(numbers).enumerate() {
                let row = i * numbers..(i + 1) * numbers;
                let both = vq.eval(&z[row.clone()], &quantised[row], [&mut by_z, &mut by_vector]);
                // The value is (1 + commitment) times the distance.
                pass.distance += f64::from(both * share) / (1.0 + vq.commitment);
                dz.iter_mut().zip(&by_z).for_each(|(d, by)| *d += by * share);
            }
            (pass.z, pass.entries) = (z.to_vec(), entries);
        });
        pass
    }
    fn loss(&self, pass: &Pass) -> f64 {
        pass.mse * self.precision + self.recipe.commitment * pass.distance
    }
}

impl Current<VqVae> for VqVaeFitting<'_> {
    fn current(&mut self) -> &VqVae {
        self.members().sync();
        self.model
    }
    fn state(&mut self) -> LearnerState {
        let carried = [self.model.vectors().to_vec(), self.book.counts.clone(), self.book.sums.clone()];
        let arrays = CARRIED.map(String::from).into_iter().zip(carried).collect();
        let Sums { loss, mse, distance, restarts, seen, ref uses } = self.sums;
        let sums = [loss, mse, distance, restarts, seen].into_iter().chain(uses.iter().copied()).collect();
        LearnerState { networks: self.members().states(), arrays, sums }
    }
}

impl Learner for VqVaeFitting<'_> {
    type Model = VqVae;
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
        let pass = self.gradients(batch, cx.key);
        let loss = self.loss(&pass);
        if !loss.is_finite() {
            return Err(Failure::Loss(loss));
        }
        self.encoder.update(&self.model.encoder, cx.lr)?;
        self.decoder.update(&self.model.decoder, cx.lr)?;
        let chosen = Chosen { z: &pass.z, entries: &pass.entries, places: self.model.places() };
        let how = (self.recipe.decay, self.recipe.restart);
        let restarts = self.book.follow(self.model.vectors_mut(), chosen, how, cx.key);
        let n = batch.len() as f64;
        self.sums.loss += loss * n;
        self.sums.mse += pass.mse * n;
        self.sums.distance += pass.distance * n;
        self.sums.restarts += restarts as f64;
        self.sums.seen += n;
        pass.entries.iter().for_each(|&e| self.sums.uses[e as usize] += 1.0);
        Ok(loss)
    }
    /// Where the encoder, or the decoder on the codes of some examples, stops being finite.
    fn broken(&self, batch: &mut MiniBatch, rows: BatchRows<'_>, _: &StepContext) -> Option<String> {
        fill(batch, rows);
        let of = |whose: &str, at: String| format!("in the {whose}, {at}");
        let encoder = broken_layer(&self.model.encoder, batch).map(|at| of("encoder", at));
        encoder.or_else(|| {
            let (n, [c, h, w]) = (batch.len().min(PART), batch.shape);
            let x = Array::from_slice([n, c, h, w], &batch.x[..n * c * h * w]);
            let z = self.model.vectors_of(x);
            let codes = self.model.quantised(&self.model.entries_of(z.as_slice()));
            let [c, h, w] = self.model.spec().decoder.input;
            let codes = Array::from_slice([n, c, h, w], &codes);
            first_non_finite(&self.model.decoder, codes).map(|at| of("decoder", at))
        })
    }
    fn begin_epoch(&mut self) {
        self.sums = Sums { uses: vec![0.0; self.model.entries()], ..Sums::default() };
    }
    fn end_epoch(&mut self, done: EpochTimes) -> VqVaeEpoch {
        let Sums { loss, mse, distance, restarts, seen, uses } = std::mem::take(&mut self.sums);
        self.sums.uses = vec![0.0; uses.len()];
        VqVaeEpoch {
            epoch: done.epoch,
            epochs: done.epochs,
            loss: loss / seen,
            mse: mse / seen,
            distance: distance / seen,
            perplexity: perplexity(&uses),
            used: uses.iter().filter(|&&n| n > 0.0).count(),
            restarts: restarts as usize,
            lr: done.lr,
            seconds: done.seconds,
            examples_per_s: done.examples as f64 / done.seconds,
        }
    }
    fn restore(&mut self, state: &LearnerState) -> Result<(), TrainError> {
        let other = || TrainError::from(NnError::State("it belongs to another kind of model".into()));
        let carried = CARRIED.map(|name| state.arrays.iter().find(|(n, _)| n == name).map(|(_, a)| a));
        let [Some(vectors), Some(counts), Some(sums)] = carried else {
            return Err(other());
        };
        let fits = vectors.len() == self.model.vectors().len()
            && (counts.len(), sums.len()) == (self.book.counts.len(), self.book.sums.len())
            && state.sums.len() == 5 + counts.len()
            && vectors.iter().chain(counts).chain(sums).all(|v| v.is_finite());
        if !fits {
            return Err(other());
        }
        self.members().restore(&state.networks)?;
        self.model.vectors_mut().copy_from_slice(vectors);
        self.book = Codebook { counts: counts.clone(), sums: sums.clone() };
        let (firsts, uses) = state.sums.split_at(5);
        let [loss, mse, distance, restarts, seen] = *firsts else { return Err(other()) };
        self.sums = Sums { loss, mse, distance, restarts, seen, uses: uses.to_vec() };
        Ok(())
    }
    fn kept(&mut self) -> Vec<Params<f32>> {
        let mut kept = self.members().kept();
        kept.push(self.model.codebook.params.clone());
        kept
    }
    fn keep(&mut self, weights: &[Params<f32>]) {
        if let [networks @ .., codebook] = weights {
            self.members().keep(networks);
            self.model.codebook.params = codebook.clone();
        }
    }
}
