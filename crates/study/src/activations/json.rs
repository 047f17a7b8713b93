//! The study for programs.

use super::numbers::AUTOATTACK;
use super::paired::Paired;
use super::study::{ActivationRow, ActivationStudy};
use crate::CellState;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn intervals(all: &BTreeMap<String, Paired>) -> Value {
    let one = |(name, of): (&String, &Paired)| {
        (name.clone(), json!({ "n": of.n, "mean": of.mean, "interval": of.interval }))
    };
    Value::Object(all.iter().map(one).collect::<Map<_, _>>())
}

impl ActivationStudy {
    /// `kind`, `shard`, `program`, `plan`, `rows` (`cell`, `activation`, `defense`, `seed`, `state`; of finished ones `clean`, `attacks` with the standard suite as
    /// `autoattack`, and all of [`NetFigures`](crate::NetFigures)), `groups` and `statements`.
    pub fn json(&self) -> Value {
        let groups = self.groups.iter().map(|group| {
            json!({
                "activation": group.activation, "defense": group.defense, "n": group.n, "masked": group.masked, "place": group.place,
                "means": intervals(&group.means), "against_relu": intervals(&group.against_relu),
            })
        });
        let statements = self.statements().into_iter().map(|s| {
            json!({ "claim": s.claim, "source": s.source, "verdict": s.verdict.word(), "evidence": s.evidence })
        });
        json!({
            "format": 1, "kind": crate::ActivationPlan::KIND, "shard": self.shard.to_string(),
            "program": { "version": self.program.0, "isa": self.program.1 }, "plan": self.plan,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
            "statements": statements.collect::<Vec<_>>(),
        })
    }
}

fn row(row: &ActivationRow) -> Value {
    let mut object = json!({
        "cell": row.cell, "activation": row.activation, "defense": row.defense, "seed": row.seed, "state": row.state.word(),
        "clean": null, "attacks": [],
    });
    if let CellState::Failed { reason } = &row.state {
        object["reason"] = reason.as_str().into();
    }
    let Some(result) = &row.result else { return object };
    object["warnings"] = json!(result.warnings);
    if let Some(attacked) = &result.attacked {
        object["n"] = attacked.n.into();
        object["clean"] = attacked.clean.into();
        let one = |a: &crate::AttackFigure| json!({ "attack": a.attack, "norm": a.norm, "eps": a.eps, "accuracy": a.accuracy, "n": attacked.n });
        object["attacks"] = attacked.attacks.iter().map(one).collect();
    }
    if let (Some(net), Some(attacks)) = (&result.net, object["attacks"].as_array_mut()) {
        let (norm, eps) =
            result.attacked.as_ref().map_or(("linf", None), |a| (a.norm(), a.worst.last().map(|w| w.0)));
        let (accuracy, n) = (net.suite.accuracy, net.suite.n);
        attacks.push(json!({ "attack": AUTOATTACK, "norm": norm, "eps": eps, "accuracy": accuracy, "n": n }));
        let Value::Object(figures) = json!(net) else { return object };
        object["masked"] = json!(net.masked());
        object.as_object_mut().expect("made as one").extend(figures);
    }
    object
}
