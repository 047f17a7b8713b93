//! The first lines of each crate: what it promises of unsafe code.

use super::packages::Package;
use super::problem::Problem;
use super::tree::Tree;

/// Crates with kernels: unsafe is denied at the root and allowed in one folder.
const KERNELS: &[&str] = &["tensor", "math"];

/// Every crate root forbids unsafe code; those with kernels deny it.
pub fn check(packages: &[Package], tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages {
        let level = if KERNELS.contains(&package.name.as_str()) { "deny" } else { "forbid" };
        let promise = format!("#![{level}(unsafe_code)]");
        for root in &package.roots {
            let promised = tree.get(root).and_then(|f| f.source.as_ref());
            if !promised.is_some_and(|s| s.lines.iter().any(|l| l.code.contains(&promise))) {
                problems.push(Problem::failure(
                    root,
                    0,
                    format!("the crate root lacks {promise}; add it below the crate docs"),
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::packages::planted as package;
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn a_missing_promise_is_found() {
        let good = planted(&[
            ("crates/nn/src/lib.rs", "//! Docs.\n#![forbid(unsafe_code)]\n"),
            ("crates/tensor/src/lib.rs", "#![deny(unsafe_code)]"),
        ]);
        let packages = [package("nn", &[], &[]), package("tensor", &[], &[])];
        assert_eq!(check(&packages, &good), []);
        let bad = planted(&[
            ("crates/nn/src/lib.rs", "// #![forbid(unsafe_code)]\n#![deny(unsafe_code)]\n"),
            ("crates/tensor/src/lib.rs", ""),
        ]);
        assert_eq!(check(&packages, &bad).len(), 2);
    }
}
