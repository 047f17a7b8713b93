//! The table of a sweep: a row a cell, and means over seeds. Its JSON, CSV and page hold neither times nor paths, so they are the same whoever
//! computed which cell, in which order, on how many threads.

mod bars;
mod csv;
mod json;
mod page;
mod spread;

use crate::{CellResult, CellState, Grid, Manifest, Shard, StudyError};
pub(crate) use csv::field;
pub(crate) use spread::spread;
use std::collections::BTreeMap;

/// The axis over which means are taken.
const SEED: &str = "seed";

/// A sweep's cells and what they came to.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepTable {
    /// What was asked for.
    pub grid: Grid,
    /// Which of its cells these are.
    pub shard: Shard,
    /// Names of the figures, in the order of columns.
    pub figures: Vec<String>,
    /// One row a cell.
    pub rows: Vec<SweepRow>,
    /// One row for each combination of values on the other axes than `seed`.
    pub groups: Vec<SweepGroup>,
    /// Version and instruction set of the program.
    pub program: (String, String),
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRow {
    /// The name of its folder.
    pub cell: String,
    /// Its value on each axis.
    pub values: Vec<String>,
    /// What became of it, its result a [`CellResult`].
    pub state: CellState,
    /// Its result, if it is done.
    pub result: Option<CellResult>,
}

/// The cells that differ in their seed alone.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepGroup {
    /// The value on each axis but `seed`.
    pub values: Vec<String>,
    /// Finished cells.
    pub n: usize,
    /// For each figure the number of cells that have it, the mean of theirs, and the standard deviation, of two or more.
    pub figures: BTreeMap<String, (usize, f64, Option<f64>)>,
}

impl SweepTable {
    /// The table of a manifest, of a whole or of a shard.
    ///
    /// # Errors
    /// [`StudyError`] if the manifest is not of a sweep, or its rows are not those of its grid.
    pub fn of(manifest: &Manifest) -> Result<Self, StudyError> {
        let refused = |what: String| StudyError::Merge(format!("the manifest cannot be used: {what}"));
        if manifest.kind != Self::KIND {
            return Err(refused(format!("it is of a `{}`, not of a sweep", manifest.kind)));
        }
        let grid = Grid::parse(&manifest.inputs.plan).map_err(|e| refused(format!("its grid: {e}")))?;
        let cells = grid.cells();
        if cells.len() != manifest.total {
            return Err(refused(format!("its grid has {} cells, it has {}", cells.len(), manifest.total)));
        }
        let mut rows = Vec::new();
        for row in &manifest.rows {
            let cell = cells.get(row.index).filter(|cell| cell.name == row.name);
            let cell =
                cell.ok_or_else(|| refused(format!("its grid has no cell {} `{}`", row.index, row.name)))?;
            let result = match &row.state {
                CellState::Done { result } => {
                    let result = CellResult::deserialized(result);
                    Some(result.map_err(|e| refused(format!("the result of `{}`: {e}", row.name)))?)
                }
                _ => None,
            };
            let values = cell.values.iter().map(ToString::to_string).collect();
            rows.push(SweepRow { cell: row.name.clone(), values, state: row.state.clone(), result });
        }
        let program = (manifest.inputs.program.version.clone(), manifest.inputs.program.isa.clone());
        let figures = columns(&rows);
        let groups = groups(&grid, &rows);
        Ok(Self { shard: manifest.shard, figures, groups, grid, rows, program })
    }
    /// The kind of a sweep's manifests.
    pub const KIND: &str = "sweep";

    /// The axes by name.
    fn axes(&self) -> Vec<&str> {
        self.grid.axes.iter().map(|axis| axis.key.as_str()).collect()
    }
    /// The axes without `seed`.
    fn group_axes(&self) -> Vec<&str> {
        self.axes().into_iter().filter(|axis| *axis != SEED).collect()
    }
}

/// The names of all figures: in the order of the first cell, what others have more after it.
fn columns(rows: &[SweepRow]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in rows.iter().filter_map(|row| row.result.as_ref()).flat_map(CellResult::columns) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn groups(grid: &Grid, rows: &[SweepRow]) -> Vec<SweepGroup> {
    let kept: Vec<usize> = (0..grid.axes.len()).filter(|&i| grid.axes[i].key != SEED).collect();
    let mut all: Vec<(Vec<String>, Vec<&SweepRow>)> = Vec::new();
    for row in rows {
        let values: Vec<String> = kept.iter().map(|&i| row.values[i].clone()).collect();
        match all.iter_mut().find(|(own, _)| *own == values) {
            Some((_, members)) => members.push(row),
            None => all.push((values, vec![row])),
        }
    }
    let group = |(values, members): (Vec<String>, Vec<&SweepRow>)| {
        let results: Vec<&CellResult> = members.iter().filter_map(|row| row.result.as_ref()).collect();
        let mut figures: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (name, value) in results.iter().flat_map(|result| result.columns()) {
            figures.entry(name).or_default().extend(value.filter(|v| v.is_finite()));
        }
        let figures = figures.into_iter().filter_map(|(name, values)| {
            let (mean, deviation) = spread(&values)?;
            Some((name, (values.len(), mean, deviation)))
        });
        SweepGroup { values, n: results.len(), figures: figures.collect() }
    };
    all.into_iter().map(group).collect()
}
