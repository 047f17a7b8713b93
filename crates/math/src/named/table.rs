//! The table of a family: all that parsing, lists, flags and documents need to know of its members.

use super::{Named, NamedError, Parameter, Unset, nearest};
use crate::grammar::{Call, same};

/// A row: a thing by its name, and how to make it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry<T: 'static> {
    /// The name in configurations and on the command line.
    pub name: &'static str,
    /// Other names that are understood.
    pub aliases: &'static [&'static str],
    /// Paper, book or standard.
    pub paper: &'static str,
    /// The parameters, in the order of arguments without a key.
    pub parameters: &'static [Parameter],
    read: fn(&Call<'_>) -> Result<T, NamedError>,
    defaults: fn() -> Vec<String>,
}

impl<T: 'static> Entry<T> {
    /// The row of a type.
    pub const fn of<N: Named + Into<T>>() -> Self {
        Self {
            name: N::NAME,
            aliases: N::ALIASES,
            paper: N::PAPER,
            parameters: N::PARAMETERS,
            read: |call| N::read(call).map(Into::into),
            defaults: || N::default().values().iter().map(|v| v.text()).collect(),
        }
    }
    /// A row whose arguments are not `key=value` of named parameters: `read` takes the call as it is.
    pub const fn reading(
        name: &'static str,
        paper: &'static str,
        read: fn(&Call<'_>) -> Result<T, NamedError>,
    ) -> Self {
        Self { name, aliases: &[], paper, parameters: &[], read, defaults: Vec::new }
    }
    /// Whether the entry goes by this name: one rule, case, `-` and `_` aside, aliases among them.
    pub fn is_called(&self, name: &str) -> bool {
        std::iter::once(&self.name).chain(self.aliases).any(|own| same(own, name))
    }
    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|p| same(p.name, name))
    }
    /// The parameters with their defaults as text: the default's value, from what it follows, or `required`.
    pub fn defaults(&self) -> Vec<(&'static Parameter, String)> {
        let own = self.parameters.iter().zip((self.defaults)());
        own.map(|(p, text)| match p.unset {
            Unset::Default => (p, text),
            Unset::Follows(words) => (p, words.to_owned()),
            Unset::Required => (p, "required".to_owned()),
        })
        .collect()
    }
    /// The thing itself with these arguments.
    ///
    /// # Errors
    /// As [`Named::read`].
    pub fn read(&self, call: &Call<'_>) -> Result<T, NamedError> {
        (self.read)(call)
    }
    /// `name(key=default, ..)`: how it is written with every parameter at its default, those without one by name alone.
    pub fn signature(&self) -> String {
        let pairs: Vec<_> = self.defaults().iter().map(|(p, text)| p.signature(text)).collect();
        if pairs.is_empty() { self.name.to_owned() } else { format!("{}({})", self.name, pairs.join(", ")) }
    }
}

impl<T: 'static> Clone for Entry<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: 'static> Copy for Entry<T> {}

/// All members of a family.
#[derive(Debug)]
pub struct NamedTable<T: 'static> {
    /// The kind of thing, as in "no activation is called ..".
    pub kind: &'static str,
    /// The members, in the order of lists.
    pub entries: &'static [Entry<T>],
}

impl<T: 'static> Clone for NamedTable<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: 'static> Copy for NamedTable<T> {}

impl<T: 'static> NamedTable<T> {
    /// The names, without aliases.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|e| e.name)
    }
    /// The member of this name or alias.
    ///
    /// # Errors
    /// [`NamedError::Unknown`] with the nearest name.
    pub fn find(self, name: &str) -> Result<&'static Entry<T>, NamedError> {
        self.entries
            .iter()
            .find(|e| e.is_called(name))
            .ok_or_else(|| self.unknown(name, self.all_names(), self.names()))
    }
    /// The names and aliases.
    fn all_names(self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().flat_map(|e| [e.name].into_iter().chain(e.aliases.iter().copied()))
    }
    fn unknown(
        self,
        asked: &str,
        all: impl Iterator<Item = &'static str>,
        known: impl Iterator<Item = &'static str>,
    ) -> NamedError {
        NamedError::Unknown {
            kind: self.kind,
            nearest: nearest(asked, all),
            asked: asked.to_owned(),
            known: known.collect(),
        }
    }
    /// Takes a text apart, for [`read`](Self::read).
    ///
    /// # Errors
    /// [`NamedError::Syntax`].
    pub fn call(self, text: &str) -> Result<Call<'_>, NamedError> {
        Call::parse(text).map_err(|why| NamedError::Syntax { kind: self.kind, text: text.to_owned(), why })
    }
    /// Makes the thing that a call names.
    ///
    /// # Errors
    /// [`NamedError`].
    pub fn read(self, call: &Call<'_>) -> Result<T, NamedError> {
        self.find(call.name)?.read(call)
    }
    /// Makes the thing that a text names: `name` or `name(key=value, ..)`.
    ///
    /// # Errors
    /// [`NamedError`].
    pub fn parse(self, text: &str) -> Result<T, NamedError> {
        self.read(&self.call(text)?)
    }
    /// Makes the thing that a text names in this table, or else in another one: what [`family!`](crate::family!) does with `beside`.
    ///
    /// # Errors
    /// [`NamedError`], which knows the names of both.
    pub fn parse_beside<U: Into<T>>(self, other: NamedTable<U>, text: &str) -> Result<T, NamedError> {
        let call = self.call(text)?;
        if let Some(own) = self.entries.iter().find(|e| e.is_called(call.name)) {
            return own.read(&call);
        }
        if let Some(entry) = other.entries.iter().find(|e| e.is_called(call.name)) {
            return entry.read(&call).map(Into::into);
        }
        let all = other.all_names().chain(self.all_names());
        Err(self.unknown(call.name, all, other.names().chain(self.names())))
    }
    /// The members that have a parameter of this name.
    pub fn having(self, parameter: &str) -> impl Iterator<Item = &'static Entry<T>> {
        self.entries.iter().filter(move |e| e.parameter(parameter).is_some())
    }
    /// Each member at its defaults.
    ///
    /// # Panics
    /// If a default is not allowed; a test over the table finds that.
    pub fn at_defaults(self) -> Vec<T> {
        let call = |e: &Entry<T>| e.read(&Call { name: e.name, arguments: Vec::new() });
        self.entries.iter().map(|e| call(e).unwrap_or_else(|why| panic!("{}: {why}", e.name))).collect()
    }
}
