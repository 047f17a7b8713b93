//! Attacks that climb a stand-in: the model alone is judge.

use crate::models::{Mlp, Points, own_labels};
use sparring_attacks::{
    AnyAttack, AttackError, EvaluateOptions, Pgd, Proposer, ProposerRole, Report, Threat, evaluate,
    evaluate_proposed,
};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;

/// A model whose logits, and gradients, are off by some part of themselves, and which takes everything with a margin below `eager` for turned.
struct Rough<'a> {
    of: &'a Mlp,
    labels: &'a [usize],
    eager: f32,
}

impl Rough<'_> {
    fn bend(&self, ids: &[u64], z: &mut [f32]) {
        for (z, &id) in z.chunks_exact_mut(self.of.classes()).zip(ids) {
            // `Points` numbers its examples 7 i + 3.
            z[self.labels[(id as usize - 3) / 7]] -= self.eager;
        }
    }
}
impl Classifier for Rough<'_> {
    fn shape(&self) -> [usize; 3] {
        self.of.shape()
    }
    fn classes(&self) -> usize {
        self.of.classes()
    }
    fn bounds(&self) -> Bounds {
        self.of.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.of.logits(x, out)?;
        self.bend(x.ids(), out);
        Ok(())
    }
}
impl Differentiable for Rough<'_> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let ids = x.ids().to_vec();
        let bent = |z: &[f32], dz: &mut [f32]| {
            let mut z = z.to_vec();
            self.bend(&ids, &mut z);
            cotangent(&z, dz);
        };
        let mut bent = bent;
        self.of.pullback(x, &mut bent, grad)
    }
}

fn reports(eager: f32) -> (Report, Report) {
    let model = Mlp::random(12, 16, 3, 3);
    let p = Points::new(120, 12, 4);
    let y = own_labels(&model, p.batch());
    let (suite, threat) =
        ([AnyAttack::from(Pgd { steps: 10, ..Pgd::default() })], Threat::linf(0.15).unwrap());
    let rough = Rough { of: &model, labels: &y, eager };
    let (key, options) = (Key::new(5), EvaluateOptions { batch: 16, ..EvaluateOptions::default() });
    let proposer = Proposer { model: &rough, name: "rough", role: ProposerRole::Approximation };
    let got =
        evaluate_proposed(&model, proposer, p.batch(), &y, &suite, &threat, key, &options, &|_| ()).unwrap();
    (got, evaluate(&model, p.batch(), &y, &suite, &threat, key).unwrap())
}

#[test]
fn a_perfect_stand_in_changes_nothing_but_the_card() {
    let (got, plain) = reports(0.0);
    assert_eq!(got.robust_accuracy, plain.robust_accuracy);
    assert_eq!(got.attacks[0].fooled, plain.attacks[0].fooled);
    assert_eq!(got.attacks[0].forwards, plain.attacks[0].forwards);
    assert_eq!(got.attacks[0].card.proposals.as_deref(), Some("rough"));
    assert!(got.attacks[0].card.to_string().ends_with("proposals=rough"));
    assert_eq!(plain.attacks[0].card.proposals, None);
}

#[test]
fn what_a_hasty_stand_in_gives_up_is_attacked_again() {
    // With this much haste many walks end before the model itself is turned.
    let (got, plain) = reports(0.6);
    assert!(plain.robust_accuracy > 0.1 && plain.robust_accuracy < 0.9, "{}", plain.robust_accuracy);
    assert!(got.attacks[0].forwards > plain.attacks[0].forwards / 4);
    // Every example left early gets the whole attack on the model, so at most rounding of the direction is lost.
    assert!(
        got.robust_accuracy <= plain.robust_accuracy + 0.02,
        "{} {}",
        got.robust_accuracy,
        plain.robust_accuracy
    );
}

#[test]
fn a_stand_in_for_other_examples_is_refused() {
    let (model, other) = (Mlp::random(12, 16, 3, 3), Mlp::random(11, 16, 3, 3));
    let p = Points::new(9, 12, 4);
    let y = own_labels(&model, p.batch());
    let proposer = Proposer { model: &other, name: "other", role: ProposerRole::Surrogate };
    let (suite, threat) = ([AnyAttack::from(Pgd::default())], Threat::linf(0.1).unwrap());
    let options = EvaluateOptions::default();
    let refused =
        evaluate_proposed(&model, proposer, p.batch(), &y, &suite, &threat, Key::new(1), &options, &|_| ());
    assert!(matches!(refused, Err(AttackError::Oracle(_) | AttackError::Shape { .. })), "{refused:?}");
}

#[test]
fn a_surrogate_is_judged_by_the_model_and_no_example_is_attacked_again() {
    let model = Mlp::random(12, 16, 3, 3);
    let p = Points::new(60, 12, 4);
    let y = own_labels(&model, p.batch());
    let (suite, threat) = ([AnyAttack::from(Pgd::default())], Threat::linf(0.15).unwrap());
    let (key, options) = (Key::new(5), EvaluateOptions::default());
    let report = |other: &Mlp, role| {
        let proposer = Proposer { model: other, name: "other", role };
        evaluate_proposed(&model, proposer, p.batch(), &y, &suite, &threat, key, &options, &|_| ()).unwrap()
    };
    let other = Mlp::random(12, 16, 3, 31);
    let (transfer, again) =
        (report(&other, ProposerRole::Surrogate), report(&other, ProposerRole::Approximation));
    assert_eq!(transfer.attacks[0].card.proposals.as_deref(), Some("other"));
    assert!(transfer.attacks[0].forwards < again.attacks[0].forwards);
    assert!(transfer.robust_accuracy > again.robust_accuracy);
    let same = report(&model, ProposerRole::Surrogate);
    assert_eq!(
        same.robust_accuracy,
        evaluate(&model, p.batch(), &y, &suite, &threat, key).unwrap().robust_accuracy
    );
}
