//! Images of a batch mixed with each other: mixup, cutmix.

use crate::objective::MixedLabels;
use sparring_datasets::MiniBatch;
use sparring_datasets::augment::AnyAugmentation;
use sparring_seed::Key;
use sparring_tensor::par;
use std::ops::Range;

/// What mixes the images of a batch, and the labels that came with it.
#[derive(Debug)]
pub(crate) struct Mixing {
    by: Option<AnyAugmentation>,
    /// The partner of each place.
    order: Vec<usize>,
    others: Vec<usize>,
    share: f64,
}

impl Mixing {
    /// The one of a chain that mixes.
    pub fn of(chain: &[AnyAugmentation]) -> Self {
        let by = chain.iter().copied().find(AnyAugmentation::mixes);
        Self { by, order: Vec::new(), others: Vec::new(), share: 1.0 }
    }
    pub fn is_on(&self) -> bool {
        self.by.is_some()
    }
    /// Mixes the images of a batch, whose pixels are filled in; `spare` has the images as they were then. Shares and partners are drawn by the key, that of the step.
    pub fn mix(&mut self, batch: &mut MiniBatch, spare: &mut Vec<f32>, key: Key) {
        const ROWS: usize = 16;
        let (n, shape) = (batch.len(), batch.shape);
        let mut rng = key.named("mix").rng(0);
        let Some(mix) = self.by.and_then(|by| by.mix(shape, &mut rng)) else { return };
        self.order.clear();
        self.order.extend(0..n);
        rng.shuffle(&mut self.order);
        self.others.clear();
        self.others.extend(self.order.iter().map(|&j| batch.labels[j]));
        self.share = mix.share;
        let (dim, order, x) = (batch.x.len() / n.max(1), &self.order, &batch.x);
        spare.resize(x.len(), 0.0);
        let row = |i: usize| &x[i * dim..(i + 1) * dim];
        par::for_each_chunk(spare, ROWS * dim, 2 * x.len(), |part, rows| {
            for (i, to) in rows.chunks_exact_mut(dim).enumerate() {
                let i = part * ROWS + i;
                to.copy_from_slice(row(i));
                mix.apply(shape, to, row(order[i]));
            }
        });
        std::mem::swap(&mut batch.x, spare);
    }
    /// The second labels of these places of the batch.
    pub fn labels(&self, places: Range<usize>) -> Option<MixedLabels<'_>> {
        self.is_on().then(|| MixedLabels { others: &self.others[places], share: self.share })
    }
}
