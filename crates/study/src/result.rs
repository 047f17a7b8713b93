//! The figures of one cell, from what its commands printed.

use crate::activations::NetFigures;
use crate::figure;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What one cell came to. No times: they are no result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// Figures of the training by name, without those that were not measured, or are no number.
    pub figures: BTreeMap<String, f64>,
    /// What the training warned of.
    pub warnings: Vec<String>,
    /// What attacks left, if the grid asks for any.
    pub attacked: Option<Attacked>,
    /// Of a study of activations what it measured of the net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<NetFigures>,
}

/// Accuracies of a finished net on test images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attacked {
    /// Images.
    pub n: usize,
    /// Fraction right without attack.
    pub clean: Option<f64>,
    /// One row an attack and budget.
    pub attacks: Vec<AttackFigure>,
    /// For each budget the fraction right under all attacks: `(eps, accuracy)`.
    pub worst: Vec<(f64, Option<f64>)>,
}

/// One attack at one budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttackFigure {
    /// Its name.
    pub attack: String,
    /// The norm of the budget.
    pub norm: String,
    /// The budget.
    pub eps: f64,
    /// Fraction right.
    pub accuracy: Option<f64>,
}

/// Whether a figure depends on the machine and its other work.
fn is_time(name: &str) -> bool {
    name.contains("second") || name.ends_with("_per_s")
}

/// The numbers of an object, those of objects inside it under `outer.inner`.
fn numbers(object: &Value, before: &str, into: &mut BTreeMap<String, f64>) {
    for (name, value) in object.as_object().into_iter().flatten().filter(|(name, _)| !is_time(name)) {
        let name = format!("{before}{name}");
        match value {
            Value::Number(number) => into.extend(number.as_f64().map(|figure| (name, figure))),
            Value::Object(_) if before.is_empty() => numbers(value, &format!("{name}."), into),
            _ => {}
        }
    }
}

impl CellResult {
    /// From the object that `sparring train .. --json` printed, and the one of `sparring attack .. --json`; `None` if one of them is not such an object.
    ///
    /// ```
    /// use serde_json::json;
    /// let trained = json!({ "test_accuracy": 0.9, "seconds": 3.2, "run": "runs/a", "warnings": ["w"], "robust_accuracy": null });
    /// let result = sparring_study::CellResult::of(&trained, None).unwrap();
    /// assert_eq!(result.figures["test_accuracy"], 0.9);
    /// assert!(!result.figures.contains_key("seconds") && !result.figures.contains_key("robust_accuracy"));
    /// ```
    pub fn of(trained: &Value, attacked: Option<&Value>) -> Option<Self> {
        trained.get("run")?;
        let mut figures = BTreeMap::new();
        numbers(trained, "", &mut figures);
        let texts = ["warnings", "alarms"].iter().filter_map(|key| trained[key].as_array()).flatten();
        let warnings = texts.filter_map(|text| text.as_str().map(String::from)).collect();
        let attacked = match attacked {
            None => None,
            Some(object) => Some(Attacked::of(object)?),
        };
        Some(Self { figures, warnings, attacked, net: None })
    }
    /// From a row of a manifest.
    pub(crate) fn deserialized(value: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(value)
    }
    /// All figures under one kind of name, in the order of columns: those of the training, then `clean`, `ATTACK@EPS`, `worst@EPS`; in another norm
    /// than L-inf `ATTACK@NORM:EPS` and `worst@NORM:EPS`.
    pub fn columns(&self) -> Vec<(String, Option<f64>)> {
        let mut all: Vec<(String, Option<f64>)> =
            self.figures.iter().map(|(name, value)| (name.clone(), Some(*value))).collect();
        let Some(attacked) = &self.attacked else { return all };
        all.push(("clean".into(), attacked.clean));
        all.extend(attacked.attacks.iter().map(|a| (under(&a.attack, &a.norm, a.eps), a.accuracy)));
        let norm = attacked.norm();
        all.extend(attacked.worst.iter().map(|(eps, accuracy)| (under("worst", norm, *eps), *accuracy)));
        all
    }
    /// The figures that are read first, in words: `test accuracy 82.85 %`; empty if there is none.
    pub fn told(&self) -> String {
        let own = figure::FIRST.iter().filter_map(|name| Some((name, self.figures.get(*name)?)));
        let told = own.map(|(name, v)| format!("{} {}", figure::title(name), figure::told(name, *v)));
        told.collect::<Vec<_>>().join(", ").replace('\u{a0}', " ")
    }
}

/// The usual norm, which columns do not name.
const USUAL: &str = "linf";

/// The name of a column under attack: `fgsm@0.1`, in another norm `fgsm@l2:0.1`.
fn under(attack: &str, norm: &str, eps: f64) -> String {
    if norm == USUAL { format!("{attack}@{eps}") } else { format!("{attack}@{norm}:{eps}") }
}

impl Attacked {
    /// The norm of the budgets, which all attacks of one command have in common.
    pub fn norm(&self) -> &str {
        self.attacks.first().map_or(USUAL, |a| a.norm.as_str())
    }
    fn of(object: &Value) -> Option<Self> {
        let figure = |row: &Value| {
            Some(AttackFigure {
                attack: row["attack"].as_str()?.into(),
                norm: row["norm"].as_str()?.into(),
                eps: row["eps"].as_f64()?,
                accuracy: row["accuracy"].as_f64(),
            })
        };
        let attacks = object["attacks"].as_array()?.iter().map(figure).collect::<Option<Vec<_>>>()?;
        let worst = match object["budgets"].as_array() {
            Some(budgets) => budgets
                .iter()
                .map(|b| Some((b["eps"].as_f64()?, b["robust_accuracy"].as_f64())))
                .collect::<Option<Vec<_>>>()?,
            None => vec![(attacks.first()?.eps, object["robust_accuracy"].as_f64())],
        };
        let n = usize::try_from(object["n"].as_u64()?).ok()?;
        Some(Self { n, clean: object["clean"].as_f64(), attacks, worst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_commands_print_becomes_columns() {
        let trained = json!({
            "test_accuracy": 0.5, "examples_per_s": 10.0, "run": "a", "epochs": 3,
            "validation": { "pgd": 0.25, "norm": "linf", "pgd_seconds": 1.0 }, "alarms": ["collapse"],
        });
        let row = |attack: &str, eps: f64| json!({ "attack": attack, "norm": "linf", "eps": eps, "accuracy": 0.125, "seconds": 1.0 });
        let one = json!({ "n": 20, "clean": 0.5, "attacks": [row("fgsm", 0.1)], "robust_accuracy": 0.125 });
        let result = CellResult::of(&trained, Some(&one)).unwrap();
        let names: Vec<String> = result.columns().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["epochs", "test_accuracy", "validation.pgd", "clean", "fgsm@0.1", "worst@0.1"]);
        assert_eq!(result.warnings, ["collapse"]);
        let several = json!({
            "n": 20, "clean": 0.5, "attacks": [row("fgsm", 0.1), row("fgsm", 0.2)], "robust_accuracy": 0.0,
            "budgets": [{ "eps": 0.1, "robust_accuracy": 0.25 }, { "eps": 0.2, "robust_accuracy": 0.0 }],
        });
        let attacked = CellResult::of(&trained, Some(&several)).unwrap().attacked.unwrap();
        assert_eq!(attacked.worst, [(0.1, Some(0.25)), (0.2, Some(0.0))]);
        let text = several.to_string().replace("linf", "l2");
        let in_l2 = CellResult::of(&trained, Some(&serde_json::from_str(&text).unwrap())).unwrap();
        let names: Vec<String> = in_l2.columns().into_iter().skip(4).map(|(name, _)| name).collect();
        assert_eq!(names, ["fgsm@l2:0.1", "fgsm@l2:0.2", "worst@l2:0.1", "worst@l2:0.2"]);
        assert_eq!(result.told(), "test accuracy 50.00 %");
        let back = serde_json::to_value(&result).unwrap();
        assert_eq!(serde_json::from_value::<CellResult>(back).unwrap(), result);
    }

    #[test]
    fn half_an_output_is_none() {
        let trained = json!({ "run": "a" });
        assert!(CellResult::of(&json!({ "epochs": 1 }), None).is_none());
        assert!(CellResult::of(&trained, Some(&json!({ "n": 1 }))).is_none());
        assert!(CellResult::of(&json!([1]), None).is_none());
    }
}
