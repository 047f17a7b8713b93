//! What an attack found, for people and for programs.

use super::outcomes::Outcomes;
use crate::cli::io::json::{json, value};
use crate::cli::io::say;
use crate::cli::io::table::table;
use crate::cli::pages::accuracy::interval;
use crate::cli::pages::attack::{findings, refused, weaker};
use crate::cli::pages::purifier;
use serde_json::Value;
use sparring::attacks::{AttackResult, BudgetCurve, Course, CurvePoint, Report};
use sparring::tensor::Precision;

/// One attack as programs read it; `refused` counts proposals that broke the rules of the threat, where there are any.
pub(crate) fn row(a: &AttackResult) -> Value {
    let mut row = json!({
        "attack": a.attack, "norm": a.norm, "eps": a.eps, "steps": a.steps, "restarts": a.restarts,
        "accuracy": a.accuracy, "forwards": a.forwards, "backwards": a.backwards, "seconds": a.seconds,
    });
    if a.refused.total() > 0 {
        row["refused"] = a.refused.total().into();
    }
    row
}

/// The object of `--json`. Of several budgets (in rising order) the rows of all stand in `attacks`, `robust_accuracy` is that of the
/// largest, and `budgets` has that of each. In a cascade the accuracy of an attack is what it and those before it left; `stages` has that as a count of images.
/// With `--curve` there are `curve`, `median_size`, which is null where more than half of the images stand at the largest budget, and `curve_remark`, a text where the curve
/// over-reports. With `--purifier` there is `purifier`: what is left against who does not know of it and against who does.
pub(super) fn object(done: &Outcomes, precision: Precision) -> Value {
    let reports = &done.reports;
    let last = &reports[reports.len() - 1];
    let results = || reports.iter().flat_map(|r| &r.attacks);
    let mut object = json!({
        "n": last.n, "clean": last.clean, "attacks": results().map(row).collect::<Vec<_>>(),
        "robust_accuracy": last.robust_accuracy, "proposal_precision": precision.to_string(),
        "findings": findings(reports), "cards": done.cards,
    });
    if last.course == Course::Cascade {
        let stage = |a: &AttackResult| json!({ "attack": a.attack, "eps": a.eps, "survivors": a.survivors, "seconds": a.seconds });
        object["stages"] = value(&results().map(stage).collect::<Vec<_>>());
    }
    if reports.len() > 1 {
        let of = |r: &Report| json!({ "eps": r.threat.eps, "robust_accuracy": r.robust_accuracy });
        object["budgets"] = value(&reports.iter().map(of).collect::<Vec<_>>());
    }
    if let Some(curve) = &done.curve {
        object["curve"] = value(&curve.points);
        object["median_size"] = value(&curve.median_size);
        object["curve_remark"] = value(&weaker(done));
    }
    if let Some(scores) = &done.purifier {
        object["purifier"] = value(scores);
    }
    object
}

/// Prints what was found.
pub(super) fn tell(done: &Outcomes, precision: Precision, json: bool) {
    if json {
        say::json(&object(done, precision));
    } else {
        say::result(&text(done));
    }
}

/// The curve, for a terminal.
fn curve_text(curve: &BudgetCurve) -> String {
    let row = |p: &CurvePoint| vec![p.eps.to_string(), percent(p.accuracy)];
    let rows: Vec<_> = curve.points.iter().map(row).collect();
    let median = match curve.median_size {
        Some(size) if curve.bisected => format!("at most {size:.4} (bisected over the budgets)"),
        Some(size) => format!("{size:.4}"),
        None => "beyond the largest budget".into(),
    };
    let title = format!("accuracy against the budget, by the smallest changes of {}", curve.attack);
    format!("{title}\n{}\nmedian smallest change: {median}", table(&["eps", "accuracy"], &rows))
}

fn percent(accuracy: f64) -> String {
    format!("{:6.2} %", 100.0 * accuracy)
}

/// The table for a terminal, and what casts doubt on it.
pub(super) fn text(done: &Outcomes) -> String {
    let reports = &done.reports;
    let last = &reports[reports.len() - 1];
    let line = |attack: &str, eps: String, accuracy: f64, cost: [String; 5]| {
        let interval = interval(accuracy, last.n).replace('\u{a0}', " ");
        let mut cells = vec![attack.to_string(), eps, percent(accuracy), interval];
        cells.extend(cost);
        cells
    };
    let none = || [(); 5].map(|()| "-".to_string());
    let mut rows = vec![line("clean", "-".into(), last.clean, none())];
    for report in reports {
        let eps = || report.threat.eps.to_string();
        for a in &report.attacks {
            let cost = [a.steps as u64, a.restarts as u64, a.forwards, a.backwards].map(|n| n.to_string());
            let [steps, restarts, forwards, backwards] = cost;
            let cost = [steps, restarts, forwards, backwards, format!("{:.2}", a.seconds)];
            rows.push(line(&a.attack, eps(), a.accuracy, cost));
        }
        rows.push(line("worst case", eps(), report.robust_accuracy, none()));
    }
    let headers = [
        "attack",
        "eps",
        "accuracy",
        "95 % interval",
        "steps",
        "restarts",
        "forwards",
        "backwards",
        "seconds",
    ];
    let mut text = format!(
        "{} images, norm {}, eps in pixels of [0, 1]\n{}\nworst case: images right under every attack; forwards: images sent through \
         the network, backwards: gradients taken of it (an image stops costing once it is fooled)",
        last.n,
        last.threat.norm,
        table(&headers, &rows)
    );
    if last.course == Course::Cascade {
        text.push_str("\neach attack had only the images that those before it left right: its accuracy is what is left after it");
    }
    if let Some(curve) = &done.curve {
        text.push_str("\n\n");
        text.push_str(&curve_text(curve));
        text.push('\n');
    }
    if let Some(scores) = &done.purifier {
        text.push_str("\n\n");
        text.push_str(&purifier::text(scores));
        text.push('\n');
    }
    let all = findings(reports);
    let mut doubts: Vec<String> = all.iter().filter(|f| f.raised).map(ToString::to_string).collect();
    doubts.extend(refused(reports));
    doubts.extend(weaker(done));
    for doubt in doubts {
        text.push_str("\n! ");
        text.push_str(&doubt);
    }
    let (raised, examined) = (
        all.iter().filter(|f| f.raised).count(),
        all.iter().filter(|f| f.value.is_some() || f.raised).count(),
    );
    text.push_str(&format!(
        "\nchecks: {raised} of {examined} raised{}",
        if examined < all.len() { format!(", {} not made", all.len() - examined) } else { String::new() }
    ));
    text
}
