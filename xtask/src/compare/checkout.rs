//! An older commit, checked out and built inside the working tree's target folder. Cargo reads the `.cargo/config.toml` of enclosing folders too, so
//! flags that the working tree sets there hold for both.

use crate::run_program::{output_of, release, root, run_in, target, text};
use std::path::{Path, PathBuf};

/// A program that a measurement starts, and the words by which cargo builds it alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Program {
    name: &'static str,
    chosen_by: &'static [&'static str],
}

const WORKLOADS: Program =
    Program { name: "workloads", chosen_by: &["--package", "benches", "--bin", "workloads"] };
const COMMAND: Program = Program { name: "sparring", chosen_by: &["--package", "sparring"] };
/// The row that starts the command.
const STARTS_COMMAND: &str = "startup";

/// The programs that the rows asked for need; all for no words.
pub fn programs(only: &[String]) -> Vec<Program> {
    if only.is_empty() || only.iter().any(|word| word == STARTS_COMMAND) {
        vec![COMMAND, WORKLOADS]
    } else {
        vec![WORKLOADS]
    }
}

/// The full hash of the commit that git knows by this name.
///
/// # Errors
/// If there is none.
pub fn commit(revision: &str) -> Result<String, String> {
    let name = format!("{revision}^{{commit}}");
    let hash = output_of("git", &["rev-parse", "--verify", "--quiet", "--end-of-options", &name], &root());
    hash.map(|h| h.trim().to_string()).map_err(|_| format!("git knows no commit {revision:?}"))
}

/// Builds the programs of this commit in a worktree of its own under `target/compare`; where the workloads lie.
///
/// # Errors
/// If it cannot be checked out or built.
pub fn build(hash: &str, programs: &[Program]) -> Result<PathBuf, String> {
    let folder = target().join("compare").join(&hash[..hash.len().min(12)]);
    let path = text(&folder)?;
    if !is_at(&folder, hash) {
        // A worktree whose folder was deleted is still registered: --force takes its place.
        run_in("git", &["worktree", "add", "--force", "--detach", path, hash], &root(), &[])?;
    }
    let own_target = folder.join("target");
    let environment = [("CARGO_TARGET_DIR", text(&own_target)?)];
    for program in programs {
        let words = [&["build", "--release", "--locked"], program.chosen_by].concat();
        run_in("cargo", &words, &folder, &environment)?;
    }
    Ok(own_target.join("release").join(executable(WORKLOADS)))
}

/// Whether the folder is a worktree at this commit.
fn is_at(folder: &Path, hash: &str) -> bool {
    folder.join(".git").exists()
        && output_of("git", &["rev-parse", "HEAD"], folder).is_ok_and(|head| head.trim() == hash)
}

/// Builds the programs of the working tree and copies them, so that a later build cannot replace what is being measured; where the workloads lie.
///
/// # Errors
/// If they cannot be built or copied.
pub fn build_working_tree(programs: &[Program]) -> Result<PathBuf, String> {
    let folder = target().join("compare").join("working-tree");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for &program in programs {
        let (from, to) = (release(program.name, program.chosen_by)?, folder.join(executable(program)));
        std::fs::copy(&from, &to).map_err(|e| format!("{} to {}: {e}", from.display(), to.display()))?;
    }
    Ok(folder.join(executable(WORKLOADS)))
}

fn executable(program: Program) -> String {
    format!("{}{}", program.name, std::env::consts::EXE_SUFFIX)
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

    #[test]
    fn the_command_is_built_only_for_the_row_that_starts_it() {
        assert_eq!(programs(&[]), [COMMAND, WORKLOADS]);
        assert_eq!(programs(&["gemm".into(), "startup".into()]), [COMMAND, WORKLOADS]);
        assert_eq!(programs(&["gemm".into()]), [WORKLOADS]);
    }
}
