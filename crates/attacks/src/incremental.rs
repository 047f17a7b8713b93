//! Queries of points that differ in few numbers from points whose first-layer outputs are known.

use crate::AttackError;
use crate::live::{Live, PerCandidate, Table};
use sparring_oracle::{Batch, Classifier, FirstLayer};

/// The first layer's outputs for each candidate: at its base, and at the point that was asked for last.
pub(crate) struct Incremental<'m> {
    layer: &'m dyn FirstLayer,
    base: Table,
    point: Table,
    /// Numbers that differ, with the differences.
    by: Vec<(usize, f32)>,
}

impl<'m> Incremental<'m> {
    /// For so many candidates; `None` if the model does not have its first layer by itself.
    pub(crate) fn of<M: Classifier + ?Sized>(model: &'m M, candidates: usize) -> Option<Self> {
        let layer = model.first_layer()?;
        let zeros = || Table::zeros(candidates, layer.width());
        Some(Self { layer, base: zeros(), point: zeros(), by: Vec::new() })
    }
    /// Is it cheaper than whole queries where so many numbers differ?
    pub(crate) fn is_cheaper(&self, numbers: usize) -> bool {
        numbers <= self.layer.max_changes()
    }
    /// Takes these for the bases.
    pub(crate) fn begin(&mut self, x: Batch<'_>, live: &Live, bases: &Table) -> Result<(), AttackError> {
        let bases = live.batch_of(bases.first(live.len()), x)?;
        Ok(self.layer.outputs(bases, self.base.first_mut(live.len()))?)
    }
    /// Logits of the points, from what differs from the bases.
    ///
    /// # Errors
    /// If the model fails or says something that is not finite.
    pub(crate) fn query(
        &mut self,
        x: Batch<'_>,
        live: &Live,
        bases: &Table,
        points: &Table,
        z: &mut Table,
    ) -> Result<(), AttackError> {
        for k in 0..live.len() {
            let (base, point) = (bases.row(k), points.row(k));
            self.by.clear();
            let pairs = base.iter().zip(point).enumerate();
            self.by.extend(pairs.filter(|(_, (a, b))| a != b).map(|(i, (a, b))| (i, b - a)));
            if self.by.len() > self.layer.max_changes() {
                let id = [live.id(k)];
                self.layer.outputs(Batch::new(point, x.shape(), &id)?, self.point.row_mut(k))?;
            } else {
                self.point.row_mut(k).copy_from_slice(self.base.row(k));
                self.layer.change(&self.by, self.point.row_mut(k));
            }
        }
        self.layer.logits_from(self.point.first(live.len()), z.first_mut(live.len()))?;
        match (0..live.len()).find(|&k| !z.row(k).iter().all(|z| z.is_finite())) {
            Some(k) => Err(AttackError::NonFinite { id: live.id(k) }),
            None => Ok(()),
        }
    }
    /// The point of this candidate is its base from now on.
    pub(crate) fn accept(&mut self, k: usize) {
        self.base.row_mut(k).copy_from_slice(self.point.row(k));
    }
}

impl PerCandidate for Incremental<'_> {
    fn shift(&mut self, from: usize, to: usize) {
        self.base.shift(from, to);
        self.point.shift(from, to);
    }
}
