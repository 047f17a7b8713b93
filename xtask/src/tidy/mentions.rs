//! Paths of this repository that documents mention, and tests that they name behind a path, are there.

use super::problem::Problem;
use super::tree::Tree;

/// Folders at the root whose paths are looked at.
const ROOTS: [&str; 7] = ["crates/", "xtask/", "benches/", "peers/", "golden/", "docs/", ".ci/"];
/// Documents that tell of their own time.
const PAST: [&str; 3] = ["docs/decisions/", "docs/results/", "CHANGELOG.md"];

/// The path in a span of code, and the name behind a colon: `crates/nn/src/graph.rs: a_test`.
fn mention(span: &str) -> Option<(&str, Option<&str>)> {
    let (path, name) = match span.split_once(": ") {
        Some((path, name)) => (path, Some(name)),
        None => (span, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let is_path = ROOTS.iter().any(|root| path.starts_with(root)) && path.chars().all(plain);
    (is_path && !path.contains("NAME")).then_some((path, name))
}

/// Every mention leads somewhere.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let documents =
        tree.0.iter().filter(|f| f.path.ends_with(".md") && !PAST.iter().any(|p| f.path.starts_with(p)));
    let mut problems = Vec::new();
    for file in documents {
        for (n, line) in file.text.iter().flat_map(|t| t.lines()).enumerate() {
            for (path, name) in line.split('`').skip(1).step_by(2).filter_map(mention) {
                let of = |f: &&super::tree::File| f.path == path.trim_end_matches('/');
                let found = tree.0.iter().find(of);
                let folder = format!("{}/", path.trim_end_matches('/'));
                let missing = match (found, name) {
                    (Some(found), Some(name)) => {
                        let text = found.text.as_deref().unwrap_or_default();
                        (!text.contains(&format!("fn {name}(")))
                            .then(|| format!("`{path}` has no function `{name}`"))
                    }
                    (Some(_), None) => None,
                    (None, _) if tree.0.iter().any(|f| f.path.starts_with(&folder)) => None,
                    (None, _) => Some(format!("there is no `{path}`")),
                };
                problems.extend(missing.map(|what| Problem::failure(&file.path, n + 1, what)));
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
    fn what_is_gone_is_found() {
        let document = "See `crates/a/src/x.rs: holds`, `crates/a/src/` and `crates/a/src/gone.rs`.\n\
                        `crates/a/src/x.rs: never`, `crates/NAME/src`, `crates/a {x, y}`, crates/b\n";
        let tree = planted(&[
            ("README.md", document),
            ("docs/results/old.md", "`crates/a/src/gone.rs`"),
            ("crates/a/src/x.rs", "#[test]\nfn holds() {}\n"),
        ]);
        let found: Vec<_> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("README.md:1") && found[0].contains("gone.rs"), "{found:?}");
        assert!(found[1].starts_with("README.md:2") && found[1].contains("never"), "{found:?}");
    }
}
