//! The facts of a parameter.

use super::Range;

/// A parameter of a thing, as tables and flags tell of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// The name of the field in the struct.
    pub field: &'static str,
    /// What it is, in a few words; with its unit, where it has one.
    pub about: &'static str,
    /// What it may be.
    pub range: Range,
    /// What it is where it is not given.
    pub unset: Unset,
}

/// What a parameter is where it is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// The value of the type's `Default`.
    Default,
    /// A value that follows from other parameters, in words: `2.5 eps / steps`.
    Follows(&'static str),
    /// An error: it must be given.
    Required,
}

impl Parameter {
    /// A parameter; the macro [`named!`](crate::named!) writes them.
    pub const fn new(
        [name, field]: [&'static str; 2],
        range: Range,
        about: &'static str,
        unset: Unset,
    ) -> Self {
        Self { name, field, about, range, unset }
    }
    /// The parameter in a signature, where `default` is the text of its default: `name=default`, or the name alone if it must be given.
    pub fn signature(&self, default: &str) -> String {
        match self.unset {
            Unset::Required => self.name.to_owned(),
            _ => format!("{}={default}", self.name),
        }
    }
}
