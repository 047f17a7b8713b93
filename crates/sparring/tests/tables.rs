//! Everything that has a name, over all tables: it reads, prints, goes to files and back, and refuses what it is not in one line.
#![cfg(feature = "cli")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use sparring::activations::AnyActivation;
use sparring::attacks::{AnyAttack, AnyBlackBox, AnyNorm};
use sparring::datasets::synthetic::AnySynthetic;
use sparring::losses::{AnyClassLoss, AnyGanLoss, AnyGradientPenalty, AnySparsity, AnyValueLoss};
use sparring::math::grammar::{Call, same};
use sparring::math::named::{Entry, Family, NamedError, Parameter, Range, Unset};
use sparring::models::Arch;
use sparring::optim::{AnyRule, AnySchedule};
use sparring::train::{AnyDefense, Recipe};
use std::fmt::{Debug, Display};
use std::str::FromStr;

/// What every member of a family is, besides its mathematics.
trait Member: Family + Clone + Debug + Display + PartialEq + FromStr<Err = NamedError> {}
impl<T: Family + Clone + Debug + Display + PartialEq + FromStr<Err = NamedError>> Member for T {}

/// A value that the parameter cannot have; `None` where its type alone judges.
fn outside(range: Range) -> Option<String> {
    let number = match range {
        Range::Numbers { low: (low, has), .. } if low.is_finite() => {
            low - if has { 1f64.max(low.abs()) } else { 0.0 }
        }
        Range::Numbers { high: (high, has), .. } if high.is_finite() => {
            high + if has { 1f64.max(high.abs()) } else { 0.0 }
        }
        Range::Numbers { .. } => f64::NAN,
        Range::Whole { low: 0, high } => high as f64 + 1.0,
        Range::Whole { low, .. } => low as f64 - 1.0,
        Range::Words(_) => return Some("no_such_word".into()),
        _ => return None,
    };
    Some(number.to_string())
}

/// Values that it can have.
fn inside(range: Range) -> Vec<String> {
    let numbers = [0.0, 0.125, 0.5, 0.75, 1.0, 2.0, 3.0, 7.0];
    match range {
        Range::Words(words) => words.iter().map(ToString::to_string).collect(),
        // Activations, widths, attacks and fractions; the parameter takes its own.
        Range::Told(_) => ["silu", "relu|silu", "leaky_relu(slope=0.2)", "12-7", "0.25|0.5", "pgd(steps=7)"]
            .map(String::from)
            .to_vec(),
        range => numbers.iter().filter(|&&v| range.holds(v)).map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn refused<T: Member>(text: &str, parts: &[&str]) {
    let told = text.parse::<T>().unwrap_err().to_string();
    assert!(!told.contains('\n') && parts.iter().all(|part| told.contains(part)), "{text}: {told}");
}

fn read<T: Member>(entry: &Entry<T>, parameter: &Parameter, value: &str) -> Result<T, NamedError> {
    entry.read(&Call { name: entry.name, arguments: vec![(Some(parameter.name), value)] })
}

/// Text: every entry of the table.
fn texts<T: Member>() -> Vec<T> {
    let table = T::TABLE;
    let mut all = table.at_defaults();
    let names: Vec<&str> =
        table.entries.iter().flat_map(|e| [e.name].into_iter().chain(e.aliases.iter().copied())).collect();
    for (i, name) in names.iter().enumerate() {
        assert!(!names[..i].iter().any(|other| same(other, name)), "{}: {name} stands for two", table.kind);
    }
    for entry in table.entries {
        let usual: T = entry.name.parse().unwrap();
        let shouted = format!(" {} ( ) ", entry.name.to_uppercase().replace('-', "_"));
        for name in entry.aliases.iter().copied().chain([shouted.as_str()]) {
            assert_eq!(name.parse::<T>().unwrap(), usual, "{name}");
        }
        assert!(!entry.paper.is_empty());
        // One name may be short for a member of another.
        let own = usual.to_string().split('(').next().unwrap() == entry.name;
        assert_eq!(usual.to_string().parse::<T>().unwrap(), usual);
        if !entry.parameters.is_empty() || own {
            refused::<T>(&format!("{}(no_such=1)", entry.name), &[entry.name, "no_such"]);
        }
        let slip: String = entry.name.chars().chain(['q']).collect();
        refused::<T>(&slip, &["did you mean", table.kind]);
        for (parameter, default) in entry.defaults() {
            assert!(!parameter.about.is_empty() && !default.is_empty());
            if parameter.unset == Unset::Default {
                assert_eq!(
                    read(entry, parameter, &default).unwrap(),
                    usual,
                    "{}.{}",
                    entry.name,
                    parameter.name
                );
            }
            if let Some(value) = outside(parameter.range) {
                let text = format!("{}({}={value})", entry.name, parameter.name);
                refused::<T>(&text, &[entry.name, parameter.name]);
            }
            let text = format!("{}({1}={default}, {1}={default})", entry.name, parameter.name);
            assert!(text.parse::<T>().is_err(), "{text}");
            let mut other = 0;
            for value in inside(parameter.range) {
                match read(entry, parameter, &value) {
                    Ok(thing) => {
                        other += usize::from(thing != usual);
                        assert_eq!(thing.to_string().parse::<T>().unwrap(), thing, "{thing}");
                        all.push(thing);
                    }
                    Err(_) if matches!(parameter.range, Range::Told(_)) => {}
                    // It may depend on another parameter, which the error then names.
                    Err(e) => assert!(
                        entry.parameters.iter().filter(|other| other.name != parameter.name).any(|other| {
                            e.parameter() == Some(other.name)
                                || e.to_string()
                                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                                    .any(|w| w == other.name)
                        }),
                        "{e}"
                    ),
                }
            }
            assert!(
                other > 0 || parameter.name == "nesterov",
                "{}.{} changes nothing",
                entry.name,
                parameter.name
            );
        }
    }
    refused::<T>("", &["no ", table.kind]);
    refused::<T>("a(", &[table.kind, "parenthesis"]);
    all
}

/// Files: fields or text, as they like.
fn files<T: Member + Serialize + DeserializeOwned>() {
    for thing in texts::<T>() {
        let json = serde_json::to_string(&thing).unwrap();
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), thing, "{json}");
        let text = serde_json::to_string(&thing.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), thing, "{text}");
    }
    let told = serde_json::from_str::<T>(r#""no_such(""#).err().unwrap().to_string();
    assert!(told.contains("parenthesis"), "{told}");
}

#[test]
fn everything_that_has_a_name_keeps_the_grammar() {
    files::<AnyActivation>();
    files::<AnyRule>();
    files::<AnySchedule>();
    files::<AnyAttack>();
    files::<AnyBlackBox>();
    files::<AnyDefense>();
    files::<AnyClassLoss>();
    files::<AnyValueLoss>();
    files::<AnyGanLoss>();
    files::<AnyGradientPenalty>();
    files::<AnySparsity>();
    files::<Arch>();
    texts::<AnyNorm>();
    texts::<AnySynthetic>();
}

#[test]
fn recipes_and_attacks_of_before_are_read() {
    let recipe: Recipe = serde_json::from_str(
        r#"{"epochs":20,"batch":64,"rule":{"adam":{"beta1":0.9,"beta2":0.999,"eps":1e-8,"weight_decay":0.0}},"lr":0.005,
            "schedule":{"piecewise":{"points":[[0.0,0.0],[0.4,1.0],[1.0,0.0]]}},"clip":null,"ema":{"half_life":0.05},
            "defense":{"method":"pgd","eps":0.3,"steps":7,"step_size":0.10714286,"warm_up":0.3},"seed":1}"#,
    )
    .unwrap();
    let hardened = Recipe::hardened(sparring::train::defenses::PgdTraining::new(0.3));
    assert_eq!(recipe, Recipe { label_smoothing: 0.0, ..hardened });
    let sgd: AnyRule = serde_json::from_str(
        r#"{"sgd":{"momentum":0.9,"dampening":0.0,"weight_decay":0.0,"kind":"nesterov"}}"#,
    )
    .unwrap();
    assert_eq!(sgd.to_string(), "sgd(momentum=0.9, nesterov=true)");
    let pgd: AnyAttack = serde_json::from_str(
        r#"{"attack":"pgd","steps":50,"step_size":{"absolute":0.01},"start":"random","restarts":10,"loss":"cross-entropy","stop":"when_fooled"}"#,
    )
    .unwrap();
    assert_eq!(pgd.to_string(), "pgd(steps=50, step_size=0.01, restarts=10)");
    assert_eq!(
        serde_json::from_str::<AnyActivation>(r#""leaky_relu(0.2)""#).unwrap().to_string(),
        "leaky_relu(slope=0.2)"
    );
    assert_eq!(serde_json::from_str::<AnyNorm>(r#""l2""#).unwrap(), AnyNorm::L2);
}
