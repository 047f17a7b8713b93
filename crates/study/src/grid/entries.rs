//! Tables, flags and values of a grid's file, with the lines they stand on.

use super::{GridAxis, GridSetting, GridValue};
use crate::StudyError;
use sparring_math::named::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// The text, which tells a place's line.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(pub(super) &'a str);

impl Lines<'_> {
    pub(super) fn at(self, byte: usize) -> usize {
        self.0.as_bytes().iter().take(byte).filter(|&&b| b == b'\n').count() + 1
    }
    pub(super) fn of<T>(self, value: &Spanned<T>) -> usize {
        self.at(value.span().start)
    }
}

/// The entries of a table in the order in which they were written.
pub(super) fn entries<'a, 'v>(table: &'a DeTable<'v>) -> Vec<(&'a str, &'a Value<'v>, usize)> {
    let mut all: Vec<_> =
        table.iter().map(|(key, value)| (key.get_ref().as_ref(), value, key.span().start)).collect();
    all.sort_by_key(|(_, _, at)| *at);
    all
}

/// A word of a list, with the nearest one for an unknown one.
pub(super) fn unknown(what: &str, asked: &str, known: &[&str]) -> String {
    let meant =
        nearest(asked, known.iter().copied()).map_or(String::new(), |w| format!(" (did you mean `{w}`?)"));
    format!("{what} `{asked}`{meant}; there are: {}", known.join(", "))
}

/// A flag's name as the command has it.
pub(super) fn flag(key: &str) -> String {
    key.replace('_', "-")
}

/// The flags of a table; none without it.
pub(super) fn settings(
    lines: Lines<'_>,
    name: &str,
    value: Option<&Value<'_>>,
) -> Result<Vec<GridSetting>, StudyError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let DeValue::Table(table) = value.get_ref() else {
        let what = format!("`{name}` is a table: [{name}], and below it a line for each flag");
        return Err(StudyError::at_line(lines.of(value), what));
    };
    let mut all: Vec<GridSetting> = Vec::new();
    for (key, value, at) in entries(table) {
        let (line, place) = (lines.at(at), format!("{name}.{key}"));
        let setting = GridSetting { key: flag(key), value: given(lines, &place, value)?, line };
        if all.iter().any(|other| other.key == setting.key) {
            return Err(StudyError::at_line(line, format!("{place}: it is there twice")));
        }
        all.push(setting);
    }
    Ok(all)
}

/// The axes, in the order in which they were written.
pub(super) fn axes(lines: Lines<'_>, value: &Value<'_>) -> Result<Vec<GridAxis>, StudyError> {
    let DeValue::Table(table) = value.get_ref() else {
        return Err(StudyError::at_line(
            lines.of(value),
            "`axes` is a table: [axes], and below it a line for each flag",
        ));
    };
    let mut all: Vec<GridAxis> = Vec::new();
    for (key, value, at) in entries(table) {
        let (line, place) = (lines.at(at), format!("axes.{key}"));
        let refused = |what: String| StudyError::at_line(line, format!("{place}: {what}"));
        if key == super::EXCLUDE {
            return Err(refused("`exclude` stands above the first [table] of the file".into()));
        }
        let DeValue::Array(list) = value.get_ref() else {
            return Err(refused(
                "an axis is a list of values, as in [1, 2, 3]; what does not vary stands under [flags]"
                    .into(),
            ));
        };
        let values = list.iter().map(|v| given(lines, &place, v)).collect::<Result<Vec<_>, _>>()?;
        if values.is_empty() {
            return Err(refused("the list is empty".into()));
        }
        if let Some(i) = (1..values.len()).find(|&i| values[..i].contains(&values[i])) {
            return Err(refused(format!("`{}` is there twice", values[i])));
        }
        if all.iter().any(|axis| axis.key == flag(key)) {
            return Err(refused("it is there twice".into()));
        }
        all.push(GridAxis { key: flag(key), values, line });
    }
    if all.is_empty() {
        return Err(StudyError::at_line(
            lines.of(value),
            "[axes] is empty: give a list of values for each flag that varies",
        ));
    }
    Ok(all)
}

/// What a flag is given: one value, or a list of them.
fn given(lines: Lines<'_>, place: &str, value: &Value<'_>) -> Result<GridValue, StudyError> {
    let DeValue::Array(list) = value.get_ref() else { return scalar(lines, place, value) };
    let each = list.iter().map(|v| match scalar(lines, place, v)? {
        GridValue::Text(text) => Ok(text),
        _ => Err(StudyError::at_line(lines.of(v), format!("{place}: a list holds texts or numbers"))),
    });
    Ok(GridValue::Each(each.collect::<Result<_, _>>()?))
}

pub(super) fn scalar(lines: Lines<'_>, place: &str, value: &Value<'_>) -> Result<GridValue, StudyError> {
    match value.get_ref() {
        DeValue::String(text) => Ok(GridValue::Text(text.to_string())),
        DeValue::Integer(number) if number.radix() == 10 => Ok(GridValue::Text(number.as_str().into())),
        DeValue::Float(number) => Ok(GridValue::Text(number.as_str().into())),
        DeValue::Boolean(on) => Ok(GridValue::Switch(*on)),
        _ => {
            let what = format!(
                "{place}: a flag takes a text, a number, true or false, or a list of texts and numbers"
            );
            Err(StudyError::at_line(lines.of(value), what))
        }
    }
}
