//! A grid from a TOML file.

use super::{Grid, GridAxis, GridSetting, GridValue};
use crate::StudyError;
use sparring_math::named::nearest;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const TRAIN: &str = "train";
const FLAGS: &str = "flags";
const AXES: &str = "axes";
const ATTACK: &str = "attack";
const EXCLUDE: &str = "exclude";
const KEYS: [&str; 5] = [TRAIN, FLAGS, AXES, ATTACK, EXCLUDE];
const KINDS: [&str; 3] = ["classifier", "autoencoder", "gan"];

/// Larger files are no grids, in bytes.
const MOST_TEXT: usize = 1 << 20;
/// Larger grids are a slip.
const MOST_CELLS: usize = 100_000;

type Value<'a> = Spanned<DeValue<'a>>;

/// The text, which tells a place's line.
#[derive(Clone, Copy)]
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn at(self, byte: usize) -> usize {
        self.0.as_bytes().iter().take(byte).filter(|&&b| b == b'\n').count() + 1
    }
    fn of<T>(self, value: &Spanned<T>) -> usize {
        self.at(value.span().start)
    }
}

/// The entries of a table in the order in which they were written.
fn entries<'a, 'v>(table: &'a DeTable<'v>) -> Vec<(&'a str, &'a Value<'v>, usize)> {
    let mut all: Vec<_> =
        table.iter().map(|(key, value)| (key.get_ref().as_ref(), value, key.span().start)).collect();
    all.sort_by_key(|(_, _, at)| *at);
    all
}

/// A word of a list, with the nearest one for an unknown one.
fn unknown(what: &str, asked: &str, known: &[&str]) -> String {
    let meant =
        nearest(asked, known.iter().copied()).map_or(String::new(), |w| format!(" (did you mean `{w}`?)"));
    format!("{what} `{asked}`{meant}; there are: {}", known.join(", "))
}

impl Grid {
    /// Reads the text of a grid; what its flags mean is not looked at.
    ///
    /// ```
    /// let grid = sparring_study::Grid::parse(r#"
    ///     train = "classifier"
    ///     exclude = [{ lr = 0.1, defense = "none" }]
    ///     [flags]
    ///     data = "moons"
    ///     [axes]
    ///     defense = ["none", "pgd(eps=0.1)"]
    ///     lr = [0.1, 1e-2]
    ///     seed = [1, 2]
    ///     [attack]
    ///     attack = ["fgsm", "pgd(steps=40)"]
    ///     eps = 0.1
    /// "#)?;
    /// let cells = grid.cells();
    /// assert_eq!(cells.len(), 6);
    /// assert_eq!(cells[0].words.join(" "), "train classifier --data moons --defense none --lr 1e-2 --seed 1");
    /// let e = sparring_study::Grid::parse("train = \"clasifier\"\n[axes]\nseed = [1]").unwrap_err();
    /// assert!(e.to_string().starts_with("line 1: `train`: no training `clasifier` (did you mean `classifier`?)"), "{e}");
    /// # Ok::<(), sparring_study::StudyError>(())
    /// ```
    ///
    /// # Errors
    /// [`StudyError::Grid`] with the line: no TOML, an unknown key, an axis without values or with one twice, an exclusion of what is not on the axes, no
    /// cell or more than 100,000.
    pub fn parse(text: &str) -> Result<Self, StudyError> {
        if text.len() > MOST_TEXT {
            return Err(StudyError::at_line(1, format!("{} bytes are more than a grid has", text.len())));
        }
        let lines = Lines(text);
        let root = DeTable::parse(text)
            .map_err(|e| StudyError::at_line(lines.at(e.span().map_or(0, |s| s.start)), e.message()))?;
        let mut found: BTreeMap<&str, &Value<'_>> = BTreeMap::new();
        for (key, value, at) in entries(root.get_ref()) {
            if !KEYS.contains(&key) {
                return Err(StudyError::at_line(
                    lines.at(at),
                    unknown("no key of a grid is called", key, &KEYS),
                ));
            }
            found.insert(key, value);
        }
        let needed = |key, what| {
            let missing = || StudyError::at_line(1, format!("the key `{key}` is missing: {what}"));
            found.get(key).copied().ok_or_else(missing)
        };
        let train = needed(TRAIN, "train = \"classifier\", \"autoencoder\" or \"gan\"")?;
        let at = lines.of(train);
        let kind = match train.get_ref() {
            DeValue::String(kind) if KINDS.contains(&kind.as_ref()) => kind.to_string(),
            DeValue::String(kind) => {
                return Err(StudyError::at_line(
                    at,
                    format!("`train`: {}", unknown("no training", kind, &KINDS)),
                ));
            }
            _ => {
                return Err(StudyError::at_line(
                    at,
                    "`train` is a text: \"classifier\", \"autoencoder\" or \"gan\"",
                ));
            }
        };
        let table = |key| settings(lines, key, found.get(key).copied());
        let (flags, attack) = (table(FLAGS)?, table(ATTACK)?);
        let axes = axes(lines, needed(AXES, "[axes] with a list of values for each flag that varies")?)?;
        if let Some(axis) = axes.iter().find(|axis| flags.iter().any(|flag| flag.key == axis.key)) {
            let what = format!("axes.{}: it stands under [flags], too; leave it out there", axis.key);
            return Err(StudyError::at_line(axis.line, what));
        }
        let train = (kind, at);
        let mut grid = Self { text: text.into(), train, flags, axes, attack, excluded: Vec::new() };
        if let Some(list) = found.get(EXCLUDE) {
            grid.exclude(lines, list)?;
        }
        let cells = grid.axes.iter().try_fold(1_usize, |n, axis| n.checked_mul(axis.values.len()));
        if cells.is_none_or(|n| n > MOST_CELLS) {
            return Err(StudyError::at_line(1, format!("the axes span more than {MOST_CELLS} cells")));
        }
        if grid.cells().is_empty() {
            return Err(StudyError::at_line(1, "every cell is excluded"));
        }
        Ok(grid)
    }
    /// Reads the combinations that are left out.
    fn exclude(&mut self, lines: Lines<'_>, list: &Value<'_>) -> Result<(), StudyError> {
        let form = "`exclude` is a list of tables: exclude = [{ lr = 0.1, seed = [1, 2] }]";
        let DeValue::Array(rules) = list.get_ref() else {
            return Err(StudyError::at_line(lines.of(list), form));
        };
        for rule in rules.iter() {
            let line = lines.of(rule);
            let DeValue::Table(rule) = rule.get_ref() else { return Err(StudyError::at_line(line, form)) };
            let mut places = Vec::new();
            for (key, value, at) in entries(rule) {
                let line = lines.at(at);
                let key = flag(key);
                let Some(axis) = self.axes.iter().position(|axis| axis.key == key) else {
                    let known: Vec<&str> = self.axes.iter().map(|axis| axis.key.as_str()).collect();
                    return Err(StudyError::at_line(
                        line,
                        format!("exclude: {}", unknown("no axis", &key, &known)),
                    ));
                };
                let wanted = match value.get_ref() {
                    DeValue::Array(values) => values.iter().map(|v| scalar(lines, EXCLUDE, v)).collect(),
                    _ => scalar(lines, EXCLUDE, value).map(|one| vec![one]),
                }?;
                let values = &self.axes[axis].values;
                let place = |value: &GridValue| {
                    values.iter().position(|own| own == value).ok_or_else(|| {
                        let known: Vec<String> = values.iter().map(ToString::to_string).collect();
                        let known: Vec<&str> = known.iter().map(String::as_str).collect();
                        let what = unknown(&format!("axes.{key} has no value"), &value.to_string(), &known);
                        StudyError::at_line(line, format!("exclude: {what}"))
                    })
                };
                places.push((axis, wanted.iter().map(place).collect::<Result<_, _>>()?));
            }
            if places.is_empty() {
                return Err(StudyError::at_line(line, "exclude: an empty table would exclude everything"));
            }
            self.excluded.push(places);
        }
        Ok(())
    }
}

/// A flag's name as the command has it.
fn flag(key: &str) -> String {
    key.replace('_', "-")
}

/// The flags of a table; none without it.
fn settings(lines: Lines<'_>, name: &str, value: Option<&Value<'_>>) -> Result<Vec<GridSetting>, StudyError> {
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
fn axes(lines: Lines<'_>, value: &Value<'_>) -> Result<Vec<GridAxis>, StudyError> {
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
        if key == EXCLUDE {
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

fn scalar(lines: Lines<'_>, place: &str, value: &Value<'_>) -> Result<GridValue, StudyError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Grid::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn cells_are_all_combinations_in_order() {
        let text = "train = \"classifier\"\n[flags]\nema = 0.2\ngroup = [\"bias(decay=none)\", \"norm\"]\n\
                    [axes]\nsplit_off = [false, true]\nlr = [0.1, 1e-3, -1]\nseed = [2, 1]\n";
        let cells = Grid::parse(text).unwrap().cells();
        let line = |k: usize| cells[k].words.join(" ");
        let flags = "train classifier --ema 0.2 --group bias(decay=none) --group norm";
        assert_eq!(cells.len(), 12);
        assert_eq!(line(0), format!("{flags} --lr 0.1 --seed 2"));
        assert_eq!(line(1), format!("{flags} --lr 0.1 --seed 1"));
        assert_eq!(line(11), format!("{flags} --split-off --lr=-1 --seed 1"));
        assert!(cells[0].name.starts_with("split-off=false-lr=0.1-seed=2-"), "{}", cells[0].name);
        let mut names: Vec<&str> = cells.iter().map(|c| c.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 12);
        // A cell keeps its name when the grid grows.
        let grown = Grid::parse(&text.replace("[2, 1]", "[3, 2, 1]")).unwrap().cells();
        assert!(cells.iter().all(|cell| grown.contains(cell)));
    }

    #[test]
    fn exclusions_name_values_of_the_axes() {
        let text = |rule: &str| {
            format!("train = \"gan\"\nexclude = [{rule}]\n[axes]\nlr = [0.1, 0.2]\nseed = [1, 2, 3]\n")
        };
        let count = |rule: &str| Grid::parse(&text(rule)).unwrap().cells().len();
        assert_eq!((count(""), count("{ lr = 0.1 }"), count("{ lr = 0.1, seed = [1, 3] }")), (6, 3, 4));
        assert_eq!(count("{ lr = 0.1, seed = 1 }, { seed = 2 }"), 3);
        assert!(refused(&text("{ lr = 0.3 }")).contains("line 2: exclude: axes.lr has no value `0.3`"));
        assert!(refused(&text("{ sed = 1 }")).contains("no axis `sed` (did you mean `seed`?)"));
        assert!(refused(&text("{ lr = [0.1, 0.2] }")).contains("every cell is excluded"));
        assert!(refused(&text("{}")).contains("empty table"));
    }

    #[test]
    fn a_slip_is_named_with_its_line() {
        let axes = "[axes]\nseed = [1]\n";
        for (text, told) in [
            (
                format!("tarin = \"gan\"\n{axes}"),
                "line 1: no key of a grid is called `tarin` (did you mean `train`?)",
            ),
            (axes.to_string(), "the key `train` is missing"),
            ("train = \"gan\"\n".into(), "the key `axes` is missing"),
            ("train = \"gan\"\n[axes]\n".into(), "[axes] is empty"),
            ("train = \"gan\"\n[axes]\nseed = []\n".into(), "line 3: axes.seed: the list is empty"),
            ("train = \"gan\"\n[axes]\nseed = 3\n".into(), "line 3: axes.seed: an axis is a list"),
            ("train = \"gan\"\n[axes]\nseed = [1, 2, 1]\n".into(), "`1` is there twice"),
            (
                "train = \"gan\"\n[axes]\nseed = [1]\nexclude = [{ seed = 1 }]\n".into(),
                "above the first [table]",
            ),
            (
                format!("train = \"gan\"\n[flags]\nseed = 1\n{axes}"),
                "axes.seed: it stands under [flags], too",
            ),
            (format!("train = \"gan\"\n[flags]\nlr = 1979-05-27\n{axes}"), "line 3: flags.lr: a flag takes"),
            (format!("train = \"gan\"\nattack = [\"pgd\"]\n{axes}"), "`attack` is a table: [attack]"),
            (format!("train = \"gan\"\n[flags]\na-b = 1\na_b = 1\n{axes}"), "flags.a_b: it is there twice"),
            ("train = \n".into(), "line 1: "),
        ] {
            let refusal = refused(&text);
            assert!(refusal.contains(told) && !refusal.contains('\n'), "{text}: {refusal}");
        }
        let many: String = (0..3).map(|k| format!("a{k} = {:?}\n", (0..100).collect::<Vec<_>>())).collect();
        assert!(refused(&format!("train = \"gan\"\n[axes]\n{many}")).contains("more than 100000 cells"));
    }
}
