//! Nets that look robust and are not, each by a trick that is known from papers.

use super::Mlp;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// How a decoy misleads attacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trick {
    None,
    /// Of the hidden units, which are many, only the largest eight are passed on (Xiao et al. 2020, k-WTA).
    KWta,
    /// Hidden units steeper by this: saturated nearly everywhere.
    Steep(f32),
    /// Inputs rounded to eighths, with the gradient of what is not rounded.
    Quantised,
    /// x + sin(400 x)/100 before the net: ripples that turn the gradient, as one-step training learns them.
    Ripples,
    /// The net takes inputs from 0 to 255.
    Bytes,
    /// To the logits the mean over the batch is added, as of batch statistics.
    Mixed,
}

pub struct Decoy {
    pub net: Mlp,
    pub trick: Trick,
    pub bounds: Bounds,
}

impl Decoy {
    pub fn new(trick: Trick) -> Self {
        Self {
            net: Mlp::random(12, if trick == Trick::KWta { 128 } else { 32 }, 3, 1),
            trick,
            bounds: Bounds::UNIT,
        }
    }
    /// What the net takes for an input, and its derivative.
    fn input(&self, x: f32) -> (f32, f32) {
        match self.trick {
            Trick::Quantised => ((x * 8.0).round() / 8.0, 1.0),
            Trick::Ripples => (x + 0.01 * (400.0 * x).sin(), 1.0 + 4.0 * (400.0 * x).cos()),
            Trick::Bytes => (x / 255.0, 1.0 / 255.0),
            _ => (x, 1.0),
        }
    }
    /// Hidden units and their derivatives.
    fn hidden(&self, x: &[f32]) -> Vec<(f32, f32)> {
        let x: Vec<f32> = x.iter().map(|&x| self.input(x).0).collect();
        let a = self.net.w.row(&x);
        let mut sorted = a.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let unit = |&a: &f32| match self.trick {
            Trick::KWta if a >= sorted[7] => (a, 1.0),
            Trick::KWta => (0.0, 0.0),
            Trick::Steep(by) => ((by * a).tanh(), by * (1.0 - (by * a).tanh().powi(2))),
            _ => (a.tanh(), 1.0 - a.tanh().powi(2)),
        };
        a.iter().map(unit).collect()
    }
}

impl Classifier for Decoy {
    fn shape(&self) -> [usize; 3] {
        self.net.shape()
    }
    fn classes(&self) -> usize {
        self.net.classes()
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        let classes = self.classes();
        for (i, z) in out.chunks_exact_mut(classes).enumerate() {
            let h: Vec<f32> = self.hidden(x.row(i)).into_iter().map(|h| h.0).collect();
            z.copy_from_slice(&self.net.v.row(&h));
        }
        if self.trick == Trick::Mixed {
            let mean = |k: usize| out.iter().skip(k).step_by(classes).sum::<f32>() / x.len() as f32;
            let means: Vec<f32> = (0..classes).map(mean).collect();
            out.chunks_exact_mut(classes).for_each(|z| z.iter_mut().zip(&means).for_each(|(z, m)| *z += m));
        }
        Ok(())
    }
}

impl Differentiable for Decoy {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let mut z = vec![0.0; x.len() * self.classes()];
        let mut dz = z.clone();
        self.logits(x, &mut z)?;
        cotangent(&z, &mut dz);
        for (i, dz) in dz.chunks_exact(self.classes()).enumerate() {
            let back = |j: usize| dz.iter().zip(&self.net.v.w).map(|(d, v)| d * v[j]).sum::<f32>();
            let dh: Vec<f32> = self.hidden(x.row(i)).iter().enumerate().map(|(j, h)| back(j) * h.1).collect();
            for (k, g) in grad[i * x.dim()..(i + 1) * x.dim()].iter_mut().enumerate() {
                let sum: f32 = dh.iter().zip(&self.net.w.w).map(|(d, w)| d * w[k]).sum();
                *g = sum * self.input(x.row(i)[k]).1;
            }
        }
        Ok(())
    }
}

/// Two classes told apart by t = x₀: wrong only near 0.55, in a valley between 0.5 and 0.6 beyond which everything is flat.
pub struct Valley;

impl Valley {
    /// z₀ − z₁ and its derivative.
    fn margin(t: f32) -> (f32, f32) {
        match t - 0.55 {
            d if d.abs() >= 0.1 => (1.0, 0.0),
            d => (20.0 * d.abs() - 1.0, if d == 0.0 { 0.0 } else { 20.0 * d.signum() }),
        }
    }
}

impl Classifier for Valley {
    fn shape(&self) -> [usize; 3] {
        [1, 1, 2]
    }
    fn classes(&self) -> usize {
        2
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, z) in out.chunks_exact_mut(2).enumerate() {
            z.copy_from_slice(&[Self::margin(x.row(i)[0]).0, 0.0]);
        }
        Ok(())
    }
}

impl Differentiable for Valley {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let mut z = vec![0.0; x.len() * 2];
        let mut dz = z.clone();
        self.logits(x, &mut z)?;
        cotangent(&z, &mut dz);
        for (i, dz) in dz.chunks_exact(2).enumerate() {
            grad[2 * i] = dz[0] * Self::margin(x.row(i)[0]).1;
            grad[2 * i + 1] = 0.0;
        }
        Ok(())
    }
}
