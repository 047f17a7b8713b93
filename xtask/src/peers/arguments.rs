//! The flags.

use flags::Flags;
use std::path::PathBuf;

/// What `--help` prints.
pub const USAGE: &str = "\
cargo xtask peers [--only ID,..] [--threads N] [--samples N] [--data DIR] [--peers NAME,..] [--variants NAME,..] [--with burn]
                  [--venv DIR] [--json] [--out FILE] [--from FILE,..] [--markdown] [--chart FILE]

  --only ID,..     rows, as for `cargo xtask workloads`
  --threads N      threads of everybody; default 2, and for gemm 1 and 2
  --samples N      timed passes of each; default 7 (3 for those that take over 8 s)
  --data DIR       the four gzipped IDX files of MNIST; default: the embedded set, cycled to 60,000
  --peers NAME,..  only these: torch, jax, candle, gemm, burn
  --variants NAME,..  only these of their variants (fused, scan, ..): quicker, and the best may be missing
  --with burn      burn too, which is left out otherwise: its first build takes a quarter of an hour
  --venv DIR       the Python environment; made if it is not there. Default: sparring-peers/venv in the user's cache folder
  --json           JSON lines on stdout, the table on stderr
  --out FILE       appends the JSON lines to this file
  --from FILE,..   measures nothing: the table of lines that were kept
  --markdown       the table as Markdown
  --chart FILE     a bar chart of the ratios, as SVG";

/// Peers that take part only when they are named.
const EXTRA: [&str; 1] = ["burn"];

/// The flags, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Rows asked for; empty for all.
    pub only: Option<String>,
    /// Threads, if asked for.
    pub threads: Option<usize>,
    /// Timed passes.
    pub samples: usize,
    /// Folder of the data.
    pub data: Option<PathBuf>,
    /// Peers asked for; empty for all that are quickly built.
    pub peers: Vec<String>,
    /// Peers that take part only when they are named.
    pub with: Vec<String>,
    /// Variants asked for; empty for all.
    pub variants: Vec<String>,
    /// Python environment.
    pub venv: Option<PathBuf>,
    /// JSON lines on stdout.
    pub json: bool,
    /// Where the lines are kept.
    pub out: Option<PathBuf>,
    /// Lines that were kept.
    pub from: Vec<PathBuf>,
    /// Table as Markdown.
    pub markdown: bool,
    /// Where the chart goes.
    pub chart: Option<PathBuf>,
    /// Usage only.
    pub help: bool,
}

impl Arguments {
    /// Reads the words of the command line.
    ///
    /// # Errors
    /// Names the word that is no flag, or the value that is none.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut found = Self { samples: 7, ..Self::default() };
        let mut flags = Flags::new(words);
        while let Some(flag) = flags.next_flag()? {
            match flag {
                "--only" => found.only = Some(flags.value()?.into()),
                "--threads" => found.threads = Some(flags.count()?),
                "--samples" => found.samples = flags.count()?,
                "--data" => found.data = Some(flags.value()?.into()),
                "--peers" => found.peers.extend(flags.list()?),
                "--variants" => found.variants.extend(flags.list()?),
                "--with" => match flags.value()? {
                    peer if EXTRA.contains(&peer) => found.with.push(peer.into()),
                    other => return Err(format!("--with knows {}, not {other:?}", EXTRA.join(", "))),
                },
                "--venv" => found.venv = Some(flags.value()?.into()),
                "--json" => found.json = true,
                "--out" => found.out = Some(flags.value()?.into()),
                "--from" => found.from.extend(flags.list()?.map(PathBuf::from)),
                "--markdown" => found.markdown = true,
                "--chart" => found.chart = Some(flags.value()?.into()),
                "-h" | "--help" => found.help = true,
                _ => return Err(flags.unknown(USAGE)),
            }
        }
        Ok(found)
    }

    /// Whether this peer takes part.
    pub fn wants(&self, peer: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|p| p == peer);
        named(&self.peers) || named(&self.with) || (self.peers.is_empty() && !EXTRA.contains(&peer))
    }

    /// Whether this variant of a peer takes part.
    pub fn wants_variant(&self, variant: &str) -> bool {
        self.variants.is_empty() || self.variants.iter().any(|v| v == variant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(&text.split_whitespace().map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read() {
        let got = parse("--only=gemm --peers torch,jax --variants fused --from a,b").unwrap();
        assert_eq!((got.only.as_deref(), got.samples, got.from.len()), (Some("gemm"), 7, 2));
        assert!(got.wants("torch") && !got.wants("candle"));
        assert!(got.wants_variant("fused") && !got.wants_variant("eager"));
        assert!(!got.wants("burn") && !parse("").unwrap().wants("burn"));
        let got = parse("--with burn").unwrap();
        assert!(got.wants("burn") && got.wants("torch"));
        let got = parse("--peers jax --with burn").unwrap();
        assert!(got.wants("burn") && got.wants("jax") && !got.wants("torch"));
        for bad in ["--with keras", "--samples 0", "--only", "--fast"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
