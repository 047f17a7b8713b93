//! One epoch in batches: the order depends on (key, epoch) alone.

use crate::augment::{AnyAugmentation, Augmenter};
use crate::mixed_in::MixedIn;
use crate::{MiniBatch, Split};
use sparring_seed::Key;

/// Whether an epoch goes in file order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// A fresh permutation each epoch.
    #[default]
    Shuffled,
    /// As stored.
    Sequential,
}

/// What becomes of a last batch that is not full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Last {
    /// It is given, smaller.
    #[default]
    Keep,
    /// It is left out, so that all batches are equal.
    Drop,
}

/// The pixels of a batch, to be written as numbers, row by row on any thread.
#[derive(Clone, Copy, Debug)]
pub struct BatchRows<'a> {
    split: &'a Split,
    chosen: &'a [u32],
    next: &'a [u32],
    augmenter: &'a Augmenter,
    mixed_in: Option<&'a MixedIn>,
}

impl BatchRows<'_> {
    /// Writes example `i` of the batch into `to`, and asks the caches for the one that takes its place in the next batch: rows are drawn from all over
    /// the memory.
    ///
    /// # Panics
    /// If there is no such example or `to` does not have its length.
    pub fn write(&self, i: usize, to: &mut [f32]) {
        let (split, at, id) = self.find(self.chosen[i] as usize);
        split.to_f32(&[at], to);
        if let Some(&next) = self.next.get(i) {
            let (split, at, _) = self.find(next as usize);
            split.ask_for(at);
        }
        self.augmenter.apply(id, split.shape(), to);
    }
    /// Where an example stands, and its id.
    fn find(&self, example: usize) -> (&Split, usize, u64) {
        match (self.mixed_in, example.checked_sub(self.split.len())) {
            (Some(mixed_in), Some(at)) => (&mixed_in.others, at, mixed_in.id(at)),
            _ => (self.split, example, self.split.id(example)),
        }
    }
    /// Whether rows are images that are changed: much more work than a conversion.
    pub fn is_augmented(&self) -> bool {
        !self.augmenter.is_empty()
    }
    /// Writes all pixels into the batch, by the threads of the caller: `rows(x, dim, row)` calls `row(i, ..)` once for each row of `dim` numbers of `x`,
    /// in any order and on any thread.
    pub fn fill_by(
        &self,
        out: &mut MiniBatch,
        rows: impl FnOnce(&mut [f32], usize, &(dyn Fn(usize, &mut [f32]) + Sync)),
    ) {
        let dim = self.split.dim();
        out.x.resize(self.chosen.len() * dim, 0.0);
        rows(&mut out.x, dim, &|i, row| self.write(i, row));
    }
}

/// The batches of one epoch, in an order that is a function of (key, epoch) and of nothing else.
///
/// As an iterator each batch is fresh; [`fill`](Batches::fill) writes into one the caller keeps, so that a step allocates nothing.
///
/// ```
/// use sparring_datasets::{Batches, Last, Order, synthetic};
/// use sparring_seed::Key;
/// let split = synthetic::moons(100, 0.1, Key::new(0));
/// let sizes: Vec<usize> = Batches::new(&split, 32, Key::new(1), 0, Order::Shuffled, Last::Keep).map(|b| b.len()).collect();
/// assert_eq!(sizes, [32, 32, 32, 4]);
/// ```
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    split: &'a Split,
    batch: usize,
    key: Key,
    order: Order,
    last: Last,
    chosen: Vec<u32>,
    at: usize,
    epoch: u64,
    augmenter: Augmenter,
    mixed_in: Option<MixedIn>,
}

impl<'a> Batches<'a> {
    /// The batches of `epoch`, `batch` examples each.
    ///
    /// # Panics
    /// If `batch` is 0 or the split has 2³² examples or more.
    #[track_caller]
    pub fn new(split: &'a Split, batch: usize, key: Key, epoch: u64, order: Order, last: Last) -> Self {
        assert!(batch > 0, "batches: a batch holds at least one example");
        assert!(u32::try_from(split.len()).is_ok(), "batches: {} examples, at most 2^32 - 1", split.len());
        if order == Order::Shuffled {
            split.gather_pages();
        }
        let (chosen, augmenter) = (Vec::with_capacity(split.len()), Augmenter::default());
        let mut batches =
            Self { split, batch, key, order, last, chosen, at: 0, epoch, augmenter, mixed_in: None };
        batches.restart(epoch);
        batches
    }
    /// The same with images changed by those of the chain that change single ones; they are drawn from this epoch on, which begins anew.
    #[must_use]
    pub fn augmented(mut self, chain: &[AnyAugmentation]) -> Self {
        self.augmenter = Augmenter::new(chain);
        self.restart(self.epoch);
        self
    }
    /// The same with a share of the places of each batch given to `others`, in an order that depends on (key, epoch) alone: an epoch has as many examples as before, so
    /// many fewer of them of the split; from epoch 1 on one of the others comes again when all have come as often. From this epoch on, which begins anew. Their ids are above those of any split.
    ///
    /// # Panics
    /// If there are no others, they have another shape, the share is not in [0, 1), or both splits have 2³² examples or more.
    #[must_use]
    #[track_caller]
    pub fn mixed_with(mut self, others: Split, share: f64) -> Self {
        assert!((0.0..1.0).contains(&share), "batches: a share of {share}, not in [0, 1)");
        assert!(
            others.shape() == self.split.shape() && !others.is_empty(),
            "batches: others of another shape"
        );
        let all = self.split.len().saturating_add(others.len());
        assert!(u32::try_from(all).is_ok(), "batches: {all} examples, at most 2^32 - 1");
        self.mixed_in = Some(MixedIn::new(others, share));
        self.restart(self.epoch);
        self
    }
    /// Begins another epoch in the same memory, as if made anew with this number.
    pub fn restart(&mut self, epoch: u64) {
        (self.at, self.epoch) = (0, epoch);
        self.augmenter.begin(self.key.named("augment").child(epoch));
        self.chosen.clear();
        self.chosen.extend(0..self.split.len() as u32);
        if self.order == Order::Shuffled {
            self.key.named("shuffle").child(epoch).rng(0).shuffle(&mut self.chosen);
        }
        if let Some(mixed_in) = &mut self.mixed_in {
            let key = self.key.named("mixed in");
            mixed_in.take_places(&mut self.chosen, self.split.len() as u32, (key, epoch));
        }
    }
    /// Writes the next batch into `out`, reusing its memory; `false` at the end of the epoch, with `out` untouched.
    pub fn fill(&mut self, out: &mut MiniBatch) -> bool {
        let Some(rows) = self.next_rows(out) else { return false };
        rows.fill_by(out, |x, dim, row| x.chunks_exact_mut(dim).enumerate().for_each(|(i, x)| row(i, x)));
        true
    }
    /// The next batch without its pixels: labels and ids are written into `out`, and the [`BatchRows`] returned write the pixels wherever and whenever they are
    /// needed; `None` at the end of the epoch, with `out` untouched.
    pub fn next_rows(&mut self, out: &mut MiniBatch) -> Option<BatchRows<'_>> {
        let left = self.chosen.len() - self.at;
        if left == 0 || (left < self.batch && self.last == Last::Drop) {
            return None;
        }
        let (begin, end) = (self.at, self.at + self.batch.min(left));
        self.at = end;
        let (chosen, next) = (&self.chosen[begin..end], &self.chosen[end..]);
        let mixed_in = self.mixed_in.as_ref();
        let rows = BatchRows { split: self.split, chosen, next, augmenter: &self.augmenter, mixed_in };
        out.gather(self.split.shape(), chosen.iter().map(|&i| rows.find(i as usize)));
        Some(rows)
    }
    /// Batches in one whole epoch.
    pub fn per_epoch(&self) -> usize {
        match self.last {
            Last::Keep => self.chosen.len().div_ceil(self.batch),
            Last::Drop => self.chosen.len() / self.batch,
        }
    }
}

impl Iterator for Batches<'_> {
    type Item = MiniBatch;
    fn next(&mut self) -> Option<MiniBatch> {
        let mut out = MiniBatch::default();
        self.fill(&mut out).then_some(out)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.per_epoch() - self.at / self.batch - usize::from(!self.at.is_multiple_of(self.batch));
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batches<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::blobs;

    fn ids(split: &Split, seed: u64, epoch: u64, order: Order) -> Vec<u64> {
        Batches::new(split, 16, Key::new(seed), epoch, order, Last::Keep).flat_map(|b| b.ids).collect()
    }

    #[test]
    fn an_epoch_shows_each_example_once_in_an_order_of_its_own() {
        let split = blobs(101, 3, 0.03, Key::new(5));
        let first = ids(&split, 1, 0, Order::Shuffled);
        assert_eq!(first, ids(&split, 1, 0, Order::Shuffled));
        assert_ne!(first, ids(&split, 1, 1, Order::Shuffled));
        assert_ne!(first, ids(&split, 2, 0, Order::Shuffled));
        // Golden: a change here changes every published run.
        assert_eq!(first[..6], GOLDEN);
        let mut sorted = first;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..101).collect::<Vec<_>>());
        assert_eq!(ids(&split, 1, 3, Order::Sequential), sorted);
    }
    const GOLDEN: [u64; 6] = [50, 30, 97, 99, 8, 89];

    #[test]
    fn rows_labels_and_ids_belong_together() {
        let split = blobs(50, 4, 0.03, Key::new(5)).range(7..50);
        for batch in Batches::new(&split, 8, Key::new(1), 0, Order::Shuffled, Last::Keep) {
            for k in 0..batch.len() {
                let i = (0..split.len()).find(|&i| split.id(i) == batch.ids[k]).unwrap();
                assert_eq!(
                    (&batch.x[2 * k..2 * k + 2], batch.labels[k]),
                    (&split.row(i)[..], split.label(i))
                );
            }
        }
    }

    #[test]
    fn others_take_their_share_of_every_batch() {
        let (split, others) = (blobs(40, 4, 0.03, Key::new(5)), blobs(7, 4, 0.3, Key::new(6)));
        let plain = Batches::new(&split, 8, Key::new(1), 3, Order::Shuffled, Last::Keep);
        let mixed = plain.clone().mixed_with(others.clone(), 0.25);
        assert_eq!(mixed.per_epoch(), plain.per_epoch());
        let mut seen = [0; 7];
        for (plain, mixed) in plain.clone().zip(mixed.clone()) {
            for k in 0..8 {
                let (row, label) = (&mixed.x[2 * k..2 * k + 2], mixed.labels[k]);
                if mixed.ids[k] < 1 << 63 {
                    // The others of the split are where they were.
                    assert_eq!((mixed.ids[k], label), (plain.ids[k], plain.labels[k]));
                    assert_eq!(row, &plain.x[2 * k..2 * k + 2]);
                } else {
                    let i = (mixed.ids[k] - (1 << 63)) as usize;
                    assert_eq!((row, label), (&others.row(i)[..], others.label(i)));
                    seen[i] += 1;
                }
            }
            assert_eq!(mixed.ids.iter().filter(|&&id| id >= 1 << 63).count(), 2);
        }
        // Ten places for seven: each once before one comes twice.
        assert!(seen.iter().sum::<usize>() == 10 && seen.iter().all(|n| (1..=2).contains(n)), "{seen:?}");
        let ids = |b: Batches<'_>| b.flat_map(|b| b.ids).collect::<Vec<_>>();
        assert_eq!(ids(plain.clone().mixed_with(others.clone(), 0.0)), ids(plain.clone()));
        let mut again = plain.mixed_with(others, 0.25);
        again.restart(4);
        assert_ne!(ids(again.clone()), ids(mixed.clone()));
        again.restart(3);
        assert_eq!(ids(again), ids(mixed));
    }

    #[test]
    fn others_come_again_when_all_have_come() {
        let (split, others) = (blobs(40, 4, 0.03, Key::new(5)), blobs(20, 4, 0.3, Key::new(6)));
        let mut mixed = Batches::new(&split, 8, Key::new(1), 1, Order::Shuffled, Last::Keep)
            .mixed_with(others.clone(), 0.25);
        let mut come = |epoch| {
            mixed.restart(epoch);
            let ids = mixed.clone().flat_map(|b| b.ids);
            ids.filter_map(|id| id.checked_sub(1 << 63)).collect::<Vec<u64>>()
        };
        // Ten places an epoch for twenty: two epochs are a pass.
        let passes = [[1, 2], [3, 4]].map(|epochs| epochs.map(&mut come).concat());
        for pass in &passes {
            let mut sorted = pass.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..20).collect::<Vec<u64>>());
        }
        assert_ne!(passes[0], passes[1]);
        assert_eq!(come(2), passes[0][10..]);
    }

    #[test]
    fn the_last_batch_is_kept_or_dropped_and_buffers_are_reused() {
        let split = blobs(20, 2, 0.03, Key::new(5));
        for (last, n, examples) in [(Last::Keep, 3, 20), (Last::Drop, 2, 16)] {
            let mut batches = Batches::new(&split, 8, Key::new(1), 0, Order::Shuffled, last);
            assert_eq!((batches.len(), batches.per_epoch()), (n, n));
            let (mut out, mut seen, mut count) = (MiniBatch::default(), 0, 0);
            let mut memory: *const f32 = std::ptr::null();
            for epoch in 0..3 {
                batches.restart(epoch);
                while batches.fill(&mut out) {
                    count += 1;
                    assert!(memory.is_null() || memory == out.x.as_ptr());
                    memory = out.x.as_ptr();
                    seen += out.len();
                    assert_eq!(batches.len(), n - (count - 1) % n - 1);
                }
            }
            assert_eq!((count, seen), (3 * n, 3 * examples));
        }
        assert_eq!(Batches::new(&split.first(0), 8, Key::new(1), 0, Order::Shuffled, Last::Keep).count(), 0);
    }
}
