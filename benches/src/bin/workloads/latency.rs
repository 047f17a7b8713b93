//! One example forward through `Victim::logits`, the door of the attacks; loss: the mean logit.

use crate::classifiers::{build, cnn, mlp};
use crate::numbers::mean;
use crate::pace::Metric;
use crate::repeat::passes;
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_nn::Graph;
use sparring_oracle::{Batch, Classifier as _};

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    [("mlp_latency", forward(mlp)), ("cnn_latency", forward(cnn))]
        .map(|(id, run)| Row::new(id, Metric::Microseconds, run))
        .into()
}

fn forward(spec: fn() -> Graph) -> Run {
    Box::new(move |setting, pace| {
        let data = setting.digits(1)?.all();
        let x = Batch::new(&data.x, data.shape, &data.ids).map_err(|e| e.to_string())?;
        let model = build(spec())?;
        let victim = model.victim();
        let mut logits = Ok(vec![0.0; model.classes()]);
        let step = |logits: &mut Result<Vec<f32>, String>| {
            if let Ok(z) = logits
                && let Err(e) = victim.logits(x, z)
            {
                *logits = Err(e.to_string());
            }
        };
        passes(setting, pace, &mut logits, 1.0, step, |z| z.as_ref().map_or(f64::NAN, |z| mean(z)));
        logits.map(|_| Outcome::Done)
    })
}
