//! Places and words in errors about a file.

use super::value::quoted;
use sparring_math::named::nearest;
use toml::Spanned;

/// The text, which tells a place's line.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(pub &'a str);

impl Lines<'_> {
    pub fn at(self, byte: usize) -> usize {
        self.0.as_bytes().iter().take(byte).filter(|&&b| b == b'\n').count() + 1
    }
    pub fn of<T>(self, value: &Spanned<T>) -> usize {
        self.at(value.span().start)
    }
}

/// An unknown word, with the nearest one.
pub(super) fn unknown(thing: &str, asked: &str, known: &[&str]) -> String {
    let meant =
        nearest(asked, known.iter().copied()).map_or(String::new(), |w| format!(" (did you mean `{w}`?)"));
    format!("{thing} has no key {}{meant}; it has: {}", quoted(asked), known.join(", "))
}
