//! How a step follows from the gradients of a walk so far, and where the next gradient is taken.

use crate::Threat;
use crate::live::{PerCandidate, Table};
use sparring_oracle::Bounds;

/// How a step follows from the gradients.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Along the steepest ascent: x + α · steepest(∇).
    Steepest,
    /// Along a sum that forgets: g ← decay · g + ∇ / |∇|, x + α · steepest(g). |∇| = ‖∇‖* · ‖1‖² / n, the mean of all |∂ᵢ| in L∞, the length in L2.
    Momentum {
        decay: f32,
        /// The gradient is taken at x + α · decay · g.
        ahead: bool,
    },
    /// By Adam on steepest(∇): x + α m̂ / (√v̂ + epsilon).
    Adam { beta1: f32, beta2: f32, epsilon: f32 },
}

impl Rule {
    fn tables(self) -> usize {
        match self {
            Self::Steepest => 0,
            Self::Momentum { .. } => 1,
            Self::Adam { .. } => 2,
        }
    }
}

/// What a rule remembers of the candidates of a walk.
pub(crate) struct Memory {
    rule: Rule,
    threat: Threat,
    bounds: Bounds,
    /// Length of a step.
    length: f32,
    tables: Vec<Table>,
    direction: Vec<f32>,
}

impl Memory {
    pub(crate) fn new(
        rule: Rule,
        threat: &Threat,
        bounds: Bounds,
        length: f32,
        (rows, dim): (usize, usize),
    ) -> Self {
        let tables = (0..rule.tables()).map(|_| Table::zeros(rows, dim)).collect();
        let direction = vec![0.0; if rule.tables() == 2 { dim } else { 0 }];
        Self { rule, threat: *threat, bounds, length, tables, direction }
    }
    /// Its tables, to be kept with the candidates.
    pub(crate) fn kept(&mut self) -> impl Iterator<Item = &mut dyn PerCandidate> {
        self.tables.iter_mut().map(|table| table as &mut dyn PerCandidate)
    }
    /// Moves `point` to where the gradient of candidate `k` is taken.
    pub(crate) fn ahead(&self, k: usize, point: &mut [f32]) {
        if let Rule::Momentum { decay, ahead: true } = self.rule {
            let by = self.length * decay;
            point.iter_mut().zip(self.tables[0].row(k)).for_each(|(p, g)| *p += by * g);
        }
    }
    /// Step `step`, from 0, of candidate `k`, whose example is `x`. A gradient that is not finite moves nothing and is not remembered.
    pub(crate) fn step(&mut self, k: usize, step: usize, x: &[f32], grad: &[f32], point: &mut [f32]) {
        let (norm, eps) = (self.threat.norm.get(), self.threat.eps);
        match self.rule {
            Rule::Steepest => norm.step(x, grad, self.length, eps, self.bounds, point),
            Rule::Momentum { decay, .. } => {
                let sum = self.tables[0].row_mut(k);
                let size = norm.dual(grad) * norm.diagonal(x.len()).powi(2) / x.len() as f64;
                let scale = if size > 0.0 && size.is_finite() { 1.0 / size } else { 0.0 };
                for (s, &g) in sum.iter_mut().zip(grad) {
                    let new = if scale > 0.0 { (f64::from(g) * scale) as f32 } else { 0.0 };
                    *s = decay * *s + new;
                }
                norm.step(x, sum, self.length, eps, self.bounds, point);
            }
            Rule::Adam { beta1, beta2, epsilon } => {
                norm.steepest(grad, &mut self.direction);
                let [m, v] = &mut self.tables[..] else { return };
                let correct = |beta: f32| 1.0 - beta.powi(step as i32 + 1);
                let (c1, c2) = (correct(beta1), correct(beta2));
                let moments = m.row_mut(k).iter_mut().zip(v.row_mut(k));
                for ((p, &g), (m, v)) in point.iter_mut().zip(&self.direction).zip(moments) {
                    *m = beta1 * *m + (1.0 - beta1) * g;
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *p += self.length * (*m / c1) / ((*v / c2).sqrt() + epsilon);
                }
                self.threat.confine(x, self.bounds, point);
            }
        }
    }
}
