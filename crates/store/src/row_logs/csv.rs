//! Rows as comma-separated values.

use serde_json::Value;
use std::collections::BTreeSet;

/// Rows, JSON objects, as CSV (RFC 4180 with line feeds): a header of all keys, `epoch` first and the others by their names, then a line a row. Numbers are
/// written as JSON writes them, the shortest text that reads back to the same bits; what a row lacks, or is null, is empty. Nothing for no rows.
///
/// ```
/// let row = serde_json::json!({ "train_loss": 0.25, "epoch": 1, "note": "a,b", "test_accuracy": null });
/// assert_eq!(sparring_store::csv_text(&[row]), "epoch,note,test_accuracy,train_loss\n1,\"a,b\",,0.25\n");
/// ```
pub fn csv_text(rows: &[Value]) -> String {
    let keys: BTreeSet<&str> =
        rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().map(String::as_str)).collect();
    let (first, others): (Vec<&str>, Vec<&str>) = keys.into_iter().partition(|key| *key == "epoch");
    let columns: Vec<&str> = first.into_iter().chain(others).collect();
    if columns.is_empty() { String::new() } else { csv_columns(&columns, rows) }
}

/// The same with these columns, in this order.
pub fn csv_columns(columns: &[&str], rows: &[Value]) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut text = line(columns.iter().map(|name| quoted(name)).collect());
    for row in rows {
        text += &line(columns.iter().map(|&name| cell(row.get(name))).collect());
    }
    text
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => quoted(text),
        Some(other) => quoted(&other.to_string()),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_that_lack_a_column_leave_it_empty() {
        let rows = [json!({ "epoch": 1, "b": 0.1 }), json!({ "a": [1, 2], "epoch": 2, "q": "say \"x\"" })];
        assert_eq!(csv_text(&rows), "epoch,a,b,q\n1,,0.1,\n2,\"[1,2]\",,\"say \"\"x\"\"\"\n");
        assert_eq!((csv_text(&[]), csv_text(&[json!(3)])), (String::new(), String::new()));
    }
}
