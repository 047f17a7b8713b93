//! What an attack found, for people and for programs.

use crate::cli::io::json::{json, value};
use crate::cli::io::table::table;
use crate::cli::pages::accuracy::interval;
use crate::cli::pages::attack::findings;
use serde_json::Value;
use sparring::attacks::{AttackResult, Course, Report};
use sparring::tensor::Precision;

/// One attack as programs read it.
pub(crate) fn row(a: &AttackResult) -> Value {
    json!({
        "attack": a.attack, "norm": a.norm, "eps": a.eps, "steps": a.steps, "restarts": a.restarts,
        "accuracy": a.accuracy, "forwards": a.forwards, "backwards": a.backwards, "seconds": a.seconds,
    })
}

/// The object of `--json`. Of several budgets (in rising order) the rows of all stand in `attacks`, `robust_accuracy` is that of the
/// largest, and `budgets` has that of each. In a cascade the accuracy of an attack is what it and those before it left; `stages` has that as a count of images.
pub(super) fn object(reports: &[Report], course: Course, precision: Precision) -> Value {
    let last = &reports[reports.len() - 1];
    let results = || reports.iter().flat_map(|r| &r.attacks);
    let mut object = json!({
        "n": last.n, "clean": last.clean, "attacks": results().map(row).collect::<Vec<_>>(),
        "robust_accuracy": last.robust_accuracy, "proposal_precision": precision.to_string(),
        "findings": findings(reports), "cards": results().map(|a| &a.card).collect::<Vec<_>>(),
    });
    if course == Course::Cascade {
        let stage = |a: &AttackResult| json!({ "attack": a.attack, "eps": a.eps, "survivors": a.survivors, "seconds": a.seconds });
        object["stages"] = value(&results().map(stage).collect::<Vec<_>>());
    }
    if reports.len() > 1 {
        let of = |r: &Report| json!({ "eps": r.threat.eps, "robust_accuracy": r.robust_accuracy });
        object["budgets"] = value(&reports.iter().map(of).collect::<Vec<_>>());
    }
    object
}

fn percent(accuracy: f64) -> String {
    format!("{:6.2} %", 100.0 * accuracy)
}

/// The table for a terminal, and what casts doubt on it.
pub(super) fn text(reports: &[Report], course: Course) -> String {
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
    if course == Course::Cascade {
        text.push_str("\neach attack had only the images that those before it left right: its accuracy is what is left after it");
    }
    for finding in findings(reports) {
        text.push_str("\n! ");
        text.push_str(&finding);
    }
    text
}
