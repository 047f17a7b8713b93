//! Training of PyTorch's example of a variational autoencoder through `fit_vae`; one pass over the digits, loss: nats of an image.

use crate::classifiers::WEIGHTS;
use crate::numbers::fill;
use crate::pace::{Metric, Pace};
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_models::{MlpVae, Vae};
use sparring_seed::Key;
use sparring_train::{Flow, Observer, TrainError, VaeEpoch, VaeRecipe, fit_vae};

/// Stream of the decoder's first parameter.
const DECODER: u32 = WEIGHTS + 50;

/// The row of this file.
pub fn row() -> Row {
    Row::new("vae_train_b128", Metric::Rate("examples/s"), train(128))
}

fn train(batch: usize) -> Run {
    Box::new(move |setting, pace| {
        let batch = setting.size(batch, 8);
        let data = setting.digits(setting.size(60_000, 2 * batch))?;
        let mut model = Vae::new(MlpVae::default().spec(), Key::new(1)).map_err(|e| e.to_string())?;
        fill(&mut model.encoder, WEIGHTS);
        fill(&mut model.decoder, DECODER);
        let recipe = VaeRecipe { epochs: setting.samples + 1, batch, ..VaeRecipe::default() };
        fit_vae(&mut model, &data, &recipe, &mut Watch { pace, examples: data.len() })
            .map_err(|e| e.to_string())?;
        Ok(Outcome::Done)
    })
}

struct Watch<'a> {
    pace: &'a mut Pace,
    examples: usize,
}

impl Observer<Vae> for Watch<'_> {
    fn epoch(&mut self, epoch: &VaeEpoch, _: &Vae) -> Result<Flow, TrainError> {
        let more = self.pace.lap(self.examples as f64, || epoch.loss);
        Ok(if more { Flow::Continue } else { Flow::Stop })
    }
}
