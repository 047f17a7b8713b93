//! The flags.

use flags::Flags;
use sparring_math::simd::Isa;
use std::path::PathBuf;

/// What `--help` prints.
pub const USAGE: &str = "\
cargo xtask compare REV [--only ID,..] [--isa NAME,..] [--threads N] [--passes N] [--samples N] [--data DIR] [--strict] [--json] [--out FILE]

Builds the workloads of commit REV (in a git worktree under target/compare, kept for the next call) and of the working tree, and runs both on each
row in turn, old new old new .., a fresh process each time. A row's figure is the median of the ratios of neighbouring runs, new / old; above 1 the
working tree is faster. Rows below 0.97 are marked as slower, rows whose quartiles lie more than 0.1 apart as noisy (measure them again on a quiet
machine); rows that one side lacks are named and not measured.

  --only ID,..   rows, as for `cargo xtask workloads`; default: all
  --isa NAME,..  instruction sets to measure on, one after the other: avx512, avx2, baseline; default: SPARRING_ISA, or the machine's best
  --threads N    threads; default 2, and for gemm 1 and 2
  --passes N     pairs of runs of each row; default 9
  --samples N    timed passes in each run, after the one that warms up; a run's figure is their median; default 2
  --data DIR     the four IDX files of MNIST; default: the embedded set, cycled to 60,000
  --strict       exit 1 if a row is slower or fails in the working tree
  --json         one JSON object on stdout instead of the Markdown table
  --out FILE     writes the Markdown table to this file as well";

/// The flags, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// The older commit, by any name that git knows.
    pub revision: String,
    /// Rows asked for; empty for all.
    pub only: Vec<String>,
    /// Instruction sets; empty for the one in use.
    pub isas: Vec<Isa>,
    /// Threads, if asked for.
    pub threads: Option<usize>,
    /// Pairs of runs of each row.
    pub passes: usize,
    /// Timed passes in a run.
    pub samples: usize,
    /// Folder of the data.
    pub data: Option<PathBuf>,
    /// A slower row is an error.
    pub strict: bool,
    /// JSON instead of the table.
    pub json: bool,
    /// Where the table is written as well.
    pub out: Option<PathBuf>,
    /// Usage only.
    pub help: bool,
}

impl Arguments {
    /// Reads the words of the command line; the revision is the one word that is no flag, first or last.
    ///
    /// # Errors
    /// Names the word that is no flag, the value that is none, or the missing revision.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut found = Self { passes: 9, samples: 2, ..Self::default() };
        let flagged = match words {
            [first, rest @ ..] if !first.starts_with('-') => {
                found.revision.clone_from(first);
                rest
            }
            _ => words,
        };
        let mut flags = Flags::new(flagged);
        while let Some(flag) = flags.next_flag()? {
            match flag {
                "--only" => found.only.extend(flags.list()?),
                "--isa" => {
                    for name in flags.list()? {
                        found.isas.push(isa(&name)?);
                    }
                }
                "--threads" => found.threads = Some(flags.count()?),
                "--passes" => found.passes = flags.count()?,
                "--samples" => found.samples = flags.count()?,
                "--data" => found.data = Some(flags.value()?.into()),
                "--strict" => found.strict = true,
                "--json" => found.json = true,
                "--out" => found.out = Some(flags.value()?.into()),
                "-h" | "--help" => found.help = true,
                word if !word.starts_with('-') && found.revision.is_empty() => found.revision = word.into(),
                _ => return Err(flags.unknown(USAGE)),
            }
        }
        if found.revision.is_empty() && !found.help {
            return Err(format!("the commit to compare with is missing\n{USAGE}"));
        }
        Ok(found)
    }
}

/// An instruction set that this machine has.
fn isa(name: &str) -> Result<Isa, String> {
    let isa: Isa = name.parse().map_err(|_| format!("--isa: {name:?} is none of avx512, avx2, baseline"))?;
    if isa.supported() { Ok(isa) } else { Err(format!("--isa: this machine has no {isa}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(&text.split_whitespace().map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read() {
        let got = parse("v0.1 --only mlp,gemm --isa=baseline --passes 3 --strict --out t.md").unwrap();
        assert_eq!(
            (got.revision.as_str(), got.only.len(), got.passes, got.samples, got.strict),
            ("v0.1", 2, 3, 2, true)
        );
        assert_eq!((got.isas, got.out), (vec![Isa::Baseline], Some("t.md".into())));
        assert_eq!(parse("--json HEAD~1").unwrap().revision, "HEAD~1");
        assert!(parse("--help").unwrap().help);
    }

    #[test]
    fn mistakes_are_named() {
        for (words, named) in [
            ("", "missing"),
            ("--json", "missing"),
            ("HEAD main", "main"),
            ("HEAD --fast", "--fast"),
            ("HEAD --isa sse9", "sse9"),
            ("HEAD --passes 0", "--passes"),
        ] {
            assert!(parse(words).unwrap_err().contains(named), "{words}");
        }
    }
}
