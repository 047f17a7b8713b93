//! A trained generator as an attack.

use super::perturbation::Shaped;
use sparring_attacks::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat,
};
use sparring_nn::{Compiled, Network};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// A generator that was trained to fool a classifier: x + G(x), cut to budget and box. It asks the model nothing and has no randomness, so it is as fast as one forward pass of the generator, and an attack on any
/// model of the same examples: against another one than it was trained on it is a transfer attack.
///
/// The goal does not change what it proposes: a generator leads where it was trained to lead. At a budget other than the one it was trained for the change is made larger or smaller by their ratio.
///
/// Source: Xiao et al. 2018, arXiv:1801.02610.
#[derive(Debug)]
pub struct AdvGanAttack {
    generator: Compiled,
    shape: [usize; 3],
    trained: Threat,
}

const fn info(norms: &'static [AnyNorm]) -> AttackInfo {
    AttackInfo {
        name: AdvGanAttack::NAME,
        aliases: &[],
        paper: "Xiao et al. 2018, arXiv:1801.02610",
        access: Access::Trained,
        kind: AttackKind::FixedBudget,
        norms,
        defaults: "a generator that was trained before, one forward pass of it",
    }
}

static IN_LINF: AttackInfo = info(&[AnyNorm::Linf]);
static IN_L2: AttackInfo = info(&[AnyNorm::L2]);

impl AdvGanAttack {
    /// The name in reports and on the command line.
    pub const NAME: &str = "advgan";

    pub(super) fn new(generator: &Network<f32>, trained: Threat) -> Self {
        Self { generator: Compiled::new(generator), shape: generator.graph().input, trained }
    }
    /// The row in a table of attacks: of the norm that the generator was trained in.
    pub fn info(&self) -> &'static AttackInfo {
        if self.trained.norm == AnyNorm::L2 { &IN_L2 } else { &IN_LINF }
    }
    /// Shape of an example.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
    /// The budget that the generator was trained for.
    pub fn trained(&self) -> Threat {
        self.trained
    }
}

impl<M: Classifier + ?Sized> Attack<M> for AdvGanAttack {
    fn about(&self) -> &'static AttackInfo {
        self.info()
    }
    fn settings(&self) -> Settings {
        Settings { others: vec![("trained_eps", self.trained.eps.to_string())], ..Settings::new(0, 1) }
    }
    /// # Errors
    /// If the threat, shapes, labels or inputs are wrong, or the generator takes other examples.
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        _key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.info().begin(model, x, goal, threat, out)?;
        if x.shape() != self.shape {
            return Err(AttackError::Shape { model: self.shape, batch: x.shape() });
        }
        let (dim, bounds, shaped) = (x.dim(), model.bounds(), Shaped { norm: threat.norm, eps: threat.eps });
        let mut told = vec![0.0; x.data().len()];
        self.generator.forward(x.data(), &mut told);
        let mut delta = vec![0.0; dim];
        let rows = x.data().chunks_exact(dim).zip(told.chunks_exact(dim)).zip(out.chunks_exact_mut(dim));
        for ((image, told), out) in rows {
            shaped.delta(told, &mut delta);
            out.iter_mut().zip(image).zip(&delta).for_each(|((o, x), d)| *o = x + d);
            // Rounding may carry x + δ over the budget.
            threat.confine(image, bounds, out);
        }
        Ok(())
    }
}
