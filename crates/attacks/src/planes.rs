//! The linear models of a classifier at its candidates' points: of differences of two logits the value and the gradient.

use crate::live::{Live, Table};
use crate::pullback::{finite, pullbacks};
use crate::{AnyNorm, AttackError};
use sparring_oracle::{Batch, Differentiable};

/// Of an example of the batch, a plane and the logits there: the classes a and b whose z_a − z_b is linearised. A plane of a = b is none.
pub(crate) type Pair<'a> = dyn Fn(usize, usize, &[f32]) -> [usize; 2] + 'a;

/// So many planes of each candidate, as asked last.
#[derive(Debug)]
pub(crate) struct Planes {
    number: usize,
    asked: usize,
    pub(crate) z: Table,
    grads: Table,
}

/// A plane: z_a − z_b at the point, and its gradient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane<'a> {
    pub(crate) gap: f32,
    pub(crate) w: &'a [f32],
}

impl Planes {
    pub(crate) fn new(candidates: usize, number: usize, classes: usize, dim: usize) -> Self {
        let (z, grads) = (Table::zeros(candidates, classes), Table::zeros(candidates * number, dim));
        Self { number, asked: 0, z, grads }
    }

    /// Asks for the logits at the points and the gradients of all planes there.
    ///
    /// # Errors
    /// If the model fails, breaks its contract or says something that is not finite.
    pub(crate) fn look<M: Differentiable + ?Sized>(
        &mut self,
        model: &M,
        x: Batch<'_>,
        live: &Live,
        points: &Table,
        query: u64,
        pair: &Pair<'_>,
    ) -> Result<(), AttackError> {
        let (m, classes) = (live.len(), model.classes());
        let batch = live.batch(x, points, query)?;
        let zs = self.z.first_mut(m);
        let cotangent = &mut |plane: usize, logits: &[f32], dz: &mut [f32]| {
            zs.copy_from_slice(logits);
            dz.fill(0.0);
            let rows = dz.chunks_exact_mut(classes).zip(logits.chunks_exact(classes));
            for (k, (dz, z)) in rows.enumerate() {
                let [a, b] = pair(live.row(k), plane, z);
                dz[a] += 1.0;
                dz[b] -= 1.0;
            }
        };
        pullbacks(model, batch, self.number, cotangent, self.grads.first_mut(m * self.number))?;
        self.asked = m;
        Ok(())
    }

    /// The plane that is nearest to candidate `k`, an example `row` of the batch; `None` if no gradient is to be had.
    pub(crate) fn nearest(&self, norm: AnyNorm, row: usize, k: usize, pair: &Pair<'_>) -> Option<Plane<'_>> {
        let z = self.z.row(k);
        let planes = (0..self.number).filter_map(|plane| {
            let [a, b] = pair(row, plane, z);
            let plane = Plane { gap: z[a] - z[b], w: self.grads.row(plane * self.asked + k) };
            (a != b && finite(plane.w))
                .then(|| (f64::from(plane.gap).abs() / (1e-12 + norm.get().dual(plane.w)), plane))
        });
        planes.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, plane)| plane)
    }
}
