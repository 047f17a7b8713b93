//! Square on a network whose first layer answers for changes alone: the verdicts of whole queries, and the same bits however the batch is cut.

use sparring_attacks::{
    AnyBlackBox, AnyNorm, EvaluateOptions, KeepExamples, Report, Square, Threat, evaluate_with, predicted,
};
use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_nn::Victim;
use sparring_oracle::{Batch, Bounds, Classifier, FirstLayer, OracleError};
use sparring_seed::Key;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A victim that counts the changes it is asked for, or shows no first layer.
struct Watched<'v> {
    victim: Victim<'v>,
    shown: bool,
    changes: AtomicUsize,
}

impl<'v> Watched<'v> {
    fn new(victim: Victim<'v>, shown: bool) -> Self {
        Self { victim, shown, changes: AtomicUsize::new(0) }
    }
    fn layer(&self) -> &dyn FirstLayer {
        self.victim.first_layer().unwrap()
    }
}

impl Classifier for Watched<'_> {
    fn shape(&self) -> [usize; 3] {
        self.victim.shape()
    }
    fn classes(&self) -> usize {
        self.victim.classes()
    }
    fn bounds(&self) -> Bounds {
        self.victim.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.victim.logits(x, out)
    }
    fn first_layer(&self) -> Option<&dyn FirstLayer> {
        self.shown.then_some(self as &dyn FirstLayer)
    }
}

impl FirstLayer for Watched<'_> {
    fn width(&self) -> usize {
        self.layer().width()
    }
    fn max_changes(&self) -> usize {
        self.layer().max_changes()
    }
    fn outputs(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.layer().outputs(x, out)
    }
    fn change(&self, by: &[(usize, f32)], out: &mut [f32]) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.layer().change(by, out);
    }
    fn logits_from(&self, outputs: &[f32], out: &mut [f32]) -> Result<(), OracleError> {
        self.layer().logits_from(outputs, out)
    }
}

fn judged<M: Classifier + Sync>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    threat: &Threat,
    batch: usize,
) -> Report {
    let suite = [AnyBlackBox::from(Square { queries: 400, ..Square::default() })];
    let options = EvaluateOptions { batch, keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
    let mut report = evaluate_with(model, x, y, &suite, threat, Key::new(3), &options, &|_| ()).unwrap();
    report.attacks[0].seconds = 0.0;
    report
}

#[test]
fn square_by_changes_is_square() {
    let net = ClassifierNet::new(Mlp::default().spec(), Key::new(5)).unwrap();
    let (victim, data) = (net.victim(), Mnist::embedded().test.first(40).all());
    assert!(victim.first_layer().is_some());
    let x = Batch::new(&data.x, data.shape, &data.ids).unwrap();
    let mut z = vec![0.0; x.len() * 10];
    victim.logits(x, &mut z).unwrap();
    // What it says itself, so that every example is right.
    let y: Vec<usize> = z.chunks_exact(10).map(predicted).collect();
    let mut found = 0;
    for threat in [Threat::linf(0.005), Threat::l2(0.1), Threat::l1(0.8)] {
        let threat = threat.unwrap();
        let by_changes = judged(&victim, x, &y, &threat, 56);
        for batch in [1, 7, 40] {
            assert_eq!(judged(&victim, x, &y, &threat, batch), by_changes, "{threat} in pieces of {batch}");
        }
        let watched = Watched::new(net.victim(), true);
        assert_eq!(judged(&watched, x, &y, &threat, 56), by_changes);
        let changes = watched.changes.into_inner() as u64;
        // From query 51 on squares are small enough; in the other norms the whole change moves.
        let expected = if threat.norm == AnyNorm::Linf { 3000..40 * 350 } else { 0..1 };
        assert!(expected.contains(&changes), "{threat}: {changes} changes");
        let whole = judged(&Watched::new(net.victim(), false), x, &y, &threat, 56);
        let fooled = |r: &Report| r.attacks[0].fooled.iter().filter(|f| **f).count();
        let (a, b) = (fooled(&by_changes), fooled(&whole));
        // A margin that two orders of summing leave on two sides of another may turn one of them.
        assert!(a.abs_diff(b) <= 1, "{threat}: {a} by changes, {b} by whole queries");
        found += a;
    }
    assert!((10..110).contains(&found), "{found} of 120 say nothing");
}
