//! Paths of one machine have no place in a repository.

use super::problem::Problem;
use super::tree::Tree;

/// Folders of somebody's machine, without the slash in front (so that this file passes).
const FOLDERS: &[&str] = &["work/", "root/", "tmp/", "home/"];

/// No text names a folder of one machine; a shell line with `mktemp` may.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &tree.0 {
        for (i, line) in file.text.as_deref().unwrap_or("").lines().enumerate() {
            if line.contains("mktemp") {
                continue;
            }
            if let Some(folder) = FOLDERS.iter().find(|f| names(line, f)) {
                let what = format!(
                    "`/{folder}` is a folder of one machine; use a relative path, a flag or an environment variable"
                );
                problems.push(Problem::failure(&file.path, i + 1, what));
            }
        }
    }
    problems
}

/// Whether the line has `/folder` at the start of a path.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].strip_suffix('/');
        let inner = |c: char| {
            c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | ')' | '~' | ':' | '*' | '\\')
        };
        before.is_some_and(|b| !b.ends_with(inner))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn machine_paths_are_found() {
        let slash = "/";
        for (text, n) in [
            (format!("see {slash}work/main"), 1),
            (format!("let p = \"{slash}tmp/x\";"), 1),
            (format!("# {slash}root/.cargo"), 1),
            (format!("D=$(mktemp -d {slash}tmp/x.XXXX)"), 0),
            (format!("https://a.org{slash}work/x and ../tmp/x and $OUT{slash}tmp/"), 0),
            ("frameworks/tmp".to_string(), 0),
        ] {
            assert_eq!(check(&planted(&[("docs/a.md", &text)])).len(), n, "{text}");
        }
    }
}
