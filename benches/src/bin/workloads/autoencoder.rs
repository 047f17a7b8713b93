//! Training of the article autoencoder through `fit_autoencoder`; one pass over the digits, loss: mean squared error of a pixel.

use crate::classifiers::{WEIGHTS, Watch};
use crate::numbers::fill;
use crate::pace::Metric;
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_models::{ArticleAutoencoder, Autoencoder};
use sparring_seed::Key;
use sparring_train::{Recipe, fit_autoencoder_with};

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    [("ae_train_b32", 32), ("ae_train_b256", 256)]
        .map(|(id, batch)| Row::new(id, Metric::Rate("examples/s"), train(batch)))
        .into()
}

fn train(batch: usize) -> Run {
    Box::new(move |setting, pace| {
        let batch = setting.size(batch, 8);
        let data = setting.digits(setting.size(60_000, 2 * batch))?;
        let (spec, encoder) = ArticleAutoencoder::default().spec();
        let mut model = Autoencoder::new(spec, encoder, Key::new(1)).map_err(|e| e.to_string())?;
        fill(&mut model.net, WEIGHTS);
        let recipe = Recipe { epochs: setting.samples + 1, batch, ..Recipe::default() };
        let mut watch = Watch { pace, examples: data.len() };
        fit_autoencoder_with(&mut model, &data, &recipe, &mut watch).map_err(|e| e.to_string())?;
        Ok(Outcome::Done)
    })
}
