//! Every figure of a classifier, for people and for programs.

use crate::cli::Outcome;
use crate::cli::commands::examples::Examples;
use crate::cli::io::json::{json, value};
use crate::cli::io::table::{facts, table};
use crate::cli::pages::accuracy::interval;
use serde_json::Value;
use sparring::metrics::{ClassificationMetrics, Confusion};
use sparring::models::ClassifierNet;
use sparring::train::logits;

/// Among how many of the largest outputs the label is looked for.
const TOP: [usize; 3] = [2, 3, 5];
/// The confusion matrix of more classes is no picture on a terminal.
const MOST_CLASSES: usize = 20;
/// Mistakes named one by one.
const NAMED: usize = 5;

/// The object of `--json`, and the tables.
pub(super) fn measure(model: &ClassifierNet, examples: &Examples) -> Outcome<(Value, String)> {
    let (logits, labels) = (logits(model, &examples.split)?, examples.split.labels());
    let of = ClassificationMetrics::from_logits(&logits, &labels, model.classes())?;
    let names: Vec<String> = (0..model.classes()).map(|c| examples.data.set.class_name(c)).collect();
    Ok((object(&of, &names), text(&of, &names)))
}

/// What is no number, as the recall of a class without examples, is null.
fn object(of: &ClassificationMetrics, names: &[String]) -> Value {
    let per_class = of.per_class.iter().enumerate().map(|(class, s)| {
        json!({
            "class": class, "name": names[class], "precision": s.precision, "recall": s.recall, "f1": s.f1, "auroc": s.auroc, "examples": s.examples,
        })
    });
    let top_k = TOP.map(|k| (k.to_string(), value(&of.top_k(k))));
    let (classes, m) = (of.confusion.classes(), of.macros);
    let row = |label| (0..classes).map(|p| of.confusion.count(label, p)).collect::<Vec<_>>();
    json!({
        "n": of.examples(), "accuracy": of.accuracy(), "loss": of.loss, "top_k": Value::Object(top_k.into_iter().collect()),
        "per_class": per_class.collect::<Vec<_>>(), "macro_precision": m.precision, "macro_recall": m.recall, "macro_f1": m.f1,
        "macro_auroc": m.auroc, "confusion": (0..classes).map(row).collect::<Vec<_>>(), "ece": of.ece,
        "ece_bins": ClassificationMetrics::BINS, "brier": of.brier, "mcc": of.mcc,
    })
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

fn text(of: &ClassificationMetrics, names: &[String]) -> String {
    let sure = interval(of.accuracy(), of.examples()).replace('\u{a0}', " ");
    let mut pairs = vec![("accuracy", format!("{}, 95 % interval {sure}", percent(of.accuracy())))];
    let classes = of.confusion.classes();
    let tops = TOP.into_iter().zip(["top-2", "top-3", "top-5"]).filter(|&(k, _)| k < classes);
    pairs.extend(tops.map(|(k, name)| (name, percent(of.top_k(k)))));
    pairs.extend([
        ("loss", format!("{:.4}", of.loss)),
        ("ECE", format!("{:.4}, {} bins", of.ece, ClassificationMetrics::BINS)),
        ("Brier", format!("{:.4}", of.brier)),
        ("MCC", format!("{:.4}", of.mcc)),
    ]);
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    let figure = |v: Option<f64>| v.map_or("-".to_string(), |v| format!("{v:.4}"));
    let row = |name: String, n: usize, figures: [Option<f64>; 4]| {
        [name, n.to_string()].into_iter().chain(figures.map(figure)).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = of
        .per_class
        .iter()
        .enumerate()
        .map(|(c, s)| row(names[c].clone(), s.examples, [s.precision, s.recall, s.f1, s.auroc]))
        .collect();
    let m = of.macros;
    rows.push(row("mean".into(), of.examples(), [Some(m.precision), Some(m.recall), Some(m.f1), m.auroc]));
    let headers = ["class", "examples", "precision", "recall", "F1", "AUROC"];
    let mut parts = vec![facts(&pairs), table(&headers, &rows)];
    if m.classes < classes {
        parts.push(format!("the means are over the {} classes that have examples", m.classes));
    }
    parts.push(mistakes(&of.confusion, names));
    parts.join("\n\n")
}

/// The matrix where it fits, and the most frequent mistakes.
fn mistakes(confusion: &Confusion, names: &[String]) -> String {
    let classes = confusion.classes();
    let worst = confusion.worst(NAMED);
    let named: Vec<_> =
        worst.iter().map(|(l, p, n)| format!("{} taken for {}: {n}", names[*l], names[*p])).collect();
    let named = if named.is_empty() { "no mistakes".to_string() } else { named.join(", ") };
    if classes > MOST_CLASSES {
        return named;
    }
    // Names are as long as they like: the columns have numbers, those of the rows.
    let numbers: Vec<String> = (0..classes).map(|c| c.to_string()).collect();
    let headers: Vec<&str> = std::iter::once("true").chain(numbers.iter().map(String::as_str)).collect();
    let title = |label: usize| match &numbers[label] {
        number if *number == names[label] => number.clone(),
        number => format!("{number} {}", names[label]),
    };
    let cell = |label, p| match confusion.count(label, p) {
        0 => "-".to_string(),
        n => n.to_string(),
    };
    let row = |label: usize| {
        std::iter::once(title(label)).chain((0..classes).map(|p| cell(label, p))).collect::<Vec<_>>()
    };
    let rows: Vec<_> = (0..classes).map(row).collect();
    format!("predicted classes of each true class\n{}\n{named}", table(&headers, &rows))
}
