//! The one grammar of things that have a name and parameters: `name`, or `name(value, key=value, ..)`, where a value may be such a call
//! itself: `madry(norm=batch, activation=leaky_relu(slope=0.2))`.

/// A name and its arguments, as written. [`NamedTable::read`](crate::named::NamedTable::read) makes a thing of it.
///
/// ```
/// use sparring_math::grammar::Call;
/// let call = Call::parse("Leaky-ReLU(slope=0.2,)")?;
/// assert!(call.names("leaky_relu"));
/// assert_eq!(call.arguments, [(Some("slope"), "0.2")]);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The name, trimmed.
    pub name: &'a str,
    /// The arguments, trimmed: key, where one is given, and value.
    pub arguments: Vec<(Option<&'a str>, &'a str)>,
}

impl<'a> Call<'a> {
    /// Takes a text apart. A comma may follow the last argument.
    ///
    /// # Errors
    /// A parenthesis without its counterpart, or an argument that is not there.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let text = text.trim();
        let mut depth = 0_i64;
        for c in text.chars() {
            depth += i64::from(c == '(') - i64::from(c == ')');
            if depth < 0 {
                return Err("a parenthesis is closed that was not opened".into());
            }
        }
        if depth > 0 {
            return Err("the closing parenthesis is missing".into());
        }
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self { name: text, arguments: Vec::new() });
        };
        let Some(inner) = rest.strip_suffix(')').filter(|_| pieces(text).len() == 1 && whole(rest)) else {
            return Err("something follows the closing parenthesis".into());
        };
        let inner = inner.trim();
        let inner = inner.strip_suffix(',').unwrap_or(inner);
        if inner.is_empty() {
            return Ok(Self { name: name.trim(), arguments: Vec::new() });
        }
        let argument = |argument: &'a str| match argument.split_once('=') {
            _ if argument.trim().is_empty() => Err("an argument is empty".to_owned()),
            // An equals sign inside a nested call is that call's own.
            Some((key, value)) if !key.contains('(') => Ok((Some(key.trim()), value.trim())),
            _ => Ok((None, argument.trim())),
        };
        let arguments = pieces(inner).into_iter().map(argument).collect::<Result<_, _>>()?;
        Ok(Self { name: name.trim(), arguments })
    }

    /// Whether this is the name, case, `-` and `_` aside.
    pub fn names(&self, name: &str) -> bool {
        same(self.name, name)
    }
}

/// Whether the first parenthesis of a text is closed by its last letter.
fn whole(after_the_first: &str) -> bool {
    let mut depth = 1;
    let end = after_the_first.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    end == Some(after_the_first.len() - 1)
}

/// The pieces between the commas that stand in no parenthesis: a list of calls, or the arguments of one. Not trimmed.
///
/// ```
/// use sparring_math::grammar::pieces;
/// assert_eq!(pieces("fgsm,pgd(steps=5, restarts=2)"), ["fgsm", "pgd(steps=5, restarts=2)"]);
/// ```
pub fn pieces(text: &str) -> Vec<&str> {
    let mut depth = 0_i64;
    text.split(|c| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        c == ',' && depth <= 0
    })
    .collect()
}

/// Equal, case, `-` and `_` aside: the one rule by which names are matched.
///
/// ```
/// assert!(sparring_math::grammar::same("FGSM-RS", "fgsm_rs"));
/// ```
pub fn same(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// The letters of a name that count.
pub(crate) fn letters(name: &str) -> impl Iterator<Item = char> {
    name.trim().chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase)
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
        for (text, why) in [
            ("a(", "parenthesis"),
            ("(", "parenthesis"),
            ("a)", "parenthesis"),
            ("a)(", "parenthesis"),
            ("a(1)b", "follows"),
            ("a(1)(2)", "follows"),
            ("a,b(1)", "follows"),
            ("a(1,,2)", "empty"),
            ("a(,1)", "empty"),
        ] {
            assert!(Call::parse(text).unwrap_err().contains(why), "{text}");
        }
    }

    #[test]
    fn a_value_may_be_a_call() {
        let call = Call::parse("madry(norm=batch, activation=leaky_relu(slope=0.2), elu(alpha=2))").unwrap();
        let want =
            [(Some("norm"), "batch"), (Some("activation"), "leaky_relu(slope=0.2)"), (None, "elu(alpha=2)")];
        assert_eq!(call.arguments, want);
    }
}
