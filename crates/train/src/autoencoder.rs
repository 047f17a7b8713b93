//! Training an autoencoder on the mean squared error of a pixel.

use crate::data::{check_data, check_range, pixels};
use crate::parallel::{Part, Tally, map_parts};
use crate::supervised::{Task, check_network, run};
use crate::{Observer, Quiet, Recipe, Summary, TrainError};
use sparring_autograd::{Var, ops};
use sparring_datasets::{MiniBatch, Rows, Split};
use sparring_losses::Mse;
use sparring_math::simd;
use sparring_models::Autoencoder;
use sparring_nn::{Cx, Head, Network, Plan};
use sparring_seed::Key;
use sparring_tensor::Array;

struct Reconstruct<'m>(&'m mut Autoencoder);

impl Task for Reconstruct<'_> {
    type Model = Autoencoder;
    const COUNTS: bool = false;
    const BY_PARTS: bool = true;
    fn model(&self) -> &Autoencoder {
        self.0
    }
    fn net(&mut self) -> &mut Network<f32> {
        &mut self.0.net
    }
    fn prepare(
        &mut self,
        _: Option<&Plan>,
        _: &mut MiniBatch,
        _: Rows<'_>,
        _: f64,
        _: Key,
    ) -> Result<(), TrainError> {
        Ok(())
    }
    fn loss<'t, 'd>(&self, part: Part<'t, 'd>, batch: &'d MiniBatch, key: Key) -> (Var<'t, f32>, Tally) {
        let (tape, part) = (part.tape, part.range);
        let ([c, h, w], dim) = (batch.shape, batch.x.len() / batch.len());
        let n = part.len();
        let x = Array::from_slice([n, c, h, w], &batch.x[part.start * dim..part.end * dim]);
        let target = x.reshape([n, dim]);
        let cx = Cx::train(tape, key.named("layers"), &batch.ids[part]);
        let y = ops::reshape(self.0.net.forward(&cx, tape.constant(x)), [n, dim]);
        let sum = ops::sum(ops::row_loss(y, Mse::default(), target));
        (ops::scale(sum, 1.0 / batch.len() as f32), Tally::default())
    }
    fn head(&self, batch: &MiniBatch, head: &mut Head<'_, f32>) {
        simd::dispatch(Squares { share: 1.0 / (batch.len() * head.total) as f32, head });
    }
}

/// Squared errors and their slopes in one pass, in the order of the lanes: the bits depend on how columns are cut, not on the machine's threads.
struct Squares<'a, 'h> {
    share: f32,
    head: &'a mut Head<'h, f32>,
}

impl simd::Kernel for Squares<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let (columns, share) = (self.head.from..self.head.from + self.head.cols, self.share);
        for (x, y, dy, tally) in self.head.iter_with_inputs() {
            *tally = [f64::from(squares(&x[columns.clone()], y, dy, share + share) * share), 0.0, 0.0];
        }
    }
}

/// Σ (y - x)²; writes `slope` · (y - x).
#[inline(always)]
fn squares(x: &[f32], y: &[f32], dy: &mut [f32], slope: f32) -> f32 {
    const LANES: usize = 32;
    let mut sums = [0.0; LANES];
    let ((xs, x), (ys, y), (dys, dy)) =
        (x.as_chunks::<LANES>(), y.as_chunks::<LANES>(), dy.as_chunks_mut::<LANES>());
    for ((x, y), dy) in xs.iter().zip(ys).zip(dys) {
        for j in 0..LANES {
            let d = y[j] - x[j];
            sums[j] += d * d;
            dy[j] = slope * d;
        }
    }
    for (((x, y), dy), sum) in x.iter().zip(y).zip(dy).zip(&mut sums) {
        let d = y - x;
        *sum += d * d;
        *dy = slope * d;
    }
    for half in [16, 8, 4, 2, 1] {
        for j in 0..half {
            sums[j] += sums[j + half];
        }
    }
    sums[0]
}

/// Trains by the recipe.
///
/// # Errors
/// As [`fit_autoencoder_with`].
pub fn fit_autoencoder(
    model: &mut Autoencoder,
    train: &Split,
    recipe: &Recipe,
) -> Result<Summary, TrainError> {
    fit_autoencoder_with(model, train, recipe, &mut Quiet)
}

/// Trains by the recipe, watched. The loss is the squared error averaged over pixels and examples.
///
/// # Errors
/// If the recipe or the data make no sense (a defence needs labels; pixels must lie in [0, 1]), or the loss or a
/// gradient stops being finite.
pub fn fit_autoencoder_with(
    model: &mut Autoencoder,
    train: &Split,
    recipe: &Recipe,
    observer: &mut dyn Observer<Autoencoder>,
) -> Result<Summary, TrainError> {
    recipe.validate()?;
    if recipe.defense.eps().is_some() {
        let value = recipe.defense.name().to_string();
        return Err(TrainError::Recipe { field: "defense", value, must: "none for an autoencoder" });
    }
    check_data(train, model.spec().input)?;
    check_range(train, (0.0, 1.0))?;
    run(&mut Reconstruct(model), train, recipe, observer)
}

/// Reconstructions, one row of pixels an example.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn reconstruct(model: &Autoencoder, split: &Split) -> Result<Vec<f32>, TrainError> {
    check_data(split, model.spec().input)?;
    check_network(&model.net, 1)?;
    let parts = map_parts(split.len(), |part| {
        model.reconstruct(pixels(split, &part.collect::<Vec<_>>())).as_slice().to_vec()
    });
    Ok(parts.concat())
}

/// Squared error averaged over pixels and examples.
///
/// # Errors
/// If there is no example, or its shape is not the network's.
pub fn reconstruction_mse(model: &Autoencoder, split: &Split) -> Result<f64, TrainError> {
    let y = reconstruct(model, split)?;
    let x = pixels(split, &(0..split.len()).collect::<Vec<_>>());
    Ok(sparring_metrics::mse(&y, x.as_slice()))
}
