//! `cargo xtask smoke`: the demo, as a stranger would run it, and what it promises to print and write.

use crate::printed::last_json;
use crate::run_program::{output_of, root, waiting_for};
use serde_json::Value;
use std::path::Path;

/// Runs the demo in release mode into a new folder and checks its last line and its files.
///
/// # Errors
/// If it fails, or a promise is broken; every broken one is named.
pub fn run() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
    let out = folder.path().join("demo");
    let out = out.to_str().ok_or("the temporary folder's name is no UTF-8")?;
    waiting_for("building the command if need be, then its demo, some 20 seconds");
    let stdout =
        output_of("cargo", &["run", "--release", "--locked", "--", "demo", "--out", out, "--json"], &root())?;
    let report = last_json(&stdout)?;
    let mut broken = promises(&report);
    broken.extend(files(Path::new(out), &report));
    if broken.is_empty() {
        println!("smoke: {report}");
        Ok(())
    } else {
        Err(format!("the demo broke its promises:\n  {}\nits last line: {report}", broken.join("\n  ")))
    }
}

/// What is wrong with the demo's last line.
fn promises(report: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for name in ["standard", "hardened"] {
        match model(report, name) {
            None => broken.push(format!("no model `{name}`")),
            Some(m) => broken.extend(of_model(m).into_iter().map(|what| format!("{name}: {what}"))),
        }
    }
    if !report["seconds"].as_f64().is_some_and(|s| s > 0.0) {
        broken.push("`seconds` is not a positive number".into());
    }
    if report["report"].as_str().is_none_or(str::is_empty) {
        broken.push("`report` is not a path".into());
    }
    let clean = model(report, "standard").and_then(|m| m["clean"].as_f64());
    if clean.is_some_and(|c| c <= 0.95) {
        broken.push(format!("the standard net is right on {clean:?} of clean images, expected above 0.95"));
    }
    let robust = |name| attack(model(report, name)?, "pgd", 0.3)?["accuracy"].as_f64();
    if let (Some(standard), Some(hardened)) = (robust("standard"), robust("hardened"))
        && hardened <= standard
    {
        broken.push(format!("hardening did not help: {hardened} against {standard} under PGD at 0.3"));
    }
    broken
}

fn of_model(model: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if model["n"].as_u64().is_none_or(|n| n < 1000) {
        broken.push(format!("`n` is {}, expected at least 1000", model["n"]));
    }
    let fraction = |v: &Value| v.as_f64().is_some_and(|a| (0.0..=1.0).contains(&a));
    if !fraction(&model["clean"]) {
        broken.push(format!("`clean` is {}, expected a fraction", model["clean"]));
    }
    for (name, eps) in ["fgsm", "pgd"].iter().flat_map(|a| [0.1, 0.2, 0.3].map(|e| (*a, e))) {
        let Some(found) = attack(model, name, eps) else {
            broken.push(format!("no {name} at eps {eps}"));
            continue;
        };
        if found["norm"] != "linf" || found["steps"].as_u64().is_none() || !fraction(&found["accuracy"]) {
            broken.push(format!("{name} at eps {eps} is not as promised: {found}"));
        } else if found["accuracy"].as_f64() > model["clean"].as_f64() {
            broken.push(format!("{name} at eps {eps} leaves more right answers than there were: {found}"));
        }
    }
    if attack(model, "pgd", 0.3).is_some_and(|a| a["steps"] != 40) {
        broken.push("pgd does not take 40 steps".into());
    }
    broken
}

/// What is wrong with the files of the demo.
fn files(out: &Path, report: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    for run in ["standard", "hardened"] {
        for file in ["config.json", "metrics.jsonl", "model.safetensors"] {
            if std::fs::metadata(out.join(run).join(file)).map_or(0, |m| m.len()) == 0 {
                broken.push(format!("{run}/{file} is missing or empty"));
            }
        }
    }
    let page = std::fs::read_to_string(out.join("report.html")).unwrap_or_default();
    if !page.contains("</html>") {
        broken.push("report.html is missing or not whole".into());
    }
    if ["src=\"http", "href=\"http://", "<script src"].iter().any(|outside| page.contains(outside)) {
        broken.push("report.html loads something from outside".into());
    }
    if report["report"].as_str().is_some_and(|p| !Path::new(p).is_file() && !root().join(p).is_file()) {
        broken.push(format!("`report` names {}, which is no file", report["report"]));
    }
    broken
}

fn model<'a>(report: &'a Value, name: &str) -> Option<&'a Value> {
    report["models"].as_array()?.iter().find(|m| m["name"] == name)
}

/// The attack of this name at this budget; single precision may have passed over it.
fn attack<'a>(model: &'a Value, name: &str, eps: f64) -> Option<&'a Value> {
    let near = |a: &&Value| a["eps"].as_f64().is_some_and(|e| (e - eps).abs() < 1e-6);
    model["attacks"].as_array()?.iter().filter(|a| a["attack"] == name).find(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sound() -> Value {
        let attacks = |accuracy: f64| -> Vec<Value> {
            let one = |a: &str, steps: u64, eps: f64| json!({"attack": a, "norm": "linf", "eps": eps, "steps": steps, "accuracy": accuracy});
            [0.1, 0.2, 0.3]
                .iter()
                .flat_map(|&e| [one("fgsm", 1, e), one("pgd", 40, f64::from(e as f32))])
                .collect()
        };
        json!({"models": [
            {"name": "standard", "n": 1000, "clean": 0.97, "attacks": attacks(0.1)},
            {"name": "hardened", "n": 1000, "clean": 0.95, "attacks": attacks(0.8)},
        ], "seconds": 40.0, "report": "r.html"})
    }

    #[test]
    fn a_sound_report_passes() {
        assert_eq!(promises(&sound()), [""; 0]);
    }

    #[test]
    fn each_broken_promise_is_named() {
        let broken = |path: &str, value: Value| {
            let mut report = sound();
            *report.pointer_mut(path).unwrap() = value;
            promises(&report).join("; ")
        };
        assert!(broken("/models/1/name", json!("other")).contains("no model `hardened`"));
        assert!(broken("/models/0/n", json!(999)).contains("at least 1000"));
        assert!(broken("/models/0/clean", json!(97.0)).contains("a fraction"));
        assert!(broken("/models/0/clean", json!(0.9)).contains("above 0.95"));
        assert!(broken("/models/0/attacks", json!([])).contains("no fgsm at eps 0.1"));
        assert!(broken("/models/0/attacks/1/accuracy", json!(null)).contains("not as promised"));
        assert!(broken("/models/0/attacks/1/accuracy", json!(0.99)).contains("more right answers"));
        assert!(broken("/models/1/attacks/5/accuracy", json!(0.05)).contains("did not help"));
        assert!(broken("/models/1/attacks/5/steps", json!(20)).contains("40 steps"));
        assert!(broken("/seconds", json!("40")).contains("seconds"));
        assert!(broken("/report", json!(null)).contains("report"));
    }

    #[test]
    fn missing_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(files(folder.path(), &json!({})).len(), 7);
    }
}
