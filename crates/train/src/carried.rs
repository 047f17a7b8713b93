//! A perturbation that a training carries from batch to batch.

use sparring_oracle::Bounds;

/// One perturbation for each place in a batch, zero at first, and the gradient there after a pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried {
    /// Example by example.
    pub noise: Vec<f32>,
    /// Gradient at the input of each example of the present batch.
    pub grad: Vec<f32>,
}

impl Carried {
    /// The examples of a batch: `out` = clip(x + δ, box).
    pub fn apply(&mut self, x: &[f32], bounds: Bounds, out: &mut Vec<f32>) {
        if self.noise.len() < x.len() {
            self.noise.resize(x.len(), 0.0);
        }
        self.grad.resize(x.len(), 0.0);
        out.resize(x.len(), 0.0);
        let moved = x.iter().zip(&self.noise).map(|(x, noise)| bounds.clip(x + noise));
        out.iter_mut().zip(moved).for_each(|(out, moved)| *out = moved);
    }
    /// δ ← clip(δ + step_size · sign(g), −eps, eps), where g is the gradient at δ: that at the example, 0 where x + δ lies outside the box, but not on its rim, where most pixels of a digit are.
    pub fn step(&mut self, x: &[f32], bounds: Bounds, step_size: f32, eps: f32) {
        for ((noise, x), &g) in self.noise.iter_mut().zip(x).zip(&self.grad) {
            let inside = bounds.clip(x + *noise) == x + *noise;
            let direction = if inside && g != 0.0 { g.signum() } else { 0.0 };
            *noise = (*noise + step_size * direction).clamp(-eps, eps);
        }
    }
}
