//! PGD through `perturb_chunked`: L-inf 0.3, 40 steps of 0.01, random start, and no example leaves early.
//!
//! A pass is one batch. The nets have their first weights; the loss is the mean cross-entropy on the adversarial examples,
//! in `f32` whatever the precision of the proposals.

use crate::classifiers::{build, cnn, mlp, small_cnn};
use crate::pace::Metric;
use crate::row::{Row, Run, named};
use crate::setting::Outcome;
use sparring_attacks::{EvaluateOptions, Goal, Pgd, StepSize, Stop, Threat, perturb_chunked};
use sparring_nn::Graph;
use sparring_oracle::{Batch, Classifier as _};
use sparring_seed::Key;
use sparring_tensor::Precision;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let nets: [(_, fn() -> Graph, _); 3] = [
        ("cnn_pgd40_b250", cnn, 250),
        ("mlp_pgd40_b1000", mlp, 1000),
        ("smallcnn_pgd40_b1000", small_cnn, 1000),
    ];
    let row = |precision: Precision| {
        nets.map(|(id, spec, batch)| {
            let run = attack(spec, batch, precision);
            Row { precision, ..Row::new(named(id, precision), Metric::Rate("examples/s"), run) }
        })
    };
    Precision::ALL.into_iter().flat_map(row).collect()
}

fn attack(spec: fn() -> Graph, batch: usize, precision: Precision) -> Run {
    Box::new(move |setting, pace| {
        if let Some(reason) = setting.too_slow(precision) {
            return Ok(Outcome::Skipped(reason));
        }
        let data = setting.digits(setting.size(batch, 4))?.all();
        let model = build(spec())?;
        let x = Batch::new(&data.x, data.shape, &data.ids).map_err(|e| e.to_string())?;
        let threat = Threat::linf(0.3).map_err(|e| e.to_string())?;
        let attack =
            Pgd { steps: 40, step_size: StepSize::Absolute(0.01), stop: Stop::Never, ..Pgd::default() };
        let mut out = vec![0.0; data.x.len()];
        // As `evaluate` cuts a batch.
        let chunk = EvaluateOptions::default().batch;
        for pass in 0.. {
            let (victim, goal) = (model.victim().in_precision(precision), Goal::Untargeted(&data.labels));
            let key = Key::new(7).child(pass);
            perturb_chunked(&attack, &victim, x, goal, &threat, key, &mut out, chunk)
                .map_err(|e| e.to_string())?;
            let loss = || {
                let mut logits = vec![0.0; data.len() * model.classes()];
                let adversarial =
                    Batch::new(&out, data.shape, &data.ids).map(|x| model.victim().logits(x, &mut logits));
                if matches!(adversarial, Ok(Ok(()))) {
                    cross_entropy(&logits, &data.labels)
                } else {
                    f64::NAN
                }
            };
            if !pace.lap(data.len() as f64, loss) {
                break;
            }
        }
        Ok(Outcome::Done)
    })
}

/// Mean of log Σ e^z − z_label.
fn cross_entropy(logits: &[f32], labels: &[usize]) -> f64 {
    let rows = logits.chunks_exact(logits.len() / labels.len());
    let one = |(z, &label): (&[f32], &usize)| {
        let max = z.iter().fold(f64::NEG_INFINITY, |m, &v| m.max(f64::from(v)));
        max + z.iter().map(|&v| (f64::from(v) - max).exp()).sum::<f64>().ln() - f64::from(z[label])
    };
    rows.zip(labels).map(one).sum::<f64>() / labels.len() as f64
}

#[cfg(test)]
mod tests {
    #[test]
    fn cross_entropy_of_equal_logits() {
        let got = super::cross_entropy(&[1.0, 1.0, 3.0, 3.0], &[0, 1]);
        assert!((got - 2.0f64.ln()).abs() < 1e-12);
    }
}
