//! Running other programs from the root of the workspace.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables that would change the threads or kernels of a program that is measured.
const FOREIGN: &[&str] =
    &["OPENBLAS_", "MKL_", "OMP_", "KMP_", "GOTO_", "RAYON_", "MATMUL_", "BURN_", "XLA_", "TORCHINDUCTOR_"];

/// The root of the workspace: where cargo says this package is, or the folder of the call.
pub fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = package.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    root.unwrap_or_else(|| PathBuf::from("."))
}

/// Says on stderr what is waited for: cargo itself says when it waits for another cargo.
pub fn waiting_for(what: &str) {
    eprintln!("xtask: {what}");
}

/// Runs a program in the root; its output goes where ours goes, and stderr says first what is run.
///
/// # Errors
/// If it cannot be started or does not succeed.
pub fn run_here(program: &str, args: &[&str]) -> Result<(), String> {
    run_in(program, args, &root(), &[])
}

/// The same in another folder and with these variables.
///
/// # Errors
/// As [`run_here`].
pub fn run_in(
    program: &str,
    args: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<(), String> {
    waiting_for(&format!("{program} {}", args.join(" ")));
    let mut command = command(program, args, folder);
    let status = command.envs(environment.iter().copied()).status().map_err(|e| not_started(program, &e))?;
    if status.success() { Ok(()) } else { Err(format!("`{program} {}` ended with {status}", args.join(" "))) }
}

/// The standard output of a program run in `folder`; its errors go where ours go.
///
/// # Errors
/// If it cannot be started, does not succeed or writes no UTF-8.
pub fn output_of(program: &str, args: &[&str], folder: &Path) -> Result<String, String> {
    let mut command = command(program, args, folder);
    let output = command.stderr(Stdio::inherit()).output().map_err(|e| not_started(program, &e))?;
    if !output.status.success() {
        return Err(format!("`{program} {}` ended with {}", args.join(" "), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{program}` wrote bytes that are no UTF-8"))
}

/// Where cargo puts what it builds here.
pub fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Builds a program of the workspace in release mode with the words that choose it; where it lies.
///
/// # Errors
/// If it does not build.
pub fn release(name: &str, chosen_by: &[&str]) -> Result<PathBuf, String> {
    run_here("cargo", &[&["build", "--release"], chosen_by].concat())?;
    Ok(target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds the command as its users do; where it lies.
///
/// # Errors
/// If it does not build.
pub fn sparring_release() -> Result<PathBuf, String> {
    release("sparring", &["--package", "sparring"])
}

/// A program with an environment that asks for this many threads and nothing else: for measurements.
pub fn isolated(program: impl AsRef<OsStr>, threads: usize) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if FOREIGN.iter().any(|f| name.to_string_lossy().starts_with(f)) {
            command.env_remove(name);
        }
    }
    // OpenMP for PyTorch, rayon for the crates, and the pool of matrixmultiply under burn's ndarray backend.
    for name in ["OMP_NUM_THREADS", "RAYON_NUM_THREADS", "MATMUL_NUM_THREADS"] {
        command.env(name, threads.to_string());
    }
    command
}

/// A path as a program's word.
///
/// # Errors
/// If it is no UTF-8.
pub fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{}: a name that is no UTF-8", path.display()))
}

fn command(program: &str, args: &[&str], folder: &Path) -> Command {
    // Inside cargo, the same cargo again.
    let cargo = std::env::var_os("CARGO").filter(|_| program == "cargo");
    let mut command = Command::new(cargo.unwrap_or_else(|| program.into()));
    command.args(args).current_dir(folder);
    command
}

fn not_started(program: &str, error: &std::io::Error) -> String {
    format!("`{program}` cannot be started: {error}")
}
