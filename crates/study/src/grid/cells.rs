//! The cells of a grid.

use super::{Grid, GridCell, GridValue};
use sparring_store::sha256_hex;

/// Most characters of a folder's name before the hash.
const NAME: usize = 60;
/// Digits of the hash: of a thousand cells two have the same ones with a probability of 5e-7, and are then refused.
const HASH: usize = 10;

/// Letters and digits of what varies, hyphens between.
fn plain(texts: &[String]) -> String {
    let mut name = String::new();
    for c in texts.join("-").chars() {
        let c = if c.is_ascii_alphanumeric() || ".=_".contains(c) { c } else { '-' };
        if name.len() < NAME && !(c == '-' && (name.is_empty() || name.ends_with('-'))) {
            name.push(c);
        }
    }
    name.trim_matches(['-', '.']).to_string()
}

impl Grid {
    /// Every combination that is not excluded, in the order of the axes, the last one fastest.
    pub fn cells(&self) -> Vec<GridCell> {
        let total: usize = self.axes.iter().map(|axis| axis.values.len()).product();
        let places = (0..total).map(|k| self.place(k)).filter(|place| !self.is_excluded(place));
        places.map(|place| self.cell(&place)).collect()
    }
    /// The index on each axis of combination `k`.
    fn place(&self, mut k: usize) -> Vec<usize> {
        let mut place = vec![0; self.axes.len()];
        for (at, axis) in place.iter_mut().zip(&self.axes).rev() {
            *at = k % axis.values.len();
            k /= axis.values.len();
        }
        place
    }
    fn is_excluded(&self, place: &[usize]) -> bool {
        self.excluded.iter().any(|rule| rule.iter().all(|(axis, values)| values.contains(&place[*axis])))
    }
    fn cell(&self, place: &[usize]) -> GridCell {
        let values: Vec<&GridValue> =
            place.iter().zip(&self.axes).map(|(&i, axis)| &axis.values[i]).collect();
        let mut words = vec!["train".to_string(), self.train.0.clone()];
        words.extend(self.flags.iter().flat_map(|flag| flag.words()));
        words.extend(self.axes.iter().zip(&values).flat_map(|(axis, value)| value.words(&axis.key)));
        let hash = sha256_hex(words.join("\n").as_bytes());
        let varying = self.axes.iter().zip(&values).filter(|(axis, _)| axis.values.len() > 1);
        let told = varying.map(|(axis, value)| match value {
            GridValue::Text(text) if text.parse::<f64>().is_ok() => format!("{}={text}", axis.key),
            GridValue::Switch(_) => format!("{}={value}", axis.key),
            value => value.to_string(),
        });
        let name = plain(&told.collect::<Vec<_>>());
        let name =
            if name.is_empty() { hash[..HASH].to_string() } else { format!("{name}-{}", &hash[..HASH]) };
        GridCell { name, values: values.into_iter().cloned().collect(), words }
    }
}
