//! A pass in anomaly mode.

use super::pass::pairs_of;
use super::{Fitting, Supervised};
use crate::anomaly::{End, examine};
use crate::learner::Failure;
use crate::objective::Classification;
use crate::paired::{Pairs, Statistics};
use crate::parallel::fill;
use crate::{ExampleSource, Plan};
use sparring_datasets::{BatchRows, MiniBatch};
use sparring_losses::PairLoss;
use sparring_seed::Key;
use sparring_tensor::Array;

impl<M: Supervised> Fitting<'_, M> {
    /// Looks at every operation of the pass to come, on its examples and with its randomness.
    pub(super) fn examined(
        &mut self,
        plan: &Plan,
        batch: &mut MiniBatch,
        rows: BatchRows<'_>,
        key: Key,
    ) -> Result<(), Failure> {
        fill(batch, rows);
        self.trained.store(self.model.net_mut());
        let (labels, smoothing) = (&batch.labels, self.smoothing);
        let classes = Classification { labels, smoothing, mixed: self.mixing.labels(0..batch.len()) };
        let clean = matches!(plan.examples, ExampleSource::Corrupted(_)).then_some(&self.other[..]);
        let found = match pairs_of(plan) {
            Some(loss) => self.examined_pairs(batch, loss, key),
            None => self.run(batch, &batch.x, key, &mut |ends, x| {
                let root =
                    M::with_objective(&classes, clean, |objective| sparring_nn::loss(ends, x, objective).0);
                (root, Array::scalar(1.0))
            }),
        };
        found.map_or(Ok(()), |at| Err(Failure::Anomaly(at)))
    }
    fn run(&self, batch: &MiniBatch, x: &[f32], key: Key, end: End<'_>) -> Option<String> {
        let [c, h, w] = batch.shape;
        let x = Array::from_slice([batch.len(), c, h, w], x);
        examine(self.model.net(), (key, &batch.ids), x, end)
    }
    /// The adversarial batch forwards, the clean one both ways, the adversarial one back.
    fn examined_pairs(&self, batch: &MiniBatch, loss: &dyn PairLoss<f32>, key: Key) -> Option<String> {
        let MiniBatch { labels, ids, x: clean, .. } = batch;
        let (adversarial, smoothing, statistics) = (&self.other, self.smoothing, Statistics::Forgotten);
        let of = batch.len();
        let pairs = Pairs { labels, ids, clean, adversarial, smoothing, statistics, of };
        let (mut logits, mut pull) = (Array::zeros([0]), Array::zeros([0]));
        let forwards = self.run(batch, adversarial, key.named("adversarial"), &mut |ends, _| {
            logits = ends[0].value();
            pull = Array::zeros(ends[0].shape());
            (ends[0], pull.clone())
        });
        let clean = || {
            self.run(batch, clean, key.named("clean"), &mut |ends, _| {
                let (z, mut d) = (ends[0].value(), Array::zeros(ends[0].shape()));
                let found = [d.as_mut_slice(), pull.as_mut_slice()];
                pairs.at_outputs(loss, [z.as_slice(), logits.as_slice()], found);
                (ends[0], d)
            })
        };
        let found = forwards.or_else(clean);
        found.or_else(|| {
            self.run(batch, adversarial, key.named("adversarial"), &mut |ends, _| (ends[0], pull.clone()))
        })
    }
}
