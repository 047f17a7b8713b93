//! A new, empty folder in which the command is run as a user runs it.

use super::checks::NotTried;
use super::child::{Limits, Running};
use super::disk::Disk;
use super::ended::Ended;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder, with the inputs as `cases` in it, and the trained nets that were asked for under their names ([`Context::sandbox`](super::trained::Context::sandbox)).
#[derive(Debug)]
pub struct Sandbox<'a> {
    folder: tempfile::TempDir,
    /// The command.
    program: &'a Path,
}

/// Commands that take `--threads`.
const THREADED: [&str; 4] = ["train", "attack", "generate", "demo"];

impl<'a> Sandbox<'a> {
    /// With these inputs in it as `cases`.
    ///
    /// # Errors
    /// If there is no folder.
    pub fn new(program: &'a Path, inputs: &Path) -> Result<Self, NotTried> {
        let sandbox = Self { folder: tempfile::tempdir()?, program };
        if inputs.is_dir() {
            sandbox.link(inputs, "cases")?;
        }
        Ok(sandbox)
    }

    /// Shows what lies elsewhere in it, under this name.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn link(&self, elsewhere: &Path, name: &str) -> Result<(), NotTried> {
        Ok(symlink(elsewhere, self.file(name))?)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of a file in it; empty if it is not there.
    pub fn text(&self, name: &str) -> String {
        std::fs::read(self.file(name)).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default()
    }

    /// What lies in a folder of it, by name, without what was put there from here.
    pub fn left(&self, inside: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.file(inside)) else { return Vec::new() };
        let own = entries.flatten().filter(|e| e.file_type().is_ok_and(|t| !t.is_symlink()));
        let mut names: Vec<_> = own.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Removes what lies in it, but for what was put there from here.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn clear(&self) -> Result<(), NotTried> {
        for name in self.left("") {
            let path = self.file(&name);
            if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
        }
        Ok(())
    }

    /// The command with the words of `line`, on two threads unless it says otherwise.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(self.program);
        command.args(words(line));
        self.here(&mut command);
        command
    }

    /// The same on a small disk of its own, mounted at `disk`.
    pub fn command_on(&self, disk: &Disk, line: &str) -> Command {
        let mut command = disk.command(self.program, &words(line));
        self.here(&mut command);
        command
    }

    fn here(&self, command: &mut Command) {
        command.current_dir(self.path()).env_remove("SPARRING_DATA").env("NO_PROXY", "127.0.0.1");
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy).env_remove(proxy.to_lowercase());
        }
    }

    /// Starts the command.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&self, line: &str) -> Result<Running, NotTried> {
        Ok(Running::start(self.command(line), None, Limits::default())?)
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run(&self, line: &str) -> Result<Ended, NotTried> {
        Ok(self.start(line)?.end())
    }

    /// Runs it within other limits, and within the system's too: one that would take the machine with it does not live on where
    /// this program is ended.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run_within(&self, line: &str, limits: Limits) -> Result<Ended, NotTried> {
        let mut command = Command::new("sh");
        let script = format!("ulimit -t {}; ulimit -v {}; exec \"$@\"", limits.seconds, 2048 * limits.mb);
        command.args(["-c", &script, "sh"]).arg(self.program).args(words(line));
        self.here(&mut command);
        Ok(Running::start(command, None, limits)?.end())
    }

    /// Runs it with standard output going elsewhere.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run_into(&self, line: &str, out: impl Into<Stdio>) -> Result<Ended, NotTried> {
        Ok(Running::start(self.command(line), Some(out.into()), Limits::default())?.end())
    }
}

/// The words of a command line, with two threads where the command takes them.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = line.split_whitespace().map(String::from).collect();
    let threaded = words.first().is_some_and(|first| THREADED.contains(&first.as_str()));
    if threaded && !words.iter().any(|w| w.starts_with("--threads")) {
        words.extend(["--threads".to_string(), "2".to_string()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn two_threads_unless_it_says_otherwise() {
        assert_eq!(words("demo --n 3"), ["demo", "--n", "3", "--threads", "2"]);
        assert_eq!(words("train gan --threads 7").len(), 4);
        assert_eq!(words("list losses"), ["list", "losses"]);
    }
}
