//! A codebook that follows encodings.
//!
//! averages N_k ← γ N_k + (1 − γ) n_k, m_k ← γ m_k + (1 − γ) Σ z over the n_k encodings of a batch nearest to k; vector e_k = m_k / N̂_k,
//!          N̂_k = (N_k + ε) / (N + K ε) · N, N = Σ N_k
//! source   van den Oord et al. 2017, arXiv:1711.00937, appendix A.1; ε = 1e-5 as in github.com/google-deepmind/sonnet

use sparring_models::VqVae;
use sparring_seed::Key;

/// Keeps an entry that nothing chose from a division by 0.
const EPSILON: f32 = 1e-5;

/// The averages that the vectors of a codebook are made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Codebook {
    /// Encodings of a batch that choose an entry, `[entries]`, averaged; all 0 before the first step.
    pub counts: Vec<f32>,
    /// Their sums, `[entries, dim]`, averaged.
    pub sums: Vec<f32>,
}

/// The encodings of a batch, channels first `[n, dim · places]`, and the entries they choose, `[n, places]`.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub z: &'a [f32],
    pub entries: &'a [u32],
    pub places: usize,
}

impl Chosen<'_> {
    /// Number c of the `at`-th encoding.
    fn number(&self, at: usize, c: usize, dim: usize) -> f32 {
        let (i, p) = (at / self.places, at % self.places);
        self.z[(i * dim + c) * self.places + p]
    }
}

impl Codebook {
    pub fn new(model: &VqVae) -> Self {
        let (k, dim) = (model.entries(), model.dim());
        Self { counts: vec![0.0; k], sums: vec![0.0; k * dim] }
    }
    /// Whether a step was made.
    pub fn has_begun(&self) -> bool {
        self.counts.iter().any(|&n| n > 0.0)
    }
    /// Puts every vector at an encoding drawn by `key`: as a first guess all of them are near some.
    pub fn begin(vectors: &mut [f32], dim: usize, z: &[f32], places: usize, key: Key) {
        let all = Chosen { z, entries: &[], places };
        let mut order: Vec<usize> = (0..z.len() / dim).collect();
        key.named("begin").rng(0).shuffle(&mut order);
        for (k, vector) in vectors.chunks_exact_mut(dim).enumerate() {
            let at = order[k % order.len()];
            vector.iter_mut().enumerate().for_each(|(c, v)| *v = all.number(at, c, dim));
        }
    }
    /// Averages in the encodings of a batch, and moves the vectors. Entries whose count is below `restart` of an even share are put at encodings drawn by `key`; how many.
    pub fn follow(
        &mut self,
        vectors: &mut [f32],
        chosen: Chosen<'_>,
        (decay, restart): (f64, f64),
        key: Key,
    ) -> usize {
        let (k, all) = (self.counts.len(), chosen.entries.len());
        let dim = vectors.len() / k;
        let [mut counts, mut sums] = [vec![0.0f32; k], vec![0.0f32; k * dim]];
        for (at, &e) in chosen.entries.iter().enumerate() {
            counts[e as usize] += 1.0;
            let sum = &mut sums[e as usize * dim..(e as usize + 1) * dim];
            sum.iter_mut().enumerate().for_each(|(c, s)| *s += chosen.number(at, c, dim));
        }
        let even = all as f32 / k as f32;
        // The averages begin with an even use of the vectors as they are.
        if !self.has_begun() {
            self.counts.fill(even);
            self.sums.iter_mut().zip(&*vectors).for_each(|(s, v)| *s = even * v);
        }
        let (kept, new) = (decay as f32, (1.0 - decay) as f32);
        self.counts.iter_mut().zip(&counts).for_each(|(a, n)| *a = kept * *a + new * n);
        self.sums.iter_mut().zip(&sums).for_each(|(a, s)| *a = kept * *a + new * s);
        let (mut rng, mut restarts) = (key.named("restart").rng(0), 0);
        for e in 0..k {
            if self.counts[e] < restart as f32 * even {
                let at = rng.below(all as u32) as usize;
                self.counts[e] = even;
                (0..dim).for_each(|c| self.sums[e * dim + c] = even * chosen.number(at, c, dim));
                restarts += 1;
            }
        }
        let total: f32 = self.counts.iter().sum();
        let scale = total / (total + k as f32 * EPSILON);
        for (e, vector) in vectors.chunks_exact_mut(dim).enumerate() {
            let count = (self.counts[e] + EPSILON) * scale;
            vector.iter_mut().zip(&self.sums[e * dim..]).for_each(|(v, s)| *v = s / count);
        }
        restarts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_become_the_means_of_what_chooses_them() {
        // Two numbers at two places of two examples: encodings (1, 10), (3, 30), (5, 50), (7, 70).
        let z = [1.0, 3.0, 10.0, 30.0, 5.0, 7.0, 50.0, 70.0];
        let chosen = Chosen { z: &z, entries: &[0, 0, 1, 0], places: 2 };
        let mut book = Codebook { counts: vec![0.0; 3], sums: vec![0.0; 6] };
        let mut vectors = [0.0; 6];
        // Without memory the vectors are the means at once; the third, unused, is left where it was but for epsilon.
        assert_eq!(book.follow(&mut vectors, chosen, (0.0, 0.0), Key::new(1)), 0);
        for (got, want) in vectors.iter().zip([11.0 / 3.0, 110.0 / 3.0, 5.0, 50.0, 0.0, 0.0]) {
            assert!((got - want).abs() < 1e-3, "{got} {want}");
        }
        // With one half: (even share 4/3 of the old, and the new counts) on average.
        let mut book = Codebook { counts: vec![0.0; 3], sums: vec![0.0; 6] };
        let mut vectors = [0.0, 0.0, 5.0, 50.0, 1.0, 1.0];
        book.follow(&mut vectors, chosen, (0.5, 0.0), Key::new(1));
        let want = |old: f32, sum: f32, n: f32| (4.0 / 3.0 * old + sum) / (4.0 / 3.0 + n);
        for (got, want) in
            vectors.iter().zip([want(0.0, 11.0, 3.0), want(0.0, 110.0, 3.0), 5.0, 50.0, 1.0, 1.0])
        {
            assert!((got - want).abs() < 2e-3 * want.max(1.0), "{got} {want}");
        }
    }

    #[test]
    fn what_nothing_chooses_is_put_at_an_encoding() {
        let z: Vec<f32> = (0..6).map(|i| i as f32).collect();
        let chosen = Chosen { z: &z, entries: &[0; 6], places: 1 };
        let (mut book, mut vectors) = (Codebook { counts: vec![0.0; 2], sums: vec![0.0; 2] }, [2.5, 100.0]);
        let mut steps = 0;
        while book.follow(&mut vectors, chosen, (0.9, 0.1), Key::new(steps)) == 0 {
            steps += 1;
        }
        // 0.9^n < 0.1 from n = 22 on.
        assert_eq!(steps, 21);
        assert!(z.iter().any(|v| (v - vectors[1]).abs() < 1e-3), "{vectors:?}");
        let mut begun = [0.0; 4];
        Codebook::begin(&mut begun, 1, &z, 1, Key::new(2));
        begun.sort_by(f32::total_cmp);
        assert!(begun.windows(2).all(|w| w[0] < w[1]) && begun.iter().all(|v| z.contains(v)));
    }
}
