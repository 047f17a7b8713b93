//! The registries of the libraries as tables.

use super::Listing;
use crate::cli::io::table::{grouped, table};
use serde_json::{Map, Value, json};
use sparring::activations::AnyActivation;
use sparring::attacks::{AnyAttack, AnyNorm, PRESETS};
use sparring::losses::TargetKind;
use sparring::models::Family;
use sparring::optim::{AnyRule, SCHEDULES};
use sparring::train::DEFENSES;

/// Four significant digits at most; a dash for what is unbounded.
fn bound(v: Option<f64>) -> String {
    v.map_or("-".to_string(), |v| {
        let text = format!("{v:.4}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        if short == "-0" { "0".to_string() } else { short.to_string() }
    })
}

fn yes(v: bool) -> String {
    if v { "yes" } else { "no" }.to_string()
}

fn words<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

pub(super) fn activations() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for activation in AnyActivation::ALL {
        let (about, parameters) = (activation.about(), activation.parameters());
        let (low, high) = about.range;
        let end = |v: Option<f64>, none: &str| v.map_or(none.to_string(), |v| bound(Some(v)));
        let told =
            parameters.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        rows.push(vec![
            about.name.to_string(),
            about.formula.to_string(),
            format!("{} to {}", end(low, "-inf"), end(high, "inf")),
            bound(about.lipschitz),
            bound(about.curvature),
            yes(about.monotone),
            bound(about.gain_forward),
            if activation.is_trainable() { format!("{told} (learnt)") } else { told },
        ]);
        let parameters: Map<String, Value> =
            parameters.into_iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
        objects.push(json!({
            "name": about.name, "formula": about.formula, "source": about.source, "range": [low, high],
            "lipschitz": about.lipschitz, "curvature": about.curvature, "monotone": about.monotone,
            "gain_forward": about.gain_forward, "gain_backward": about.gain_backward,
            "trainable": activation.is_trainable(), "parameters": parameters,
        }));
    }
    Listing {
        headers: &["name", "f(x)", "range", "max |f'|", "max |f''|", "monotone", "gain", "parameters"],
        rows,
        objects,
        below: "Parameters are given in brackets, as in `--activation \"leaky_relu(0.2)\"`; gain keeps the second moment of a \
                standard normal signal."
            .into(),
    }
}

pub(super) fn attacks() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for info in AnyAttack::ALL.iter().chain(PRESETS.iter().map(|p| p.info)) {
        let norms = words::<AnyNorm>(info.norms);
        rows.push(vec![
            info.name.to_string(),
            if info.aliases.is_empty() { "-".to_string() } else { info.aliases.join(", ") },
            info.access.to_string(),
            norms.join(", "),
            info.defaults.to_string(),
            info.paper.to_string(),
        ]);
        objects.push(json!({
            "name": info.name, "aliases": info.aliases, "access": info.access, "norms": norms, "defaults": info.defaults,
            "paper": info.paper,
        }));
    }
    Listing {
        headers: &["name", "aliases", "access", "norms", "defaults", "paper"],
        rows,
        objects,
        below: "A white-box attack asks for gradients, a black-box one for logits only. Names with a dash after an attack's are presets: a paper's \
                own values, chosen for the eps named, in pixels of [0, 1]."
            .into(),
    }
}

pub(super) fn losses() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for info in sparring::losses::ALL {
        let target = match info.target {
            TargetKind::Class => "class",
            TargetKind::Values => "values",
            TargetKind::Side => "side",
        };
        rows.push(words(&[info.name, target, info.formula, info.about]));
        objects.push(json!({
            "name": info.name, "target": target, "formula": info.formula, "about": info.about, "source": info.source,
        }));
    }
    Listing {
        headers: &["name", "target", "formula", "what for"],
        rows,
        objects,
        below: "z is a row of values or logits, y a class, t a row of targets, c a critic's logit; sources with --json.".into(),
    }
}

/// The rule with its default parameters as an object of its own.
fn parameters(name: &str) -> Value {
    let rule: Option<AnyRule> = name.parse().ok();
    let tagged = rule.and_then(|rule| serde_json::to_value(rule).ok());
    tagged.and_then(|v| v.as_object().and_then(|o| o.values().next().cloned())).unwrap_or(Value::Null)
}

pub(super) fn optimizers() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for info in sparring::optim::ALL {
        rows.push(words(&[info.name, &info.default_lr.to_string(), info.about, info.source]));
        objects.push(json!({
            "name": info.name, "default_lr": info.default_lr, "about": info.about, "source": info.source,
            "parameters": parameters(info.name),
        }));
    }
    let schedules: Vec<_> = SCHEDULES.iter().map(|s| words(&[s.name, s.about])).collect();
    Listing {
        headers: &["name", "default lr", "what", "source"],
        rows,
        objects,
        below: table(&["schedule", "what"], &schedules),
    }
}

pub(super) fn defenses() -> Listing {
    let rows = DEFENSES.iter().map(|d| words(&[d.name, d.about, d.worth, d.paper])).collect();
    Listing {
        headers: &["name", "what a step is trained on", "worth", "paper"],
        rows,
        objects: DEFENSES.iter().map(|d| json!(d)).collect(),
        below: "`--defense NAME` of `sparring train classifier`; worth: of its defaults at eps 0.3 on MNIST, under PGD-50 with 10 restarts.".into(),
    }
}

pub(super) fn models() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for info in sparring::models::ALL {
        let family = match info.family {
            Family::Classifier => "classifier",
            Family::Autoencoder => "autoencoder",
            Family::Gan => "gan",
        };
        rows.push(words(&[info.name, family, &grouped(info.parameters), info.layers, info.source]));
        objects.push(json!({
            "name": info.name, "family": info.family, "parameters": info.parameters, "layers": info.layers,
            "source": info.source,
        }));
    }
    Listing {
        headers: &["name", "family", "parameters", "layers", "source"],
        rows,
        objects,
        below: "`--arch NAME` of `sparring train classifier` and `sparring train autoencoder`.".into(),
    }
}
