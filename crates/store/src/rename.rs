//! Rules from the names of a foreign file to those of a network.

use crate::StoreError;
use crate::terminal::{NAME, shown};
use std::collections::BTreeMap;

/// Names of another program and ours: of a tensor (`fc1.weight`), or of all tensors of a layer (`fc1`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames {
    rules: BTreeMap<String, String>,
}

/// Most bytes of a file of rules.
const MOST: usize = 1 << 20;

impl Renames {
    /// From JSON (`{"fc1": "1", "fc2": "3"}`) or lines (`fc1 = 1`; empty ones and what follows a `#` do not count).
    ///
    /// ```
    /// use sparring_store::Renames;
    /// let rules = Renames::parse("fc1 = 1   # theirs = ours\nfc2.weight = 3.weight")?;
    /// assert_eq!(rules.apply("fc1.bias").as_deref(), Some("1.bias"));
    /// assert_eq!(rules.apply("fc2.bias"), None);
    /// assert_eq!(rules, Renames::parse(r#"{"fc1": "1", "fc2.weight": "3.weight"}"#)?);
    /// # Ok::<(), sparring_store::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreError::Rename`] for what is no rule, a name with two rules, or no rule at all.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.len() > MOST {
            return Err(wrong(format!("{} bytes of rules, at most {MOST} are read", text.len())));
        }
        let text = text.trim_start_matches('\u{feff}');
        let pairs = if text.trim_start().starts_with('{') { from_json(text)? } else { from_lines(text)? };
        let mut rules = BTreeMap::new();
        for (theirs, ours) in pairs {
            if theirs.is_empty() || ours.is_empty() {
                return Err(wrong("a rule needs a name on both sides".into()));
            }
            if rules.insert(theirs.clone(), ours).is_some() {
                return Err(wrong(format!("`{}` has two rules", shown(&theirs, NAME))));
            }
        }
        if rules.is_empty() {
            return Err(wrong("no rule; write lines `theirs = ours`".into()));
        }
        Ok(Self { rules })
    }
    /// The new name of a tensor: by the rule for it, else by the one for the longest part of its name that ends before a dot; `None`
    /// without one.
    pub fn apply(&self, name: &str) -> Option<String> {
        self.rule(name).map(|(part, ours)| format!("{ours}{}", &name[part.len()..]))
    }
    fn rule(&self, name: &str) -> Option<(&str, &str)> {
        let mut part = name;
        loop {
            if let Some((theirs, ours)) = self.rules.get_key_value(part) {
                return Some((theirs, ours));
            }
            part = part.rsplit_once('.')?.0;
        }
    }
    /// The first rule that none of these names needs.
    pub(crate) fn unused<'a>(&self, names: impl Iterator<Item = &'a str>) -> Option<&str> {
        let used: Vec<&str> = names.filter_map(|name| self.rule(name).map(|(theirs, _)| theirs)).collect();
        self.rules.keys().map(String::as_str).find(|theirs| !used.contains(theirs))
    }
}

fn wrong(what: String) -> StoreError {
    StoreError::Rename { what }
}

fn from_json(text: &str) -> Result<Vec<(String, String)>, StoreError> {
    // Read as pairs, so that a name that stands twice is seen.
    struct Pairs(Vec<(String, String)>);
    impl<'de> serde::Deserialize<'de> for Pairs {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            struct Walk;
            impl<'de> serde::de::Visitor<'de> for Walk {
                type Value = Pairs;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object of names: {\"theirs\": \"ours\"}")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                    let mut pairs = Vec::new();
                    while let Some(pair) = map.next_entry()? {
                        pairs.push(pair);
                    }
                    Ok(Pairs(pairs))
                }
            }
            d.deserialize_map(Walk)
        }
    }
    serde_json::from_str::<Pairs>(text).map(|p| p.0).map_err(|e| wrong(e.to_string()))
}

fn from_lines(text: &str) -> Result<Vec<(String, String)>, StoreError> {
    let mut pairs = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match line.split_once('=') {
            Some((theirs, ours)) => pairs.push((theirs.trim().to_string(), ours.trim().to_string())),
            None => {
                return Err(wrong(format!("line {}: `{}` is no `theirs = ours`", i + 1, shown(line, NAME))));
            }
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_part_decides() {
        let rules = Renames::parse("net = a\nnet.fc = 1\nnet.fc.bias = 2.bias\n").unwrap();
        let new = |name: &str| rules.apply(name).unwrap_or_default();
        assert_eq!([new("net.fc.weight"), new("net.fc.bias"), new("net.x")], ["1.weight", "2.bias", "a.x"]);
        assert_eq!((rules.apply("network.x"), rules.apply("fc")), (None, None));
        assert_eq!(rules.unused(["net.fc.weight", "net.x"].into_iter()), Some("net.fc.bias"));
        assert_eq!(rules.unused(["net.fc.weight", "net.x", "net.fc.bias"].into_iter()), None);
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for (text, says) in [
            ("", "no rule"),
            ("# only this", "no rule"),
            ("fc1 1", "line 1"),
            ("\nfc1\u{1b}[2J", "line 2: `fc1\\u{1b}[2J`"),
            ("a = 1\na = 2", "two rules"),
            ("= 1", "both sides"),
            ("{\"a\": \"1\", \"a\": \"2\"}", "two rules"),
            ("{\"a\": 1}", "rename"),
            ("{", "rename"),
        ] {
            let e = Renames::parse(text).unwrap_err().to_string();
            assert!(e.contains(says), "{text}: {e}");
        }
        assert!(Renames::parse(&"a".repeat(MOST + 1)).is_err());
    }
}
