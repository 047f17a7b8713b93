//! Test files that no program names: they would pass by never running.

use super::problem::Problem;
use super::tree::Tree;

/// Where a crate has `tests/all.rs`, cargo finds no other file by itself: each is a module there, or a `[[test]]` of the manifest.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for all in tree.0.iter().filter(|f| f.path.ends_with("/tests/all.rs")) {
        let folder = all.path.trim_end_matches("all.rs");
        let manifest = format!("{}Cargo.toml", folder.trim_end_matches("tests/"));
        let text = |path: &str| tree.get(path).and_then(|f| f.text.as_deref()).unwrap_or_default();
        let named = |name: &str| {
            let module = |line: &str| line.trim_start_matches("pub ").trim_end() == format!("mod {name};");
            text(&all.path).lines().any(module)
                || text(&manifest).lines().any(|line| line.trim() == format!("name = \"{name}\""))
        };
        let files =
            tree.0.iter().filter_map(|f| Some((f, f.path.strip_prefix(folder)?.strip_suffix(".rs")?)));
        for (file, name) in files.filter(|(_, name)| *name != "all" && !name.contains('/')) {
            if !named(name) {
                let what = format!("no program names it: add `mod {name};` to {}", all.path);
                problems.push(Problem::failure(&file.path, 0, what));
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
    fn a_forgotten_test_is_found() {
        let files = |all| {
            planted(&[
                ("crates/nn/Cargo.toml", "[[test]]\nname = \"all\"\n\n[[test]]\nname = \"memory\"\n"),
                ("crates/nn/tests/all.rs", all),
                ("crates/nn/tests/memory.rs", ""),
                ("crates/nn/tests/steps.rs", ""),
                ("crates/nn/tests/engine/mod.rs", ""),
                ("crates/seed/tests/alone.rs", ""),
            ])
        };
        assert_eq!(check(&files("mod steps;\n")), []);
        let found = check(&files("mod step;\n// mod steps;\n"));
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().contains("crates/nn/tests/steps.rs"), "{}", found[0]);
    }
}
