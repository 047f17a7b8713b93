//! Training of the article GAN and of DCGAN through `fit_gan`: one step of D and one of G for each batch, 200 batches a pass, 16 of DCGAN.
//!
//! The loss is D's mean of the pass (real and fake added) plus G's: 2.08 at balance.

use crate::classifiers::WEIGHTS;
use crate::numbers::fill;
use crate::pace::{Metric, Pace};
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_models::{ArticleGan, Dcgan, Gan, GanSpec};
use sparring_seed::Key;
use sparring_train::{Flow, GanEpoch, GanRecipe, Observer, TrainError, fit_gan};

/// Stream of the discriminator's first parameter.
const DISCRIMINATOR: u32 = WEIGHTS + 50;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let row =
        |id, spec: fn() -> GanSpec, steps| Row::new(id, Metric::Rate("images/s"), train(spec, 128, steps));
    vec![
        row("gan_train_b128", || ArticleGan::default().spec(), 200),
        row("dcgan_train_b128", || Dcgan::default().spec(), 16),
    ]
}

fn train(spec: fn() -> GanSpec, batch: usize, steps: usize) -> Run {
    Box::new(move |setting, pace| {
        let batch = setting.size(batch, 8);
        let data = setting.digits(setting.size(steps, 2) * batch)?;
        let mut model = Gan::new(spec(), (0.0, 1.0), Key::new(1)).map_err(|e| e.to_string())?;
        fill(&mut model.generator, WEIGHTS);
        fill(&mut model.discriminator, DISCRIMINATOR);
        let recipe = GanRecipe { epochs: setting.samples + 1, batch, ..GanRecipe::default() };
        fit_gan(&mut model, &data, &recipe, &mut Watch { pace, examples: data.len() })
            .map_err(|e| e.to_string())?;
        Ok(Outcome::Done)
    })
}

struct Watch<'a> {
    pace: &'a mut Pace,
    examples: usize,
}

impl Observer<Gan> for Watch<'_> {
    fn epoch(&mut self, epoch: &GanEpoch, _: &Gan) -> Result<Flow, TrainError> {
        let more = self.pace.lap(self.examples as f64, || epoch.d_loss + epoch.g_loss);
        Ok(if more { Flow::Continue } else { Flow::Stop })
    }
}
