//! `cargo xtask tidy`.

use super::problem::{Problem, Weight};
use super::tree::Tree;
use super::{
    circles, doors, machine_paths, mentions, names, one_meaning, operations, outside, packages, roots, sizes,
    unnamed_tests, unsafety, words,
};
use crate::tables;
use std::path::Path;

/// Checks every rule; one line a problem.
///
/// # Errors
/// If a rule is broken.
pub fn run(root: &Path) -> Result<(), String> {
    let packages = packages::read(root)?;
    let tree = Tree::read(root)?;
    let mut problems: Vec<Problem> = [
        doors::check(&packages),
        outside::check(&packages),
        roots::check(&packages, &tree),
        unsafety::check(&tree),
        words::check(&tree),
        mentions::check(&tree),
        names::check(&tree),
        one_meaning::check(&tree),
        sizes::check(&tree),
        machine_paths::check(&tree),
        operations::check(&tree),
        circles::check(&tree),
        unnamed_tests::check(&tree),
    ]
    .concat();
    let stale = tables::stale(root)?;
    problems.extend(stale.into_iter().map(|(path, line, what)| Problem::failure(&path, line, what)));
    problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for problem in &problems {
        println!("{problem}");
    }
    let failures = problems.iter().filter(|p| p.weight == Weight::Failure).count();
    let (files, warnings) = (tree.0.len(), problems.len() - failures);
    if failures > 0 {
        return Err(format!("{failures} broken rules ({warnings} warnings) in {files} files"));
    }
    println!("tidy: {} packages and {files} files in order, {warnings} warnings", packages.len());
    Ok(())
}
