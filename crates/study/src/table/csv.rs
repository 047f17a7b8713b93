//! The table for spreadsheets.

use super::SweepTable;
use std::collections::BTreeMap;

/// A field as RFC 4180 has it: quoted where it has to be.
pub(crate) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

impl SweepTable {
    /// One line a cell: `cell`, the axes, `state`, the figures; a figure that there is not is empty. Numbers are the shortest that read back to
    /// the same bits.
    pub fn csv(&self) -> String {
        let mut lines = Vec::new();
        let header = ["cell"].into_iter().chain(self.axes()).chain(["state"]);
        let header = header.chain(self.figures.iter().map(String::as_str));
        lines.push(header.map(field).collect::<Vec<_>>().join(","));
        for row in &self.rows {
            let own: BTreeMap<String, Option<f64>> =
                row.result.iter().flat_map(|result| result.columns()).collect();
            let figure =
                |name: &String| own.get(name).copied().flatten().map_or(String::new(), |v| v.to_string());
            let fields = [row.cell.clone()]
                .into_iter()
                .chain(row.values.iter().cloned())
                .chain([row.state.word().to_string()]);
            let fields = fields.chain(self.figures.iter().map(figure));
            lines.push(fields.map(|text| field(&text)).collect::<Vec<_>>().join(","));
        }
        lines.join("\n") + "\n"
    }
}
