//! From what the generator says to a perturbation within the budget, and back.

use sparring_attacks::AnyNorm;

/// δ of t ∈ [−1, 1]ᵈ: eps · t in linf, eps · t / max(‖t‖₂, 1) in l2. Both fill the ball and never leave it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shaped {
    pub norm: AnyNorm,
    pub eps: f32,
}

fn length(t: &[f32]) -> f32 {
    // In f64, so that the order of so many small squares does not matter.
    t.iter().map(|&t| f64::from(t) * f64::from(t)).sum::<f64>().sqrt() as f32
}

impl Shaped {
    /// The factor of t.
    fn factor(self, t: &[f32]) -> f32 {
        match self.norm {
            AnyNorm::L2 => self.eps / length(t).max(1.0),
            _ => self.eps,
        }
    }
    /// The perturbation.
    pub fn delta(self, t: &[f32], delta: &mut [f32]) {
        let factor = self.factor(t);
        delta.iter_mut().zip(t).for_each(|(delta, t)| *delta = factor * t);
    }
    /// The gradient at t, of that at δ: outside the unit ball of l2 its part along t goes nowhere.
    pub fn pull(self, t: &[f32], d_delta: &[f32], dt: &mut [f32]) {
        let factor = self.factor(t);
        dt.iter_mut().zip(d_delta).for_each(|(dt, d)| *dt = factor * d);
        let size = length(t);
        if self.norm == AnyNorm::L2 && size > 1.0 {
            let along = t.iter().zip(&*dt).map(|(&t, &d)| f64::from(t) * f64::from(d)).sum::<f64>();
            let along = (along / (f64::from(size) * f64::from(size))) as f32;
            dt.iter_mut().zip(t).for_each(|(dt, t)| *dt -= along * t);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    #[test]
    fn changes_fill_the_ball_and_gradients_are_differences() {
        let mut rng = Key::new(3).rng(0);
        let mut draw =
            |scale: f32| -> Vec<f32> { (0..6).map(|_| scale * (2.0 * rng.uniform() - 1.0)).collect() };
        for norm in [AnyNorm::Linf, AnyNorm::L2] {
            // Steps of the differences stay within [-1, 1].
            for scale in [0.2, 0.95] {
                let (shaped, t, weights) = (Shaped { norm, eps: 0.7 }, draw(scale), draw(1.0));
                let value = |t: &[f32]| {
                    let mut delta = [0.0; 6];
                    shaped.delta(t, &mut delta);
                    let size: f32 = delta.iter().map(|d| d * d).sum::<f32>().sqrt();
                    match norm {
                        AnyNorm::L2 => assert!(size <= 0.7 * (1.0 + 1e-6)),
                        _ => assert!(delta.iter().all(|d| d.abs() <= 0.7)),
                    }
                    f64::from(delta.iter().zip(&weights).map(|(d, w)| d * w).sum::<f32>())
                };
                let mut dt = [f32::NAN; 6];
                shaped.pull(&t, &weights, &mut dt);
                for j in 0..6 {
                    let by = |h: f32| {
                        let mut t = t.clone();
                        t[j] += h;
                        value(&t)
                    };
                    let want = (by(1e-3) - by(-1e-3)) / 2e-3;
                    assert!((f64::from(dt[j]) - want).abs() < 2e-3, "{norm} {scale} {j}: {} {want}", dt[j]);
                }
            }
        }
        // A corner of the cube is at the rim of both balls.
        let mut delta = [0.0; 4];
        Shaped { norm: AnyNorm::L2, eps: 0.5 }.delta(&[1.0, -1.0, 1.0, 1.0], &mut delta);
        assert_eq!(delta, [0.25, -0.25, 0.25, 0.25]);
    }
}
