//! How a batch is cut into shards, and whether a first matmul is cut by columns.

use std::ops::Range;

/// Examples of a shard at most: their values stay in the second-level cache, and a weight read from there serves them all.
const SHARD: usize = 32;
/// The same in networks without convolutions, whose values are fewer.
const DENSE: usize = 64;
/// Examples over which the gradient of a matmul's weight is one chain of multiply-adds, at most.
const CHAIN: usize = 128;
/// Examples that are worth a thread.
const LEAST: usize = 12;
/// Numbers of a first weight that is cut by columns: half a megabyte of `f32`, with the state of a rule three times as much.
const FIRST_BY_COLUMNS: usize = 1 << 17;

/// Whether a first weight of `k` inputs and `n` outputs is worth keeping by columns.
pub(crate) fn cuts_by_columns(k: usize, n: usize) -> bool {
    n <= k && k.saturating_mul(n) <= FIRST_BY_COLUMNS
}

/// A batch in shards of `each` examples, chains of `chain` examples in each of which shards begin anew. Gradients are summed over a chain first, then chain by chain in
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    n: usize,
    chain: usize,
    each: usize,
}

impl Cut {
    /// By the number of examples alone: shards are chains.
    pub fn fixed(n: usize) -> Self {
        // An even number of shards: two threads get the same share.
        let shards = (2 * n.div_ceil(2 * SHARD)).clamp(1, n.max(1));
        let each = n.div_ceil(shards).max(1);
        Self { n, chain: each, each }
    }
    /// By the number of examples alone, for networks without convolutions: chains as for [`for_threads`](Self::for_threads), in shards as even as can be.
    pub fn fixed_in_chains(n: usize) -> Self {
        let chain = chain(n);
        let shards = (2 * chain.div_ceil(2 * DENSE)).min(chain).max(1);
        Self { n, chain, each: chain.div_ceil(shards) }
    }
    /// Chains by the number of examples alone, in shards that give every thread something to do.
    pub fn for_threads(n: usize, threads: usize) -> Self {
        let chain = chain(n);
        let pieces = threads.div_ceil(n.div_ceil(chain).max(1)).min(chain.div_ceil(LEAST)).max(1);
        Self { n, chain, each: chain.div_ceil(pieces) }
    }
    fn pieces(&self) -> usize {
        self.chain.div_ceil(self.each)
    }
    /// Number of shards.
    pub fn shards(&self) -> usize {
        let (whole, rest) = (self.n / self.chain, self.n % self.chain);
        whole * self.pieces() + rest.div_ceil(self.each)
    }
    /// The examples of shard `i`.
    pub fn shard(&self, i: usize) -> Range<usize> {
        let begin = i / self.pieces() * self.chain;
        let first = begin + i % self.pieces() * self.each;
        first..(first + self.each).min(begin + self.chain).min(self.n)
    }
    /// Whether a chain begins with the example at this position.
    pub fn begins_chain(&self, first: usize) -> bool {
        first.is_multiple_of(self.chain)
    }
}

/// Examples of a chain: an even number of them, as soon as there are several.
fn chain(n: usize) -> usize {
    let chains = if n <= CHAIN { 1 } else { 2 * n.div_ceil(2 * CHAIN) };
    n.div_ceil(chains).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_a_batch_and_chains_do_not_depend_on_threads() {
        for n in 1..400 {
            let mut all: Option<Vec<usize>> = None;
            for cut in [1, 2, 3, 7, 64].map(|t| Cut::for_threads(n, t)) {
                let mut at = 0;
                for i in 0..cut.shards() {
                    let shard = cut.shard(i);
                    assert!(
                        shard.start == at && !shard.is_empty() && shard.len() <= cut.each,
                        "{cut:?}: {shard:?}"
                    );
                    at = shard.end;
                }
                assert_eq!(at, n, "{cut:?}");
                let chains: Vec<_> = (0..n).filter(|&i| cut.begins_chain(i)).collect();
                assert_eq!(*all.get_or_insert(chains.clone()), chains, "{cut:?}");
            }
            let fixed = Cut::fixed(n);
            let ends: Vec<_> = (0..fixed.shards()).map(|i| fixed.shard(i)).collect();
            assert!(ends.iter().all(|s| fixed.begins_chain(s.start)) && ends.last().unwrap().end == n);
            let dense = Cut::fixed_in_chains(n);
            let chains: Vec<_> = (0..n).filter(|&i| dense.begins_chain(i)).collect();
            let last = dense.shard(dense.shards() - 1);
            assert_eq!((Some(&chains), last.end), (all.as_ref(), n), "{dense:?}");
        }
        let two = |n: usize| (Cut::for_threads(n, 2).shards(), Cut::for_threads(n, 2).each);
        assert_eq!([128, 32, 50, 1, 256].map(two), [(2, 64), (2, 16), (2, 25), (1, 1), (2, 128)]);
        assert_eq!([128, 50, 1].map(|n| Cut::fixed(n).shards()), [4, 2, 1]);
        assert_eq!([256, 128, 50, 1].map(|n| Cut::fixed_in_chains(n).shards()), [4, 2, 2, 1]);
    }
}
