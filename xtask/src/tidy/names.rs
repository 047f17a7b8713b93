//! Names that say nothing.

use super::problem::Problem;
use super::tree::Tree;

const BANNED: &[&str] = &["base", "utils", "util", "common", "helpers", "helper", "types", "manager", "misc"];

/// No file or folder has a name that says nothing.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &tree.0 {
        let bad = file.path.split('/').find(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            BANNED.contains(&stem.to_ascii_lowercase().as_str())
        });
        if let Some(name) = bad {
            problems.push(Problem::failure(
                &file.path,
                0,
                format!("`{name}` says nothing; name it after the one thing in it"),
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn empty_names_are_found() {
        let tree = planted(&[
            ("crates/a/src/utils.rs", ""),
            ("crates/a/src/common/x.rs", ""),
            ("golden/helper.py", ""),
        ]);
        assert_eq!(check(&tree).len(), 3);
        assert_eq!(check(&planted(&[("crates/a/src/base64.rs", ""), ("crates/a/src/commons.rs", "")])), []);
    }
}
