//! An evaluation in pieces is that of the whole.

use crate::models::{Decoy, Linear, Mlp, Points, Trick, own_labels};
use sparring_attacks::{
    AnyAttack, AnyNorm, AttackError, BudgetCurve, Course, Diagnosis, EvaluateOptions, Fgsm, KeepExamples,
    Pgd, Report, Square, Threat, Titled, budget_curve, diagnose, diagnostic_findings, evaluate_with, suites,
};
use sparring_oracle::{Batch, Bounds, Differentiable};
use sparring_seed::Key;

const KEY: u64 = 5;

fn options(course: Course) -> EvaluateOptions {
    EvaluateOptions { course, keep: KeepExamples::Adversarials, ..EvaluateOptions::default() }
}

fn judged<M: Differentiable + Sync>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    suite: &[Titled],
    course: Course,
) -> Report {
    let threat = Threat::linf(0.1).unwrap();
    evaluate_with(model, x, y, suite, &threat, Key::new(KEY), &options(course), &|_| ()).unwrap()
}

/// Without times, which no two runs share.
fn timeless(mut r: Report) -> Report {
    r.attacks.iter_mut().for_each(|a| a.seconds = 0.0);
    r
}

fn own(suite: Vec<AnyAttack>) -> Vec<Titled> {
    suite.into_iter().map(Titled::from).collect()
}

/// Pieces of these sizes together are the whole, with and without a diagnosis.
fn add_up<M: Differentiable + Sync>(model: &M, p: &Points, y: &[usize], suite: &[Titled], course: Course) {
    let (x, n) = (p.batch(), y.len());
    let mut whole = timeless(judged(model, x, y, suite, course));
    for sizes in [vec![n], vec![1; n], vec![7, n - 7], vec![n / 2, 1, n - n / 2 - 1]] {
        let mut from = 0;
        let pieces = sizes.iter().map(|size| {
            let piece = from..from + size;
            from += size;
            judged(model, x.slice(piece.clone()), &y[piece], suite, course)
        });
        assert_eq!(timeless(Report::join(pieces).unwrap()), whole, "{sizes:?}");
    }
    let mut joined = whole.clone();
    let how = Diagnosis { queries: 50, samples: 10, ..Diagnosis::default() };
    diagnose(model, x, y, &mut whole, Key::new(KEY), &how).unwrap();
    // The checks need the clean predictions, and none of the attacks.
    let clean = judged(model, x, y, &[], course);
    joined.add_findings(diagnostic_findings(model, x, y, &clean, Key::new(KEY), &how).unwrap());
    assert_eq!(joined, whole);
}

#[test]
fn pieces_of_any_size_are_the_whole() {
    let (model, p) = (Mlp::random(12, 16, 3, 1), Points::new(40, 12, 2));
    let mut y = own_labels(&model, p.batch());
    y[3] = (y[3] + 1) % 3;
    add_up(&model, &p, &y, &own(suites::quick()), Course::Each);
    let mixed = vec![Fgsm::default().into(), Pgd::default().into(), Square::default().into()];
    add_up(&model, &p, &y, &own(mixed), Course::Cascade);
    add_up(&model, &p, &y, &suites::standard(AnyNorm::Linf), Course::Cascade);
}

#[test]
fn pieces_raise_what_the_whole_raises() {
    for trick in [Trick::None, Trick::KWta, Trick::Steep(30.0), Trick::Ripples] {
        let (model, p) = (Decoy::new(trick), Points::new(40, 12, 2));
        let y = own_labels(&model, p.batch());
        let mixed = vec![Fgsm::default().into(), Pgd::default().into(), Square::default().into()];
        add_up(&model, &p, &y, &own(mixed), Course::Each);
    }
}

/// The card of a curve whose attack takes a step more.
fn slower(curve: BudgetCurve) -> sparring_attacks::AttackCard {
    sparring_attacks::AttackCard { steps: curve.card.steps + 1, ..curve.card }
}

#[test]
fn curves_in_pieces_are_the_whole() {
    let (model, p) = (Mlp::random(12, 16, 3, 1), Points::new(30, 12, 2));
    let y = own_labels(&model, p.batch());
    for attack in ["deepfool", "pgd(steps=5)", "fmn(steps=20)"] {
        let attack: AnyAttack = attack.parse().unwrap();
        let of = |range: std::ops::Range<usize>, budgets: &[f32]| {
            let (x, options) = (p.batch().slice(range.clone()), EvaluateOptions::default());
            let (y, norm) = (&y[range], AnyNorm::Linf);
            let curve =
                budget_curve(&model, x, y, &attack, norm, budgets, Key::new(KEY), &options, &|_| ()).unwrap();
            BudgetCurve { seconds: 0.0, ..curve }
        };
        let budgets = [0.02, 0.05, 0.2];
        let joined = BudgetCurve::join([0..4, 4..5, 5..30].map(|range| of(range, &budgets))).unwrap();
        assert_eq!(joined, of(0..30, &budgets));
        let others = BudgetCurve::join([of(0..4, &budgets), of(4..30, &budgets[..2])]);
        assert!(matches!(others, Err(AttackError::Pieces { .. })), "{others:?}");
        let others = BudgetCurve::join([
            of(0..4, &budgets),
            BudgetCurve { card: slower(of(4..30, &budgets)), ..of(4..30, &budgets) },
        ]);
        assert!(matches!(others, Err(AttackError::Pieces { .. })), "{others:?}");
    }
    assert!(matches!(BudgetCurve::join([]), Err(AttackError::Empty)));
}

#[test]
fn pieces_of_different_evaluations_are_refused() {
    let (model, p) = (Mlp::random(12, 16, 3, 1), Points::new(20, 12, 2));
    let y = own_labels(&model, p.batch());
    let (quick, none) = (own(suites::quick()), own(Vec::new()));
    let of = |suite: &[Titled], course| judged(&model, p.batch(), &y, suite, course);
    let one = || of(&quick, Course::Each);
    let keyed = |key, eps| {
        let (threat, options) = (Threat::linf(eps).unwrap(), options(Course::Each));
        evaluate_with(&model, p.batch(), &y, &quick, &threat, Key::new(key), &options, &|_| ()).unwrap()
    };
    let other = Linear::random(4, 12, Bounds::UNIT, 3);
    let labels = own_labels(&other, p.batch());
    let bare = Report { adversarials: None, ..one() };
    for (piece, what) in [
        (of(&none, Course::Each), "suites"),
        (of(&quick, Course::Cascade), "courses"),
        (keyed(KEY + 1, 0.1), "key"),
        (keyed(KEY, 0.2), "threats"),
        (judged(&other, p.batch(), &labels, &quick, Course::Each), "models"),
        (bare, "kept"),
    ] {
        let refused = Report::join([one(), piece]).unwrap_err().to_string();
        assert!(refused.contains(what), "{refused} should name {what}");
    }
    assert!(matches!(Report::join([]), Err(AttackError::Empty)));
}
