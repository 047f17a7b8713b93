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
    /// The order of the others in a pass through them.
    order: Vec<u32>,
    /// Whose number this is.
    pass: Option<u64>,
}

impl MixedIn {
    pub(crate) fn new(others: Split, share: f64) -> Self {
        Self { others, share, order: Vec::new(), pass: None }
    }
    /// Gives places of an epoch, whose examples are below `n`, to others, which are numbered from `n` on. Place p is given away where p + 1 times the share passes a whole number: any
    /// run of places, so any micro-batch, has the share of them. The others come in passes, each in an order of its own by `key`, from epoch 1 on without a break: one that has come
    /// comes again when all have come as often. An epoch can be begun by its number alone.
    pub(crate) fn take_places(&mut self, chosen: &mut [u32], n: u32, (key, epoch): (Key, u64)) {
        let (share, all) = (self.share, self.others.len() as u64);
        let before = |place: usize| (place as f64 * share).floor() as u64;
        let done = epoch.saturating_sub(1).wrapping_mul(before(chosen.len()));
        for place in 0..chosen.len() {
            if before(place + 1) == before(place) {
                continue;
            }
            let next = done.wrapping_add(before(place));
            if self.pass != Some(next / all) {
                self.pass = Some(next / all);
                self.order.clear();
                self.order.extend(0..all as u32);
                key.child(next / all).rng(0).shuffle(&mut self.order);
            }
            chosen[place] = n + self.order[(next % all) as usize];
        }
    }
    /// The id of one of them.
    pub(crate) fn id(&self, i: usize) -> u64 {
        self.others.id(i) | BESIDE
    }
}
