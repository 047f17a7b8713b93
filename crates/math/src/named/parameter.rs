//! The facts of a parameter.

use super::Range;

/// A parameter of a thing, as tables and flags tell of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name, which is the field's in configurations.
    pub name: &'static str,
    /// What it is, in a few words; with its unit, where it has one.
    pub about: &'static str,
    /// What it may be.
    pub range: Range,
    /// The default in words, where it follows from other parameters: `2.5 eps / steps`. `None`: the default's own value.
    pub follows: Option<&'static str>,
}

impl Parameter {
    /// A parameter whose default is a value.
    pub const fn new(name: &'static str, range: Range, about: &'static str) -> Self {
        Self { name, about, range, follows: None }
    }
    /// A parameter whose default follows from others.
    pub const fn following(
        name: &'static str,
        range: Range,
        about: &'static str,
        follows: &'static str,
    ) -> Self {
        Self { name, about, range, follows: Some(follows) }
    }
}
