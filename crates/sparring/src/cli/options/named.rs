//! Things by name on the command line: `name` or `name(key=value, ..)`.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use sparring::math::named::{Entry, Family, NamedError};
use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads a member of the family `T`, and tells help and completions of all of them; `V` is what is kept of it.
pub(crate) struct NameParser<T, V = T>(PhantomData<fn() -> (T, V)>);

impl<T, V> Clone for NameParser<T, V> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

/// The parser of a flag that takes a member of `T`.
pub(crate) fn name<T>() -> NameParser<T> {
    NameParser(PhantomData)
}

/// As [`name`], keeping the text for flags that set a parameter.
pub(crate) fn written<T>() -> NameParser<T, Written<T>> {
    NameParser(PhantomData)
}

impl<T, V> TypedValueParser for NameParser<T, V>
where
    T: Family,
    V: FromStr<Err: std::error::Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    type Value = V;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<V, clap::Error> {
        StringValueParser::new().try_map(|text| text.parse::<V>()).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let value = |e: &'static Entry<T>| {
            let value = PossibleValue::new(e.name);
            if e.parameters.is_empty() { value } else { value.help(e.signature()) }
        };
        Some(Box::new(T::TABLE.entries.iter().map(value)))
    }
}

/// A thing as it was written, to which flags may add arguments.
#[derive(Debug)]
pub(crate) struct Written<T> {
    /// The text, which names a thing.
    pub(crate) text: String,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Written<T> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<T: FromStr<Err = NamedError>> FromStr for Written<T> {
    type Err = NamedError;

    fn from_str(text: &str) -> Result<Self, NamedError> {
        text.parse::<T>()?;
        Ok(Self { text: text.to_owned(), of: PhantomData })
    }
}
