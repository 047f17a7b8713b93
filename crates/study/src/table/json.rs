//! The table for programs.

use super::SweepTable;
use crate::CellState;
use serde_json::{Map, Value, json};

impl SweepTable {
    /// `train`, `shard`, `program`, `axes` with their values, `rows` (`cell`, `axes`, `state`; of finished ones `figures`, `warnings`, `n`, `clean`,
    /// `attacks`, `worst`; of failed ones `reason`) and `groups` (`axes`, `n`, and of each figure `n`, `mean`, `std`).
    pub fn json(&self) -> Value {
        let axes: Vec<Value> = self
            .grid
            .axes
            .iter()
            .map(|axis| {
                let values: Vec<String> = axis.values.iter().map(ToString::to_string).collect();
                json!({ "flag": axis.key, "values": values })
            })
            .collect();
        let named = |names: &[&str], values: &[String]| -> Value {
            names
                .iter()
                .zip(values)
                .map(|(n, v)| (n.to_string(), Value::from(v.as_str())))
                .collect::<Map<_, _>>()
                .into()
        };
        let rows = self.rows.iter().map(|row| {
            let mut object = json!({ "cell": row.cell, "axes": named(&self.axes(), &row.values) });
            object["state"] = row.state.word().into();
            if let CellState::Failed { reason } = &row.state {
                object["reason"] = reason.as_str().into();
            }
            if let Some(result) = &row.result {
                object["figures"] = json!(result.figures);
                object["warnings"] = json!(result.warnings);
            }
            if let Some(attacked) = row.result.as_ref().and_then(|result| result.attacked.as_ref()) {
                object["n"] = attacked.n.into();
                object["clean"] = attacked.clean.into();
                object["attacks"] = json!(attacked.attacks);
                let worst =
                    |(eps, accuracy): &(f64, Option<f64>)| json!({ "eps": eps, "accuracy": accuracy });
                object["worst"] = attacked.worst.iter().map(worst).collect();
            }
            object
        });
        let groups = self.groups.iter().map(|group| {
            let figure = |(name, (n, mean, std)): (&String, &(usize, f64, Option<f64>))| {
                (name.clone(), json!({ "n": n, "mean": mean, "std": std }))
            };
            let figures: Map<_, _> = group.figures.iter().map(figure).collect();
            json!({ "axes": named(&self.group_axes(), &group.values), "n": group.n, "figures": figures })
        });
        json!({
            "format": 1, "train": self.grid.train.0, "shard": self.shard.to_string(),
            "program": { "version": self.program.0, "isa": self.program.1 }, "axes": axes,
            "rows": rows.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(),
        })
    }
}
