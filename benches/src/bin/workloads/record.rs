//! One line a row: JSON for programs, columns for people.

use crate::pace::Pace;
use crate::row::Row;
use crate::setting::Setting;
use serde_json::{Map, Value, json};

/// Prints the row, unless another program has already heard every pass.
pub fn write(row: &Row, setting: &Setting, pace: &Pace, as_json: bool) {
    let [median, min, max] = pace.spread();
    if pace.paced() {
        return;
    }
    if as_json {
        println!("{}", line(row, setting, pace));
        return;
    }
    let decimals = usize::from(median < 1000.0) * 2;
    println!(
        "{:<30} {:>2} thread{} {median:>16.decimals$} {:<13} [{min:.decimals$} .. {max:.decimals$}]  loss {:.6}",
        row.key(),
        setting.threads,
        if setting.threads == 1 { " " } else { "s" },
        row.metric.name(),
        pace.loss
    );
}

/// The JSON object. `loss` is that of one pass from the first weights (the pass that warms up), `loss_last` that of the last
/// timed pass, which trained on.
pub fn line(row: &Row, setting: &Setting, pace: &Pace) -> Value {
    let [median, min, max] = pace.spread();
    let mut line = Map::new();
    line.insert("workload".into(), json!(row.id));
    line.insert("threads".into(), json!(setting.threads));
    line.insert("metric".into(), json!(row.metric.name()));
    line.insert("median".into(), json!(median));
    line.insert("min".into(), json!(min));
    line.insert("max".into(), json!(max));
    line.insert("loss".into(), json!(pace.loss));
    line.insert("loss_last".into(), json!(pace.last));
    line.insert("samples".into(), json!(pace.values.len()));
    if let Some(elements) = row.elements {
        line.insert("elements".into(), json!(elements));
    }
    if let Some(bytes) = row.bytes {
        line.insert("gb_per_s".into(), json!(median * bytes / 1e9));
    }
    if setting.tiny {
        line.insert("tiny".into(), json!(true));
    }
    Value::Object(line)
}
