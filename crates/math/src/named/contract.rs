//! What it takes to have a name.

use super::{NamedError, Parameter, Unset, Value, nearest};
use crate::grammar::{Call, same};

/// A type that has a name and, as public fields, parameters. The macro [`named!`](crate::named!) implements it.
///
/// [`read`](Named::read) and [`write`](Named::write) are inverse to each other: what is not given keeps its default, and what is its default
/// is not written. A parameter that must be given may have any value in `Default`.
pub trait Named: Clone + Default + 'static {
    /// The name in configurations and on the command line.
    const NAME: &'static str;
    /// Other names that are understood.
    const ALIASES: &'static [&'static str];
    /// Paper, book or standard.
    const PAPER: &'static str;
    /// The parameters, in the order of arguments without a key. A parameter whose default follows from others comes after them.
    const PARAMETERS: &'static [Parameter];

    /// The values of the parameters, in their order.
    fn values(&self) -> Vec<&dyn Value>;
    /// The places of the values.
    fn values_mut(&mut self) -> Vec<&mut dyn Value>;
    /// Sets the parameters that are not given and follow from others; `given` tells of a parameter whether it is.
    fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
        let _ = given;
    }
    /// What the parameters ask of each other, beyond the range of each.
    ///
    /// # Errors
    /// [`NamedError::Value`] of the first that does not fit.
    fn check_together(&self) -> Result<(), NamedError> {
        Ok(())
    }

    /// Whether every parameter is in its range and all of them fit together. Needed only for values made by hand: reading checks by itself.
    ///
    /// # Errors
    /// [`NamedError::Value`] of the first that does not.
    fn validate(&self) -> Result<(), NamedError> {
        for (parameter, value) in Self::PARAMETERS.iter().zip(self.values()) {
            if !value.numbers().iter().all(|&v| parameter.range.holds(v)) {
                return Err(NamedError::value(Self::NAME, parameter.name, value.text(), parameter.range));
            }
        }
        self.check_together()
    }

    /// Makes the thing of a call, whose name is taken for this one's.
    ///
    /// # Errors
    /// If there is no such parameter, one is given twice, or has a value it cannot have.
    fn read(call: &Call<'_>) -> Result<Self, NamedError> {
        let thing = Self::NAME;
        let mut made = Self::default();
        let mut given = vec![false; Self::PARAMETERS.len()];
        for (position, &(key, text)) in call.arguments.iter().enumerate() {
            let place = match key {
                Some(key) => Self::PARAMETERS.iter().position(|p| same(p.name, key)),
                None => (position < given.len()).then_some(position),
            };
            let Some(place) = place else {
                let known: Vec<_> = Self::PARAMETERS.iter().map(|p| p.name).collect();
                let nearest = key.and_then(|key| nearest(key, known.iter().copied()));
                return Err(NamedError::NoParameter {
                    thing,
                    asked: key.unwrap_or(text).into(),
                    nearest,
                    known,
                });
            };
            let parameter = &Self::PARAMETERS[place];
            if std::mem::replace(&mut given[place], true) {
                return Err(NamedError::Twice { thing, parameter: parameter.name });
            }
            let refused = || NamedError::value(thing, parameter.name, text, parameter.range);
            made.values_mut()[place].read(text).map_err(|why| match why.is_empty() {
                true => refused(),
                false => NamedError::Inner { thing, parameter: parameter.name, why },
            })?;
            if !made.values()[place].numbers().iter().all(|&v| parameter.range.holds(v)) {
                return Err(refused());
            }
        }
        let missing =
            Self::PARAMETERS.iter().zip(&given).find(|(p, given)| p.unset == Unset::Required && !**given);
        if let Some((parameter, _)) = missing {
            let must = parameter.range.to_string();
            return Err(NamedError::Missing { thing, parameter: parameter.name, must });
        }
        made.follow(&|name| Self::PARAMETERS.iter().zip(&given).any(|(p, given)| *given && p.name == name));
        made.validate()?;
        Ok(made)
    }

    /// Writes `name`, or `name(key=value, ..)` with the parameters that must be given or are not what [`read`](Named::read) would make of those before them.
    fn write(&self) -> String {
        let (mut so_far, mut given) = (Self::default(), vec![false; Self::PARAMETERS.len()]);
        let mut pairs = Vec::new();
        for (i, parameter) in Self::PARAMETERS.iter().enumerate() {
            let is_given =
                |name: &str| Self::PARAMETERS.iter().zip(&given).any(|(p, &g)| g && p.name == name);
            so_far.follow(&is_given);
            let text = self.values()[i].text();
            if parameter.unset == Unset::Required || text != so_far.values()[i].text() {
                // What a value writes, it reads.
                let read = so_far.values_mut()[i].read(&text);
                debug_assert!(read.is_ok(), "{}.{} does not read `{text}`", Self::NAME, parameter.name);
                given[i] = true;
                pairs.push(format!("{}={text}", parameter.name));
            }
        }
        if pairs.is_empty() { Self::NAME.to_owned() } else { format!("{}({})", Self::NAME, pairs.join(", ")) }
    }
}
