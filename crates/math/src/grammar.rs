//! The one grammar of things that have a name and parameters: `name`, or `name(value, key=value, ..)`.

/// A name and its arguments, as written.
///
/// ```
/// use sparring_math::grammar::Call;
/// let call = Call::parse("Leaky-ReLU(slope=0.2,)")?;
/// let mut slope = 0.01;
/// assert!(call.names("leaky_relu"));
/// call.assign(vec![("slope", &mut slope)])?;
/// assert_eq!(slope, 0.2);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The name, trimmed.
    pub name: &'a str,
    /// The arguments, trimmed: key, where one is given, and value.
    pub arguments: Vec<(Option<&'a str>, &'a str)>,
}

/// A parameter as text.
pub trait Parameter {
    /// Replaces the value.
    ///
    /// # Errors
    /// Says what the text is not.
    fn read(&mut self, text: &str) -> Result<(), String>;
    /// What [`read`](Parameter::read) makes the present value of.
    fn text(&self) -> String;
}

/// The parameters of a thing: names and places, in the order of arguments without a key.
pub type Fields<'a> = Vec<(&'static str, &'a mut dyn Parameter)>;

impl Parameter for f64 {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
        Ok(())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Parameter for bool {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(|_| format!("{text:?} is neither true nor false"))?;
        Ok(())
    }
    fn text(&self) -> String {
        self.to_string()
    }
}

impl<'a> Call<'a> {
    /// Takes a text apart. A comma may follow the last argument.
    ///
    /// # Errors
    /// A parenthesis that is not closed, or an argument that is not there.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self { name: text, arguments: Vec::new() });
        };
        let inner = rest.strip_suffix(')').ok_or("the closing parenthesis is missing")?.trim();
        let inner = inner.strip_suffix(',').unwrap_or(inner);
        let argument = |argument: &'a str| match argument.split_once('=') {
            _ if argument.trim().is_empty() => Err("an argument is empty".to_owned()),
            Some((key, value)) => Ok((Some(key.trim()), value.trim())),
            None => Ok((None, argument.trim())),
        };
        let arguments = if inner.is_empty() {
            Ok(Vec::new())
        } else {
            inner.split(',').map(argument).collect::<Result<_, String>>()
        };
        Ok(Self { name: name.trim(), arguments: arguments? })
    }

    /// Whether this is the name, case, `-` and `_` aside.
    pub fn names(&self, name: &str) -> bool {
        same(self.name, name)
    }

    /// Reads the arguments into the fields: those with a key by name, the others by place.
    ///
    /// # Errors
    /// An argument without a field, a field given twice, or a value that does not read.
    pub fn assign(&self, mut fields: Fields<'_>) -> Result<(), String> {
        let mut given = vec![false; fields.len()];
        for (position, (key, value)) in self.arguments.iter().enumerate() {
            let place = match key {
                Some(key) => fields.iter().position(|(field, _)| same(field, key)),
                None => (position < fields.len()).then_some(position),
            };
            let Some(place) = place else {
                let argument = key.map_or(value.to_string(), |key| format!("{key}={value}"));
                let known: Vec<_> = fields.iter().map(|f| f.0).collect();
                let has = match known[..] {
                    [] => "no parameters".to_owned(),
                    _ => format!("the parameters: {}", known.join(", ")),
                };
                return Err(format!("argument {argument:?} has no place, {} has {has}", self.name));
            };
            if std::mem::replace(&mut given[place], true) {
                return Err(format!("{} is given twice", fields[place].0));
            }
            fields[place].1.read(value)?;
        }
        Ok(())
    }
}

/// Equal, case, `-` and `_` aside.
fn same(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = char> {
        s.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// Writes `name`, or `name(key=value, ..)` with the fields that differ from their defaults.
pub fn write(name: &str, fields: &Fields<'_>, defaults: &Fields<'_>) -> String {
    let pairs =
        fields.iter().zip(defaults).map(|(field, default)| (field.0, field.1.text(), default.1.text()));
    let changed: Vec<_> = pairs
        .filter(|(_, text, default)| text != default)
        .map(|(key, text, _)| format!("{key}={text}"))
        .collect();
    if changed.is_empty() { name.to_owned() } else { format!("{name}({})", changed.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_apart() {
        let call = Call::parse(" sgd ( 0.9, nesterov = true , ) ").unwrap();
        assert_eq!(
            (call.name, &call.arguments[..]),
            ("sgd", &[(None, "0.9"), (Some("nesterov"), "true")][..])
        );
        for text in ["gelu", "gelu()", " GELU ( )"] {
            let call = Call::parse(text).unwrap();
            assert!(call.names("gelu") && call.arguments.is_empty(), "{text}");
        }
        for (text, why) in
            [("a(", "parenthesis"), ("(", "parenthesis"), ("a(1,,2)", "empty"), ("a(,1)", "empty")]
        {
            assert!(Call::parse(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn what_differs_is_written() {
        let text = |mut momentum: f64, mut nesterov: bool| {
            let fields: Fields<'_> = vec![("momentum", &mut momentum), ("nesterov", &mut nesterov)];
            write("sgd", &fields, &vec![("momentum", &mut 0.0), ("nesterov", &mut false)])
        };
        assert_eq!(text(0.0, false), "sgd");
        assert_eq!(text(0.9, false), "sgd(momentum=0.9)");
        assert_eq!(text(0.9, true), "sgd(momentum=0.9, nesterov=true)");
    }

    #[test]
    fn arguments_find_their_fields() {
        let assign = |text: &str| {
            let (mut momentum, mut nesterov) = (0.0, false);
            let call = Call::parse(text)?;
            call.assign(vec![("momentum", &mut momentum), ("nesterov", &mut nesterov)])?;
            Ok::<_, String>((momentum, nesterov))
        };
        assert_eq!(assign("sgd"), Ok((0.0, false)));
        assert_eq!(assign("sgd(0.9, true)"), Ok((0.9, true)));
        assert_eq!(assign("sgd(Nesterov=true, momentum=1e-1)"), Ok((0.1, true)));
        for (text, why) in [
            ("sgd(0.9, momentum=0.9)", "momentum is given twice"),
            ("sgd(0.9, true, 1)", "argument \"1\" has no place, sgd has the parameters: momentum, nesterov"),
            ("sgd(beta=0.9)", "argument \"beta=0.9\" has no place"),
            ("sgd(x)", "\"x\" is not a number"),
            ("sgd(nesterov=1)", "\"1\" is neither true nor false"),
        ] {
            let e = assign(text).unwrap_err();
            assert!(e.contains(why), "{text}: {e}");
        }
    }
}
