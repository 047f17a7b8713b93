//! One name means one thing: no two crates have a public type of the same name.

use super::problem::Problem;
use super::tree::Tree;
use std::collections::BTreeMap;

/// Words before the name of a type that everyone may name.
const TYPES: [&str; 4] = ["pub struct ", "pub enum ", "pub trait ", "pub type "];

/// The public type that a line of code begins.
fn public_type(code: &str) -> Option<&str> {
    let code = code.trim_start();
    let rest = TYPES.iter().find_map(|words| code.strip_prefix(words))?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

/// Every public type of the crates has a name of its own.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut first: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| !file.trial) {
        let Some(krate) = file.krate() else { continue };
        for (n, line) in source.numbered().filter(|(_, l)| !l.test) {
            let Some(name) = public_type(&line.code) else { continue };
            match first.get(name) {
                Some((other, place)) if *other != krate => problems.push(Problem::failure(
                    &file.path,
                    n,
                    format!("`{name}` is also a type of {place}; one name means one thing"),
                )),
                Some(_) => {}
                None => {
                    first.insert(name.to_string(), (krate, &file.path));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn a_second_meaning_is_found() {
        let tree = planted(&[
            ("crates/a/src/lib.rs", "pub struct Step;\npub(crate) struct Rows;\n"),
            ("crates/a/src/x.rs", "mod inner {\n    pub struct Step;\n}\n"),
            ("crates/b/src/lib.rs", "/// pub struct Step;\nstruct Rows;\npub enum Step<T> {\n    A(T),\n}\n"),
            ("crates/b/tests/t.rs", "pub struct Step;\n"),
            ("crates/b/src/y.rs", "#[cfg(test)]\nmod tests {\n    pub struct Step;\n}\n"),
        ]);
        let found = check(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].to_string().contains("crates/b/src/lib.rs:3"), "{}", found[0]);
    }
}
