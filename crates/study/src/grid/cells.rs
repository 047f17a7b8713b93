//! The cells of a grid.

use super::{Grid, GridCell, GridValue};
use sparring_store::sha256_hex;

/// Most characters of a folder's name before the hash.
const NAME: usize = 60;
/// Digits of the hash: of a thousand cells two have the same ones with a probability of 5e-7, and are then refused.
const HASH: usize = 10;

/// Letters and digits of a flag's value, hyphens between.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() || ".=_".contains(c) { c } else { '-' };
        if name.len() < NAME && !(c == '-' && (name.is_empty() || name.ends_with('-'))) {
            name.push(c);
        }
    }
    name.trim_matches(['-', '.']).to_string()
}

/// The name of a cell's folder, of its words alone: the last flags, which are those of the axes, as many as fit, and a hash of all words.
fn name(words: &[String]) -> String {
    let mut flags: Vec<String> = Vec::new();
    let mut words_left = words.iter().skip(2).peekable();
    while let Some(flag) = words_left.next() {
        let flag = flag.trim_start_matches('-');
        let (key, value) = match flag.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (flag, words_left.next_if(|word| !word.starts_with('-')).map(String::as_str)),
        };
        flags.push(plain(&match value {
            Some(value) if value.parse::<f64>().is_err() => value.to_string(),
            Some(number) => format!("{key}={number}"),
            None => key.to_string(),
        }));
    }
    let mut name = String::new();
    for flag in flags.into_iter().rev().filter(|flag| !flag.is_empty()) {
        if name.len() + flag.len() > NAME {
            break;
        }
        name = format!("{flag}-{name}");
    }
    format!("{name}{}", &sha256_hex(words.join("\n").as_bytes())[..HASH])
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
        GridCell { name: name(&words), values: values.into_iter().cloned().collect(), words }
    }
}
