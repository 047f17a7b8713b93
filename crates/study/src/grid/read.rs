//! A grid from a TOML file.

use super::entries::{Lines, Value, axes, entries, flag, scalar, settings, unknown};
use super::{EXCLUDE, Grid, GridValue};
use crate::StudyError;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::{DeTable, DeValue};

const TRAIN: &str = "train";
const FLAGS: &str = "flags";
const AXES: &str = "axes";
const ATTACK: &str = "attack";
const KEYS: [&str; 5] = [TRAIN, FLAGS, AXES, ATTACK, EXCLUDE];
const KINDS: [&str; 6] = ["classifier", "autoencoder", "vae", "vq-vae", "gan", "advgan"];

/// Larger files are no grids, in bytes.
const MOST_TEXT: usize = 1 << 20;
/// Larger grids are a slip.
const MOST_CELLS: usize = 100_000;

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
        let cells = grid.cells();
        let mut names = BTreeSet::new();
        for cell in &cells {
            // `["a"]` and `"a"` are one and the same flag.
            if !names.insert(&cell.name) {
                let what = format!("two cells have the same command line: sparring {}", cell.words.join(" "));
                return Err(StudyError::at_line(1, what));
            }
        }
        if cells.is_empty() {
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
