//! `ClassificationMetrics` against scikit-learn; `golden/metrics/classification.py` made the file.

use sparring_metrics::{ClassScore, ClassificationMetrics, MetricsError};
use std::collections::BTreeMap;

const CASES: &str = include_str!("../../../golden/metrics/classification.csv");

#[derive(Default)]
struct Case {
    logits: Vec<f32>,
    labels: Vec<usize>,
    per_class: Vec<ClassScore>,
    figures: BTreeMap<&'static str, f64>,
}

fn cases() -> BTreeMap<&'static str, Case> {
    let mut cases = BTreeMap::<_, Case>::new();
    for line in CASES.lines() {
        let words: Vec<&str> = line.split(',').collect();
        let case = cases.entry(words[0]).or_default();
        let optional = |i: usize| (words[i] != "none").then(|| words[i].parse::<f64>().unwrap());
        match words[1] {
            "row" => {
                case.labels.push(words[2].parse().unwrap());
                case.logits.extend(words[3..].iter().map(|w| w.parse::<f64>().unwrap() as f32));
            }
            "class" => case.per_class.push(ClassScore {
                examples: words[3].parse().unwrap(),
                precision: optional(4),
                recall: optional(5),
                f1: optional(6),
                auroc: optional(7),
            }),
            figure => {
                case.figures.insert(figure, optional(2).unwrap());
            }
        }
    }
    cases
}

fn figures(of: &ClassificationMetrics) -> BTreeMap<&'static str, f64> {
    let m = of.macros;
    let all = [
        ("loss", Some(of.loss)),
        ("accuracy", Some(of.accuracy())),
        ("top_2", Some(of.top_k(2))),
        ("macro_precision", Some(m.precision)),
        ("macro_recall", Some(m.recall)),
        ("macro_f1", Some(m.f1)),
        ("macro_auroc", m.auroc),
        ("mcc", Some(of.mcc)),
        ("ece", Some(of.ece)),
        ("brier", Some(of.brier)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn near(got: Option<f64>, want: Option<f64>, tolerance: f64) -> bool {
    match (got, want) {
        (Some(got), Some(want)) => (got - want).abs() <= tolerance,
        _ => got == want,
    }
}

#[track_caller]
fn compare(name: &str, got: &ClassificationMetrics, want: &Case, tolerance: f64) {
    assert_eq!(got.examples(), want.labels.len());
    assert_eq!(got.confusion.accuracy(), got.accuracy());
    assert_eq!(got.per_class.len(), want.per_class.len());
    for (c, (g, w)) in got.per_class.iter().zip(&want.per_class).enumerate() {
        assert_eq!(g.examples, w.examples, "{name}, class {c}");
        for (g, w) in [(g.precision, w.precision), (g.recall, w.recall), (g.f1, w.f1), (g.auroc, w.auroc)] {
            assert!(near(g, w, tolerance), "{name}, class {c}: {g:?}, scikit-learn has {w:?}");
        }
    }
    let got = figures(got);
    assert!(got.keys().eq(want.figures.keys()), "{name}: {got:?}");
    for (figure, value) in &got {
        assert!(near(Some(*value), Some(want.figures[figure]), tolerance), "{name}, {figure}: {value}");
    }
}

#[test]
fn all_figures_are_those_of_scikit_learn() {
    let cases = cases();
    assert_eq!(cases.len(), 3);
    for (name, case) in &cases {
        let classes = case.per_class.len();
        let got = ClassificationMetrics::from_logits(&case.logits, &case.labels, classes).unwrap();
        compare(name, &got, case, 1e-12);
        // The same from probabilities, as far as f32 has room for them.
        let probabilities: Vec<f32> = case.logits.chunks_exact(classes).flat_map(softmax).collect();
        let got = ClassificationMetrics::from_probabilities(&probabilities, &case.labels, classes).unwrap();
        compare(name, &got, case, 1e-6);
    }
}

fn softmax(row: &[f32]) -> Vec<f32> {
    let sum: f64 = row.iter().map(|&z| f64::from(z).exp()).sum();
    row.iter().map(|&z| (f64::from(z).exp() / sum) as f32).collect()
}

#[test]
fn extremes_stay_finite() {
    let sure = ClassificationMetrics::from_logits(&[800.0, -800.0, -800.0, 800.0], &[1, 1], 2).unwrap();
    assert_eq!((sure.loss, sure.accuracy(), sure.brier, sure.ece), (800.0, 0.5, 1.0, 0.5));
    // Equal outputs: the first class is the prediction, and ranks first.
    let same = ClassificationMetrics::from_logits(&[0.0; 6], &[2, 1], 3).unwrap();
    assert_eq!([1, 2, 3, 9].map(|k| same.top_k(k)), [0.0, 0.5, 1.0, 1.0]);
    assert_eq!((same.per_class[1].auroc, same.macros.classes), (Some(0.5), 2));
    let ruled_out = ClassificationMetrics::from_probabilities(&[1.0, 0.0], &[1], 2).unwrap();
    assert_eq!(ruled_out.loss, f64::INFINITY);
}

#[test]
fn what_does_not_fit_is_refused() {
    let of = ClassificationMetrics::from_logits;
    assert_eq!(of(&[], &[], 3), Err(MetricsError::Empty));
    assert_eq!(of(&[], &[0], 0), Err(MetricsError::Empty));
    assert_eq!(of(&[0.0; 5], &[0, 1], 3), Err(MetricsError::Sizes { len: 5, examples: 2, classes: 3 }));
    assert_eq!(of(&[0.0; 6], &[0, 3], 3), Err(MetricsError::Label { example: 1, label: 3, classes: 3 }));
    assert_eq!(of(&[0.0, 0.0, f32::NAN, 0.0], &[0, 0], 2), Err(MetricsError::NotFinite { row: 1 }));
    let of = ClassificationMetrics::from_probabilities;
    for bad in [[0.5, 0.4], [1.5, -0.5], [2.0, -1.0]] {
        assert_eq!(of(&bad, &[0], 2), Err(MetricsError::NoDistribution { example: 0 }), "{bad:?}");
    }
    assert!(of(&[0.3, 0.7001], &[0], 2).is_ok());
}
