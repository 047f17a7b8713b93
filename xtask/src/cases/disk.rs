//! A small disk of its own: a tmpfs in a mount namespace that ends with the program.

use std::path::Path;
use std::process::{Command, Stdio};

/// How large it is, and what is done with it before the program starts.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// Its size, as mount takes it: `64k`.
    pub size: &'static str,
    /// A shell command that prepares it, in the folder where it lies as `disk`.
    pub prepare: &'static str,
}

/// A disk without a free byte.
pub const FULL: Disk = Disk { size: "64k", prepare: "cat /dev/zero > disk/filler 2>&- || true" };
/// A disk that takes a small file and no large one.
pub const SMALL: Disk = Disk { size: "64k", prepare: "true" };
/// A disk that nothing can be written to, not even by root.
pub const READ_ONLY: Disk = Disk { size: "64k", prepare: "mount -o remount,ro disk" };

/// Mounts it, prepares it, becomes the program: the process stays the same one.
const SCRIPT: &str =
    "mkdir -p disk && mount -t tmpfs -o size=$1 none disk && eval \"$2\" && shift 2 && exec \"$@\"";

impl Disk {
    /// `program` with `words`, in a folder where this disk is `disk`.
    pub fn command(&self, program: &Path, words: &[String]) -> Command {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            SCRIPT,
            "sh",
            self.size,
            self.prepare,
        ]);
        command.arg(program).args(words);
        command
    }
}

/// Whether this machine gives such disks to a user without rights.
pub fn possible() -> bool {
    let Ok(folder) = tempfile::tempdir() else { return false };
    let mut command = READ_ONLY.command(Path::new("true"), &[]);
    command.current_dir(folder.path()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
