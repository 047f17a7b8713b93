//! `cargo xtask golden`: where the stored reference values come from.

use crate::run_program::output_of;
use std::path::Path;

/// Prints the scripts under `golden/`, each with the first line of its description.
///
/// # Errors
/// If the files cannot be listed.
pub fn run(root: &Path) -> Result<(), String> {
    for path in output_of("git", &["ls-files", "golden/*.py"], root)?.lines() {
        let text = std::fs::read_to_string(root.join(path)).map_err(|e| format!("{path}: {e}"))?;
        println!("{path:36} {}", first_line(&text));
    }
    println!("\nEach needs Python with PyTorch and writes beside itself: python3 SCRIPT");
    Ok(())
}

/// The first line of a Python module's description.
fn first_line(script: &str) -> &str {
    let line = script.lines().find(|l| !l.starts_with("#!") && !l.trim().is_empty()).unwrap_or("");
    line.trim_start_matches('r').trim_matches(['"', '\'', '#', ' '])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_description_is_found() {
        assert_eq!(
            super::first_line("#!/usr/bin/env python3\n\n\"\"\"Makes values.\n\nMore.\n\"\"\"\n"),
            "Makes values."
        );
        assert_eq!(super::first_line(""), "");
    }
}
