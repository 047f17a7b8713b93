//! Models written by hand, for which the truth is known or easily had.
#![allow(dead_code)] // each test file takes what it needs

mod decoys;
mod spoilt;
pub use decoys::{Decoy, Trick, Valley};
pub use spoilt::{Fault, Spoilt};

use sparring_attacks::{AnyAttack, AttackInfo, Finding, Report, Threat};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;

/// z = W x + b.
pub struct Linear {
    pub w: Vec<Vec<f32>>,
    pub b: Vec<f32>,
    pub bounds: Bounds,
}

impl Linear {
    pub fn random(classes: usize, dim: usize, bounds: Bounds, seed: u64) -> Self {
        let key = Key::new(seed).named("linear");
        let mut s = key.rng(0);
        let w = (0..classes).map(|_| (0..dim).map(|_| s.normal() as f32).collect()).collect();
        Self { w, b: (0..classes).map(|_| s.normal() as f32 * 0.3).collect(), bounds }
    }
    pub fn row(&self, x: &[f32]) -> Vec<f32> {
        let dot = |w: &Vec<f32>| w.iter().zip(x).map(|(w, x)| w * x).sum::<f32>();
        self.w.iter().zip(&self.b).map(|(w, b)| dot(w) + b).collect()
    }
}

impl Classifier for Linear {
    fn shape(&self) -> [usize; 3] {
        [1, 1, self.w[0].len()]
    }
    fn classes(&self) -> usize {
        self.w.len()
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, z) in out.chunks_exact_mut(self.classes()).enumerate() {
            z.copy_from_slice(&self.row(x.row(i)));
        }
        Ok(())
    }
}

impl Differentiable for Linear {
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
        for (g, dz) in grad.chunks_exact_mut(x.dim()).zip(dz.chunks_exact(self.classes())) {
            for (i, g) in g.iter_mut().enumerate() {
                *g = dz.iter().zip(&self.w).map(|(d, w)| d * w[i]).sum();
            }
        }
        Ok(())
    }
}

/// z = V tanh(W x): small, curved, smooth.
pub struct Mlp {
    w: Linear,
    v: Linear,
}

impl Mlp {
    pub fn random(dim: usize, hidden: usize, classes: usize, seed: u64) -> Self {
        let key = |i| 1000 * seed + i;
        Self {
            w: Linear::random(hidden, dim, Bounds::UNIT, key(1)),
            v: Linear::random(classes, hidden, Bounds::UNIT, key(2)),
        }
    }
    fn hidden(&self, x: &[f32]) -> Vec<f32> {
        self.w.row(x).into_iter().map(f32::tanh).collect()
    }
}

impl Classifier for Mlp {
    fn shape(&self) -> [usize; 3] {
        self.w.shape()
    }
    fn classes(&self) -> usize {
        self.v.classes()
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, z) in out.chunks_exact_mut(self.classes()).enumerate() {
            z.copy_from_slice(&self.v.row(&self.hidden(x.row(i))));
        }
        Ok(())
    }
}

impl Differentiable for Mlp {
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
            let h = self.hidden(x.row(i));
            let back = |j: usize| dz.iter().zip(&self.v.w).map(|(d, v)| d * v[j]).sum::<f32>();
            let dh: Vec<f32> = h.iter().enumerate().map(|(j, h)| back(j) * (1.0 - h * h)).collect();
            for (k, g) in grad[i * x.dim()..(i + 1) * x.dim()].iter_mut().enumerate() {
                *g = dh.iter().zip(&self.w.w).map(|(d, w)| d * w[k]).sum();
            }
        }
        Ok(())
    }
}

/// A model without gradients.
pub struct LogitsOnly(pub Mlp);
impl Classifier for LogitsOnly {
    fn shape(&self) -> [usize; 3] {
        self.0.shape()
    }
    fn classes(&self) -> usize {
        self.0.classes()
    }
    fn bounds(&self) -> Bounds {
        self.0.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.logits(x, out)
    }
}

/// Uniform points of the unit box with ids that are not their positions.
pub struct Points {
    pub data: Vec<f32>,
    pub shape: [usize; 3],
    pub ids: Vec<u64>,
}

impl Points {
    pub fn new(n: usize, dim: usize, seed: u64) -> Self {
        let key = Key::new(seed).named("points");
        let data = (0..n as u64).flat_map(|i| {
            let mut s = key.rng(i);
            (0..dim).map(move |_| s.uniform()).collect::<Vec<_>>()
        });
        Self { data: data.collect(), shape: [1, 1, dim], ids: (0..n as u64).map(|i| 7 * i + 3).collect() }
    }
    pub fn batch(&self) -> Batch<'_> {
        Batch::new(&self.data, self.shape, &self.ids).unwrap()
    }
}

/// All logits, row by row.
pub fn all_logits<M: Classifier + ?Sized>(model: &M, data: &[f32], like: Batch<'_>) -> Vec<Vec<f32>> {
    let mut z = vec![0.0; like.len() * model.classes()];
    model.logits(Batch::new(data, like.shape(), like.ids()).unwrap(), &mut z).unwrap();
    z.chunks_exact(model.classes()).map(<[f32]>::to_vec).collect()
}

/// What the model itself says: labels under which it is right everywhere.
pub fn own_labels<M: Classifier + ?Sized>(model: &M, x: Batch<'_>) -> Vec<usize> {
    all_logits(model, x.data(), x).iter().map(|z| sparring_attacks::predicted(z)).collect()
}

/// z_y − max of the others.
pub fn margin(z: &[f32], y: usize) -> f32 {
    z[y] - (0..z.len()).filter(|&i| i != y).map(|i| z[i]).fold(f32::NEG_INFINITY, f32::max)
}

/// The checks that cast doubt.
pub fn raised(r: &Report) -> Vec<&'static str> {
    r.raised().map(|f| f.id.name()).collect()
}

/// The row of a check.
pub fn row<'a>(r: &'a Report, id: &str) -> &'a Finding {
    r.findings.iter().find(|f| f.id.name() == id).unwrap()
}

/// Attacks that ask tens of thousands of queries or gradients by default, with fewer.
const FEWER: &[&str] = &[
    "spsa(steps=4, samples=16)",
    "nes(queries=200)",
    "one-pixel(population=8, generations=10)",
    "boundary(steps=120)",
    "hop-skip-jump(steps=3, initial=20)",
    "cw(steps=100, searches=3, c=1)",
    "ead(steps=100, searches=3, c=1)",
    "cw-linf(steps=50, c=0.1, step_size=0.02)",
    "sigma-zero(steps=100)",
    "pdpgd(steps=100)",
];

/// The same attack, with fewer queries if its defaults would take long here.
pub fn quicker<A: std::str::FromStr<Err: std::fmt::Debug> + std::fmt::Display>(attack: A) -> A {
    let name = format!("{attack}(");
    FEWER.iter().find(|fewer| fewer.starts_with(&name)).map_or(attack, |fewer| fewer.parse().unwrap())
}

/// Every attack with its default parameters, or fewer queries.
pub fn all_attacks() -> Vec<AnyAttack> {
    AnyAttack::defaults().into_iter().map(quicker).collect()
}

/// Of these budgets those that an attack works at: in its norms, and the whole box in place of less where it works at nothing else.
pub fn budgets(info: &AttackInfo, asked: &[Threat]) -> Vec<Threat> {
    let all = asked.iter().filter(|t| info.norms.contains(&t.norm));
    all.map(|t| if info.name == "spatial" { Threat { eps: 1.0, ..*t } } else { *t }).collect()
}
