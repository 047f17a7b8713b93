//! The flags.

use flags::Flags;
use std::path::PathBuf;

/// What `--help` prints.
pub const USAGE: &str = "\
cargo xtask workloads [--only ID,..] [--threads N] [--samples N] [--data DIR] [--json] [--list]

  --only ID,..   rows, or the beginnings of their names up to a `_`: `gemm`, `act_gelu`, `mlp_train_b128`
  --threads N    threads; default 2, and for gemm 1 and 2
  --samples N    timed passes after the one that warms up; default 7
  --data DIR     the four IDX files of MNIST; default: the embedded set, cycled to 60,000
  --json         one JSON object a row instead of a table
  --list         prints the rows";

/// The flags, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Rows asked for; empty for all.
    pub only: Vec<String>,
    /// Threads, if asked for.
    pub threads: Option<usize>,
    /// Timed passes.
    pub samples: usize,
    /// Folder of the data.
    pub data: Option<PathBuf>,
    /// JSON lines.
    pub json: bool,
    /// Names only.
    pub list: bool,
    /// Usage only.
    pub help: bool,
    /// Each pass waits for a line on stdin and is reported at once: `cargo xtask peers` runs ours and theirs in turn.
    pub paced: bool,
    /// A few numbers of each row, for tests: the times mean nothing.
    pub tiny: bool,
}

impl Arguments {
    /// Reads the words of the command line.
    ///
    /// # Errors
    /// Names the word that is no flag, or the value that is no number.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut found = Self { samples: 7, ..Self::default() };
        let mut flags = Flags::new(words);
        while let Some(flag) = flags.next_flag()? {
            match flag {
                "--only" => found.only.extend(flags.list()?),
                "--threads" => found.threads = Some(flags.count()?),
                "--samples" => found.samples = flags.count()?,
                "--data" => found.data = Some(flags.value()?.into()),
                "--json" => found.json = true,
                "--list" => found.list = true,
                "--paced" => found.paced = true,
                "--tiny" => found.tiny = true,
                "-h" | "--help" => found.help = true,
                _ => return Err(flags.unknown(USAGE)),
            }
        }
        if found.tiny {
            found.samples = 1;
        }
        Ok(found)
    }
}

/// The words without `--only` and its value.
pub fn without_only(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--only" {
            words.next();
        } else if !word.starts_with("--only=") {
            kept.push(word.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_string).collect()
    }

    #[test]
    fn flags_are_read() {
        let got = Arguments::parse(&words("--only gemm,mlp --threads=1 --data d --json")).unwrap();
        assert_eq!((got.only.len(), got.threads, got.samples, got.json), (2, Some(1), 7, true));
        assert_eq!(got.data.unwrap().to_str(), Some("d"));
        for bad in ["--threads", "--threads 0", "--samples x", "--fast"] {
            assert!(Arguments::parse(&words(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_is_taken_out() {
        assert_eq!(
            without_only(&words("--json --only a,b --threads 2 --only=c")),
            words("--json --threads 2")
        );
    }
}
