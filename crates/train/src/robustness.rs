//! What a defence was worth: a short attack on examples the training has not seen.

use crate::TrainError;
use crate::data::check_data;
use sparring_attacks::{AnyAttack, AnyNorm, Fgsm, Pgd, Threat, evaluate};
use sparring_datasets::Split;
use sparring_models::ClassifierNet;
use sparring_oracle::Batch;
use sparring_seed::Key;

/// Accuracies of a classifier on one set of examples, clean and attacked within one budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Robustness {
    /// Examples.
    pub n: usize,
    /// Budget, in units of the pixels.
    pub eps: f32,
    /// How it is measured.
    pub norm: AnyNorm,
    /// Fraction right without attack.
    pub clean: f64,
    /// Fraction right under FGSM.
    pub fgsm: f64,
    /// Fraction right under PGD of [`STEPS`](Self::STEPS) steps.
    pub pgd: f64,
    /// Fraction right under both.
    pub robust: f64,
}

impl Robustness {
    /// Steps of the PGD: enough to tell a hardened net from one that is not; for a figure to publish use more, with restarts.
    pub const STEPS: usize = 20;
    /// Nets hardened by PGD keep under FGSM at most a few points more than under PGD; a net that has learnt to defeat one step
    /// keeps tens more (docs/results/hardening.md).
    pub const GAP: f64 = 0.15;

    /// FGSM accuracy far above PGD accuracy: the net has learnt to defeat a single step and little else; where PGD leaves next to nothing this
    /// is the catastrophic overfitting of Wong et al. 2020, arXiv:2001.03994.
    pub fn is_overfitted_to_one_step(&self) -> bool {
        self.fgsm - self.pgd > Self::GAP
    }
}

/// Attacks `split` by FGSM and PGD within the budget.
///
/// # Errors
/// If there is no example, its shape is not the network's, or `threat` is no budget.
pub fn robustness(
    model: &ClassifierNet,
    split: &Split,
    threat: &Threat,
    key: Key,
) -> Result<Robustness, TrainError> {
    check_data(split, model.spec().input)?;
    let all = split.all();
    let x = Batch::new(&all.x, all.shape, &all.ids).map_err(|e| TrainError::Data(e.to_string()))?;
    let pgd = Pgd { steps: Robustness::STEPS, ..Pgd::default() };
    let suite: [AnyAttack; 2] = [Fgsm::default().into(), pgd.into()];
    let report = evaluate(&model.victim(), x, &all.labels, &suite, threat, key)?;
    let accuracy = |i: usize| report.attacks[i].accuracy;
    Ok(Robustness {
        n: report.n,
        eps: threat.eps,
        norm: threat.norm,
        clean: report.clean,
        fgsm: accuracy(0),
        pgd: accuracy(1),
        robust: report.robust_accuracy,
    })
}
