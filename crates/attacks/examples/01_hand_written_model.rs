//! Attack a model written by hand: no tensor, no framework, forty lines of arithmetic.
//!
//! Two rings of points in the unit square, a net of 2-16-2 trained by plain gradient descent, and the question how
//! robust it is. `cargo run --release -p sparring-attacks --example 01_hand_written_model`

use sparring_attacks::{Threat, evaluate, suites};
use sparring_losses::{CrossEntropy, RowLoss};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;

const HIDDEN: usize = 16;

/// logits = V tanh(W x + a) + b
struct Net {
    w: [[f32; 2]; HIDDEN],
    a: [f32; HIDDEN],
    v: [[f32; HIDDEN]; 2],
    b: [f32; 2],
}

impl Net {
    fn new(key: Key) -> Self {
        let mut s = key.rng(0);
        Self {
            w: [(); HIDDEN].map(|()| [s.normal() as f32 * 3.0, s.normal() as f32 * 3.0]),
            a: [(); HIDDEN].map(|()| s.normal() as f32),
            v: [(); 2].map(|()| [(); HIDDEN].map(|()| s.normal() as f32 * 0.3)),
            b: [0.0; 2],
        }
    }
    fn hidden(&self, x: &[f32]) -> [f32; HIDDEN] {
        std::array::from_fn(|j| (self.w[j][0] * x[0] + self.w[j][1] * x[1] + self.a[j]).tanh())
    }
    fn output(&self, h: &[f32; HIDDEN]) -> [f32; 2] {
        std::array::from_fn(|c| self.b[c] + (0..HIDDEN).map(|j| self.v[c][j] * h[j]).sum::<f32>())
    }
    /// d(loss)/d(pre-activation), where training and attacking part ways: one goes on to `w`, the other to `x`.
    fn back(&self, h: &[f32; HIDDEN], dz: &[f32]) -> [f32; HIDDEN] {
        std::array::from_fn(|j| (self.v[0][j] * dz[0] + self.v[1][j] * dz[1]) * (1.0 - h[j] * h[j]))
    }
    fn learn(&mut self, x: &[f32], y: usize, lr: f32) {
        let h = self.hidden(x);
        let mut dz = [0.0; 2];
        CrossEntropy.eval(&self.output(&h), &y, &mut dz);
        let dh = self.back(&h, &dz);
        for j in 0..HIDDEN {
            self.w[j][0] -= lr * dh[j] * x[0];
            self.w[j][1] -= lr * dh[j] * x[1];
            self.a[j] -= lr * dh[j];
            for c in 0..2 {
                self.v[c][j] -= lr * dz[c] * h[j];
            }
        }
        (0..2).for_each(|c| self.b[c] -= lr * dz[c]);
    }
}

// This is all that a model of any make needs: its logits ...
impl Classifier for Net {
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
            z.copy_from_slice(&self.output(&self.hidden(x.row(i))));
        }
        Ok(())
    }
}

// ... and the way from the logits back to the input.
impl Differentiable for Net {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let (mut z, mut dz) = (vec![0.0; 2 * x.len()], vec![0.0; 2 * x.len()]);
        self.logits(x, &mut z)?;
        cotangent(&z, &mut dz);
        for (i, g) in grad.chunks_exact_mut(2).enumerate() {
            let dh = self.back(&self.hidden(x.row(i)), &dz[2 * i..2 * i + 2]);
            for k in 0..2 {
                g[k] = (0..HIDDEN).map(|j| dh[j] * self.w[j][k]).sum();
            }
        }
        Ok(())
    }
}

/// Class 0 within 0.2 of the centre, class 1 between 0.3 and 0.45.
fn rings(n: usize, key: Key) -> (Vec<f32>, Vec<usize>) {
    let mut x = Vec::new();
    for i in 0..n {
        let mut s = key.rng(i as u64);
        let radius = if i % 2 == 0 { s.uniform_in(0.0, 0.2) } else { s.uniform_in(0.3, 0.45) };
        let angle = s.uniform_in(0.0, std::f32::consts::TAU);
        x.extend([0.5 + radius * angle.cos(), 0.5 + radius * angle.sin()]);
    }
    (x, (0..n).map(|i| i % 2).collect())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::new(1);
    let (x, y) = rings(500, key.named("train"));
    let mut net = Net::new(key.named("init"));
    for _ in 0..200 {
        for (x, &y) in x.chunks_exact(2).zip(&y) {
            net.learn(x, y, 0.05);
        }
    }

    let (x, y) = rings(1000, key.named("test"));
    let ids: Vec<u64> = (0..1000).collect();
    let x = Batch::new(&x, net.shape(), &ids)?;
    for threat in [Threat::linf(0.02)?, Threat::linf(0.05)?, Threat::l2(0.05)?] {
        println!("{}\n", evaluate(&net, x, &y, &suites::standard(threat.norm), &threat, key)?);
    }
    Ok(())
}
