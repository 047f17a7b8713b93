//! Where unsafe code may be, and that each block says why it is sound.

use super::problem::Problem;
use super::source::{Line, Source};
use super::tree::Tree;

/// The folders of unsafe code.
const FOLDERS: &[&str] = &["crates/tensor/src/kernels/", "crates/math/src/simd/"];
/// A peer whose door is an unsafe function; it is no part of the workspace.
const PEER: &str = "peers/candle/src/product.rs";

/// `unsafe` only in the kernels (and in tests, which may count allocations); every block with its `// SAFETY:`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        let inside = FOLDERS.iter().any(|f| file.path.starts_with(f)) || file.path == PEER;
        for (n, line) in source.numbered() {
            let allows = ["allow(unsafe_code", "expect(unsafe_code"].iter().any(|a| line.code.contains(a));
            if !line.has("unsafe") && !allows {
                continue;
            }
            if !inside && !file.path.contains("/tests/") {
                let what = format!(
                    "unsafe code outside {}; use a safe form, or a kernel there",
                    FOLDERS.join(" and ")
                );
                problems.push(Problem::failure(&file.path, n, what));
            } else if needs_reason(line) && !has_reason(source, n) {
                let what = "unsafe block without a `// SAFETY:` comment above it; say why it is sound";
                problems.push(Problem::failure(&file.path, n, what));
            }
        }
    }
    problems
}

/// Blocks and implementations; an `unsafe fn` states its conditions in its docs, which clippy holds it to.
fn needs_reason(line: &Line) -> bool {
    line.code.match_indices("unsafe").any(|(at, word)| {
        let rest = line.code[at + word.len()..].trim_start();
        rest.is_empty() || rest.starts_with('{') || rest.starts_with("impl")
    })
}

/// A reason beside the block, or above the statement that holds it.
fn has_reason(source: &Source, n: usize) -> bool {
    let mut line = n - 1;
    loop {
        if source.lines[line].comment.contains("SAFETY:") {
            return true;
        }
        if line == 0 {
            return false;
        }
        line -= 1;
        let code = source.lines[line].code.trim();
        let ended = code.ends_with([';', '{', '}', ',']) && !code.starts_with("#[");
        if ended && !source.lines[line].comment.contains("SAFETY:") {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&planted(&[(path, text)])).len()
    }

    #[test]
    fn unsafe_outside_the_kernels_is_found() {
        assert_eq!(found("crates/nn/src/a.rs", "// SAFETY: no.\nunsafe { f() }"), 1);
        assert_eq!(found("crates/tensor/src/a.rs", "#![allow(unsafe_code)]"), 1);
        assert_eq!(found("crates/nn/src/lib.rs", "#![forbid(unsafe_code)] // unsafe"), 0);
        assert_eq!(
            found("crates/nn/tests/a.rs", "// SAFETY: as System's.\nunsafe impl GlobalAlloc for A {}"),
            0
        );
    }

    #[test]
    fn a_block_without_a_reason_is_found() {
        let kernel = "crates/tensor/src/kernels/a.rs";
        assert_eq!(found(kernel, "let x = 1;\nlet y = unsafe { f() };"), 1);
        assert_eq!(found(kernel, "// SAFETY: bounds.\nlet x = f();\nlet y = unsafe { g() };"), 1);
        assert_eq!(found(kernel, "// SAFETY: bounds.\n#[inline]\nlet x = f(\n    unsafe { g() },\n);"), 0);
        assert_eq!(
            found(kernel, "A => {\n    // SAFETY: checked.\n    unsafe { g() }\n}\nunsafe fn h() {}"),
            0
        );
    }
}
