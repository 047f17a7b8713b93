//! A value of a TOML file as the text that parameters read, and back.

use crate::StoreError;
use crate::terminal::{NAME, shown};
use toml::de::DeValue;

/// Most items of a list.
const MOST: usize = 1 << 10;

/// The text of a value: a number or a word as it is, a list as `[3, 5]`.
///
/// # Errors
/// What it is, if no parameter can be one.
pub(super) fn text_of(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_string()),
        DeValue::Integer(_) => Err("a number that is not decimal".into()),
        DeValue::Float(number) => Ok(number.as_str().to_string()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        DeValue::Array(items) if items.len() > MOST => Err(format!("a list of {} items", items.len())),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::Array(_) => Err("a list of lists".to_string()),
                item => text_of(item),
            });
            Ok(format!("[{}]", items.collect::<Result<Vec<_>, _>>()?.join(", ")))
        }
        DeValue::Table(_) => Err("a table".into()),
        DeValue::Datetime(_) => Err("a date".into()),
    }
}

/// The items of a list of names; one name stands for a list of it.
pub(super) fn names_of(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(name) => Some(vec![name.to_string()]),
        DeValue::Array(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(name) => Some(name.to_string()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// An error at a line of the file.
pub(super) fn wrong(line: usize, what: impl ToString) -> StoreError {
    StoreError::Spec { line, what: what.to_string() }
}

/// A name in an error.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", shown(name, NAME))
}

/// A text as a TOML string.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if crate::terminal::is_hidden(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

/// The text of a parameter as a value of the file: what [`text_of`] makes the same value of.
pub(super) fn value(text: &str) -> String {
    let whole = |text: &str| text.parse::<u64>().is_ok() && !text.starts_with('+');
    let list = |between: char| text.split(between).collect::<Vec<_>>();
    let lists = ['x', '-', '|'].map(list);
    if text.parse::<i64>().is_ok_and(|v| v.to_string() == text) || matches!(text, "true" | "false") {
        return text.to_string();
    }
    if let Ok(v) = text.parse::<f64>()
        && v.is_finite()
    {
        return format!("{v:?}");
    }
    for items in &lists {
        if items.len() > 1 && items.iter().all(|item| whole(item)) {
            return format!("[{}]", items.join(", "));
        }
    }
    let [.., numbers] = lists;
    let floats: Vec<f64> =
        numbers.iter().filter_map(|item| item.parse().ok()).filter(|v: &f64| v.is_finite()).collect();
    if floats.len() > 1 && floats.len() == numbers.len() {
        return format!("[{}]", floats.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(", "));
    }
    string(text)
}
