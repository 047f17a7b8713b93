//! A file is one thing, and short.

use super::problem::Problem;
use super::tree::Tree;

/// Lines from which a Rust file is asked to split.
const LONG: usize = 250;
/// Lines from which it fails.
const TOO_LONG: usize = 400;
/// Lines of `ARCHITECTURE.md`.
const ARCHITECTURE: usize = 200;

/// No file is too long; what a program wrote (`generated/`) is exempt.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.0.iter().filter(|f| !f.path.split('/').any(|part| part == "generated")) {
        let lines = file.text.as_deref().map_or(0, |t| t.lines().count());
        if file.path == "ARCHITECTURE.md" && lines > ARCHITECTURE {
            problems.push(Problem::failure(
                &file.path,
                0,
                format!("{lines} lines; a plan has at most {ARCHITECTURE}"),
            ));
        }
        if !file.path.ends_with(".rs") || lines <= LONG {
            continue;
        }
        problems.push(if lines > TOO_LONG {
            Problem::failure(
                &file.path,
                0,
                format!("{lines} lines, at most {TOO_LONG}; split it into things with names"),
            )
        } else {
            Problem::warning(&file.path, 0, format!("{lines} lines; past {LONG} a file should split"))
        });
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::problem::Weight;
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn long_files_are_found() {
        let text = |n| "//\n".repeat(n);
        let weight = |path: &str, n| check(&planted(&[(path, &text(n))])).first().map(|p| p.weight);
        assert_eq!(weight("crates/a/src/a.rs", 250), None);
        assert_eq!(weight("crates/a/src/a.rs", 251), Some(Weight::Warning));
        assert_eq!(weight("crates/a/src/a.rs", 401), Some(Weight::Failure));
        assert_eq!(weight("crates/a/src/generated/a.rs", 999), None);
        assert_eq!(weight("ARCHITECTURE.md", 201), Some(Weight::Failure));
        assert_eq!(weight("README.md", 999), None);
    }
}
