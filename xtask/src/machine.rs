//! On what figures are measured.

use crate::run_program::{output_of, root};

/// The processor's name.
pub fn cpu() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|l| l.strip_prefix("model name")?.split_once(':'));
    name.map_or("unknown", |(_, name)| name.trim()).to_string()
}

/// All of it in a sentence, with the command that measured.
pub fn sentence(command: &str) -> String {
    format!(
        "{} cores of {}, {}, commit {}, {}. `{}`",
        cores(),
        cpu(),
        rustc(),
        commit(),
        day(),
        command.trim_end()
    )
}

/// Cores in use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

/// What a program prints, in one line.
pub fn line(program: &str, args: &[&str]) -> String {
    output_of(program, args, &root()).map_or("unknown".into(), |t| t.trim().to_string())
}

/// The compiler.
pub fn rustc() -> String {
    line("rustc", &["--version"])
}

/// The commit, and whether the tree differs from it.
pub fn commit() -> String {
    line("git", &["describe", "--always", "--dirty"])
}

/// The short name of another commit.
pub fn describe(commit: &str) -> String {
    line("git", &["describe", "--always", commit])
}

/// Today.
pub fn day() -> String {
    line("date", &["-u", "+%F"])
}
