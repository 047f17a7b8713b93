//! Training of GANs through `fit_gan`: of the article's and of DCGAN one step of D and one of G for each batch, 200 batches a pass, 16 of DCGAN; of WGAN-GP
//! five steps of the critic for each of G, 20 batches a pass.
//!
//! The loss is D's mean of the pass (real and fake added) plus G's: 2.08 at balance.

use crate::classifiers::WEIGHTS;
use crate::numbers::fill;
use crate::pace::{Metric, Pace};
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_models::{ArticleGan, CriticNorm, Dcgan, Gan, GanSpec};
use sparring_optim::Adam;
use sparring_seed::Key;
use sparring_train::{Flow, GanEpoch, GanRecipe, Observer, TrainError, fit_gan};

/// Stream of the discriminator's first parameter.
const DISCRIMINATOR: u32 = WEIGHTS + 50;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let row = |id, spec: fn() -> GanSpec, how: fn() -> GanRecipe, steps| {
        Row::new(id, Metric::Rate("images/s"), train(spec, how, steps))
    };
    let usual = GanRecipe::default;
    vec![
        row("gan_train_b128", || ArticleGan::default().spec(), usual, [200, 2]),
        row("dcgan_train_b128", || Dcgan::default().spec(), usual, [16, 2]),
        row(
            "wgan_gp_train_b64",
            || Dcgan { norm: CriticNorm::None, ..Dcgan::default() }.spec(),
            wasserstein,
            [20, 5],
        ),
    ]
}

/// Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1.
fn wasserstein() -> GanRecipe {
    GanRecipe {
        batch: 64,
        loss: "wasserstein".parse().expect("a loss"),
        penalties: vec!["wgan-gp".parse().expect("a penalty")],
        critic_steps: 5,
        rule: Adam { beta1: 0.0, beta2: 0.9, ..Adam::default() }.into(),
        lr: 1e-4,
        ..GanRecipe::default()
    }
}

/// So many steps a pass; the second number is that of a quick look.
fn train(spec: fn() -> GanSpec, how: fn() -> GanRecipe, [steps, least]: [usize; 2]) -> Run {
    Box::new(move |setting, pace| {
        let batch = setting.size(how().batch, 8);
        let data = setting.digits(setting.size(steps, least) * batch)?;
        let mut model = Gan::new(spec(), (0.0, 1.0), Key::new(1)).map_err(|e| e.to_string())?;
        fill(&mut model.generator, WEIGHTS);
        fill(&mut model.discriminator, DISCRIMINATOR);
        let recipe = GanRecipe { epochs: setting.samples + 1, batch, ..how() };
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
