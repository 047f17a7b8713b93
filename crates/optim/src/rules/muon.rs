//! Muon.

use super::elementwise::Mean;
use super::{AdamW, MomentumKind};
use crate::contract::{DECAY, MEMORY, Needs, RuleInfo, WholeTensor, assert_shapes};
use crate::matrix::transpose;
use crate::{Rule, global_norm};
use sparring_math::Real;
use sparring_math::named::{Named, NamedError, Range};

/// Muon: the step of a matrix is its momentum with all singular values brought near 1; other parameters are for AdamW.
///
/// Of a weight \[rows, columns\]: `b ← μ b + (1-μ) g`; `u = (1-μ) g + μ b` with Nesterov, else b; X = u / max(‖u‖, 1e-7), five times `X ← 3.4445 X - 4.775 (X Xᵀ) X + 2.0315 (X Xᵀ)² X`;
/// `w ← (1 - lr · weight_decay) w - lr √max(1, rows / columns) · X`. PyTorch's program, which takes a mean for the momentum where its documentation has a sum; its iteration
/// runs in bfloat16, this one in the precision of the weights. What is no matrix (biases, gains, convolutions) takes a step of [`AdamW`] with β₂ 0.95, at the rate lr · `adam_rate`.
///
/// It [needs](Rule::needs) the whole tensor; `update` takes the slice for a vector. The first slot holds b, or AdamW's m; the second is AdamW's √v.
///
/// Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon.
///
/// ```
/// use sparring_optim::{Muon, Rule, WholeTensor};
/// let (mut w, mut b, mut v) = ([0.0_f64; 4], [0.0; 4], [0.0; 4]);
/// // Singular values 3 and 1e-3 of the gradient: steps of nearly one length in both directions.
/// let g = [3.0, 0.0, 0.0, 1e-3];
/// Muon::default().update_tensor(WholeTensor::new(&[2, 2]), 1, 1.0, &mut w, &g, &mut [&mut b, &mut v]);
/// assert!(w[0] < -0.6 && w[0] > -1.3 && w[3] < -0.1 && w[1] == 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Muon {
    /// Memory of the momentum, in [0, 1).
    pub momentum: f64,
    /// Nesterov's momentum, or the classical one.
    pub kind: MomentumKind,
    /// Share of a weight lost per step and unit of learning rate, >= 0.
    pub weight_decay: f64,
    /// Learning rate of what is no matrix over that of matrices, > 0.
    pub adam_rate: f64,
}

impl Default for Muon {
    fn default() -> Self {
        Self { momentum: 0.95, kind: MomentumKind::Nesterov, weight_decay: 0.1, adam_rate: 0.1 }
    }
}

sparring_math::named! {
    Muon: "muon", [], "Jordan et al. 2024, kellerjordan.github.io/posts/muon";
    momentum: MEMORY, "memory of the momentum";
    kind as nesterov: Range::TRUE_OR_FALSE, "whether the step looks ahead";
    weight_decay: DECAY, "share of a weight lost per step and unit of learning rate";
    adam_rate: Range::above(0.0).in_f32(), "learning rate of what is no matrix, which AdamW steps, over that of matrices";
}

impl Muon {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "matrices by their momentum with all singular values near 1, the rest by adamw",
        source: Self::PAPER,
        default_lr: 0.01,
    };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }

    /// The rule of what is no matrix.
    fn adamw(&self) -> AdamW {
        AdamW { beta2: 0.95, weight_decay: self.weight_decay, ..AdamW::default() }
    }
}

/// The quintic whose five-fold iterate maps (0, 1] near 1.
const QUINTIC: [f64; 3] = [3.4445, -4.775, 2.0315];
const ITERATIONS: usize = 5;

/// Brings the singular values of `x` \[m, n\], whose norm is at most 1, near 1.
fn orthogonalize<E: Real>(of: WholeTensor<'_, E>, [m, n]: [usize; 2], x: &mut [E]) {
    if m > n {
        let mut other = vec![E::ZERO; x.len()];
        transpose(m, n, x, &mut other);
        orthogonalize(of, [n, m], &mut other);
        return transpose(n, m, &other, x);
    }
    let [a, b, c] = QUINTIC.map(E::of);
    let (mut gram, mut map) = (vec![E::ZERO; m * m], vec![E::ZERO; m * m]);
    let (mut columns, mut moved) = (vec![E::ZERO; x.len()], vec![E::ZERO; x.len()]);
    for _ in 0..ITERATIONS {
        // X Xᵀ is symmetric: its square is a matmul with itself transposed.
        (of.matmul)([m, n, m], x, x, &mut gram);
        (of.matmul)([m, m, m], &gram, &gram, &mut map);
        map.iter_mut().zip(&gram).for_each(|(map, gram)| *map = b * *gram + c * *map);
        transpose(m, n, x, &mut columns);
        (of.matmul)([m, m, n], &map, &columns, &mut moved);
        x.iter_mut().zip(&moved).for_each(|(x, moved)| *x = a * *x + *moved);
    }
}

impl<E: Real> Rule<E> for Muon {
    fn slots(&self) -> usize {
        2
    }

    fn needs(&self) -> Needs {
        Needs::Tensor
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        self.adamw().update(step, E::of(lr.to_f64() * self.adam_rate), w, g, slots);
    }

    #[track_caller]
    fn update_tensor(
        &self,
        of: WholeTensor<'_, E>,
        step: u64,
        lr: E,
        w: &mut [E],
        g: &[E],
        slots: &mut [&mut [E]],
    ) {
        assert_shapes(Self::NAME, 2, w, g, slots);
        let &[rows, columns] = of.shape else { return self.update(step, lr, w, g, slots) };
        assert!(rows * columns == w.len(), "{}: {} weights in [{rows}, {columns}]", Self::NAME, w.len());
        let (mean, momentum) = (Mean::new(self.momentum), &mut *slots[0]);
        momentum.iter_mut().zip(g).for_each(|(b, g)| *b = mean.after(*b, *g));
        let mut x = momentum.to_vec();
        if self.kind == MomentumKind::Nesterov {
            x.iter_mut().zip(g).for_each(|(x, g)| *x = mean.after(*x, *g));
        }
        let norm = E::of(global_norm([&x[..]]).max(1e-7));
        x.iter_mut().for_each(|x| *x /= norm);
        orthogonalize(of, [rows, columns], &mut x);
        let ratio = (rows as f64 / columns as f64).max(1.0).sqrt();
        let (size, kept) = (E::of(lr.to_f64() * ratio), E::of(1.0 - lr.to_f64() * self.weight_decay));
        w.iter_mut().zip(&x).for_each(|(w, x)| *w = kept * *w - size * *x);
    }
}
