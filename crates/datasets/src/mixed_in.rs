//! Examples of another split in a share of the places of each batch.

use crate::Split;
use sparring_seed::Key;

/// Set in the ids of examples from beside: none of them draws what an example of the split itself draws.
const BESIDE: u64 = 1 << 63;

/// Other examples, and the share of the places that they take.
#[derive(Clone, Debug)]
pub(crate) struct MixedIn {
    pub(crate) others: Split,
    share: f64,
    /// The order of the others in the present epoch.
    order: Vec<u32>,
}

impl MixedIn {
    pub(crate) fn new(others: Split, share: f64) -> Self {
        Self { others, share, order: Vec::new() }
    }
    /// Gives places of an epoch, whose examples are below `n`, to others, which are numbered from `n` on. Place p is given away where p + 1 times the share passes a whole number: any
    /// run of places, so any micro-batch, has the share of them. Each of the others comes once before one comes twice.
    pub(crate) fn take_places(&mut self, chosen: &mut [u32], n: u32, key: Key) {
        self.order.clear();
        self.order.extend(0..self.others.len() as u32);
        key.rng(0).shuffle(&mut self.order);
        let before = |place: usize| (place as f64 * self.share).floor();
        let given = (0..chosen.len()).filter(|&place| before(place + 1) > before(place));
        for (place, &other) in given.zip(self.order.iter().cycle()) {
            chosen[place] = n + other;
        }
    }
    /// The id of one of them.
    pub(crate) fn id(&self, i: usize) -> u64 {
        self.others.id(i) | BESIDE
    }
}
