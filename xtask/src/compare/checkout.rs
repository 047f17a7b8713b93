//! An older commit, checked out and built beside the working tree.

use crate::run_program::{output_of, root, run_in, target, text};
use crate::workloads;
use std::path::{Path, PathBuf};

/// The programs a measurement starts: the workloads, and the command that one of their rows starts.
const PROGRAMS: [&str; 2] = ["workloads", "sparring"];

/// The full hash of the commit that git knows by this name.
///
/// # Errors
/// If there is none.
pub fn commit(revision: &str) -> Result<String, String> {
    let name = format!("{revision}^{{commit}}");
    let hash = output_of("git", &["rev-parse", "--verify", "--quiet", "--end-of-options", &name], &root());
    hash.map(|h| h.trim().to_string()).map_err(|_| format!("git knows no commit {revision:?}"))
}

/// Builds the workloads of this commit in a worktree of its own under `target/compare`; where the program lies.
///
/// # Errors
/// If it cannot be checked out or built.
pub fn build(hash: &str) -> Result<PathBuf, String> {
    let folder = target().join("compare").join(&hash[..hash.len().min(12)]);
    let path = text(&folder)?;
    if !is_at(&folder, hash) {
        // A worktree whose folder was deleted is still registered: --force takes its place.
        run_in("git", &["worktree", "add", "--force", "--detach", path, hash], &root(), &[])?;
    }
    let own_target = folder.join("target");
    let environment = [("CARGO_TARGET_DIR", text(&own_target)?)];
    let each = [&["--package", "sparring"][..], &["--package", "benches", "--bin", "workloads"]];
    for chosen_by in each {
        let words = [&["build", "--release", "--locked"], chosen_by].concat();
        run_in("cargo", &words, &folder, &environment)?;
    }
    Ok(own_target.join("release").join(executable(PROGRAMS[0])))
}

/// Whether the folder is a worktree at this commit.
fn is_at(folder: &Path, hash: &str) -> bool {
    folder.join(".git").exists()
        && output_of("git", &["rev-parse", "HEAD"], folder).is_ok_and(|head| head.trim() == hash)
}

/// Builds the workloads of the working tree and copies them, so that a later build cannot replace a program that is being measured.
///
/// # Errors
/// If they cannot be built or copied.
pub fn build_working_tree() -> Result<PathBuf, String> {
    let built = workloads::build()?;
    let folder = target().join("compare").join("working-tree");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for name in PROGRAMS.map(executable) {
        let (from, to) = (built.with_file_name(&name), folder.join(&name));
        std::fs::copy(&from, &to).map_err(|e| format!("{} to {}: {e}", from.display(), to.display()))?;
    }
    Ok(folder.join(executable(PROGRAMS[0])))
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_found_by_name() {
        let head = commit("HEAD").unwrap();
        assert!(head.len() >= 40 && head.chars().all(|c| c.is_ascii_hexdigit()), "{head}");
        assert_eq!(commit(&head), Ok(head));
        for none in ["no-such-branch", "--all", ""] {
            assert!(commit(none).unwrap_err().contains(none), "{none}");
        }
    }
}
