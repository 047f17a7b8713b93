//! Adam's running means of a gradient and of its square, of each candidate.
//!
//! m ← m + (1 − β₁)(g − m), v ← β₂ v + (1 − β₂) g², direction m / (1 − β₁ᵗ) / (√v / √(1 − β₂ᵗ) + ε); β₁ 0.9, β₂ 0.999, ε 10⁻⁸
//! source   Kingma and Ba 2015, arXiv:1412.6980

use crate::live::{PerCandidate, Table};

/// β₂, and 1 − β₁ and 1 − β₂, which `f32` would not give exactly.
const OLD: f32 = 0.999;
const NEW: [f32; 2] = [0.1, 0.001];
const EPSILON: f32 = 1e-8;

/// The two means.
#[derive(Debug)]
pub(crate) struct Adam {
    mean: Table,
    square: Table,
}

impl Adam {
    pub(crate) fn zeros(candidates: usize, dim: usize) -> Self {
        Self { mean: Table::zeros(candidates, dim), square: Table::zeros(candidates, dim) }
    }
    /// Forgets what candidate `k` has seen.
    pub(crate) fn forget(&mut self, k: usize) {
        self.mean.row_mut(k).fill(0.0);
        self.square.row_mut(k).fill(0.0);
    }
    /// Takes in the gradient of candidate `k`'s step `t`, counted from 1, and overwrites it by the direction.
    pub(crate) fn direct(&mut self, k: usize, t: usize, grad: &mut [f32]) {
        let [first, second] = corrections(t);
        let means = self.mean.row_mut(k).iter_mut().zip(self.square.row_mut(k));
        for (g, (m, v)) in grad.iter_mut().zip(means) {
            *m += NEW[0] * (*g - *m);
            *v = OLD * *v + NEW[1] * *g * *g;
            *g = *m / (v.sqrt() / second + EPSILON) / first;
        }
    }
    /// What the means of candidate `k` were divided by at step `t`.
    pub(crate) fn scales(&self, k: usize, t: usize) -> impl Iterator<Item = f32> {
        let [_, second] = corrections(t);
        self.square.row(k).iter().map(move |v| v.sqrt() / second + EPSILON)
    }
}

/// 1 − β₁ᵗ and √(1 − β₂ᵗ).
fn corrections(t: usize) -> [f32; 2] {
    let of = |beta: f64| 1.0 - beta.powi(t.min(1 << 30) as i32);
    [of(0.9) as f32, of(0.999).sqrt() as f32]
}

impl PerCandidate for Adam {
    fn shift(&mut self, from: usize, to: usize) {
        self.mean.shift(from, to);
        self.square.shift(from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_sign_and_a_steady_gradient_stays_one() {
        let mut adam = Adam::zeros(2, 3);
        for t in 1..=50 {
            let mut grad = [4.0, -0.001, 0.0];
            adam.direct(1, t, &mut grad);
            let near = grad.iter().zip([1.0, -1.0, 0.0]).all(|(g, want)| (g - want).abs() < 2e-4);
            assert!(near, "{t}: {grad:?}");
        }
        assert!(adam.scales(1, 50).zip([4.0, 0.001, 0.0]).all(|(s, want)| (s - want).abs() < 1e-3));
        // The definition in f64, over gradients that change.
        let (mut m, mut v) = (0.0_f64, 0.0_f64);
        for t in 1..=20 {
            let g = (f64::from(t)).sin();
            (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
            let want = m / (1.0 - 0.9_f64.powi(t)) / ((v / (1.0 - 0.999_f64.powi(t))).sqrt() + 1e-8);
            let mut grad = [0.0, g as f32, 0.0];
            adam.direct(0, t as usize, &mut grad);
            assert!((f64::from(grad[1]) - want).abs() < 1e-5, "{t}: {} {want}", grad[1]);
        }
        adam.forget(0);
        let mut grad = [0.0, -3.0, 0.0];
        adam.direct(0, 1, &mut grad);
        assert!((grad[1] + 1.0).abs() < 1e-6);
    }
}
