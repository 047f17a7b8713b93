//! The flags.

use flags::Flags;
use std::path::PathBuf;

/// What `--help` prints.
pub const USAGE: &str = "\
cargo xtask cases [--dir DIR] [--only ID,..] [--bin PATH] [--json]

  --dir DIR      the folder of the inputs, README.md among them; default: ../shared/cases beside the checkout
  --only ID,..   only these rows
  --bin PATH     this program instead of a release build made now; the rows that test a library still call cargo
  --json         one JSON object on stdout with every check of every row

Each row is one fault that a user met. A row is right, wrong, or skipped with the reason (an input or a tool that this machine
lacks). The data of the rows that copy MNIST are looked up as $SPARRING_DATA/mnist, then DIR/../data/mnist. Exit 1 if a row is
wrong. Nothing is sent but to 127.0.0.1.";

/// The flags, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Folder of the inputs, if not the usual one.
    pub dir: Option<PathBuf>,
    /// Ids asked for; empty for all.
    pub only: Vec<u32>,
    /// The program to try, if not a fresh build.
    pub bin: Option<PathBuf>,
    /// JSON instead of the table.
    pub json: bool,
    /// Usage only.
    pub help: bool,
}

impl Arguments {
    /// Reads the words of the command line; `known` are the ids there are.
    ///
    /// # Errors
    /// Names the word that is no flag, or the id that there is not.
    pub fn parse(words: &[String], known: &[u32]) -> Result<Self, String> {
        let mut found = Self::default();
        let mut flags = Flags::new(words);
        while let Some(flag) = flags.next_flag()? {
            match flag {
                "--dir" => found.dir = Some(flags.value()?.into()),
                "--bin" => found.bin = Some(flags.value()?.into()),
                "--json" => found.json = true,
                "--only" => {
                    for id in flags.list()? {
                        found.only.push(one_of(&id, known)?);
                    }
                }
                "-h" | "--help" => found.help = true,
                _ => return Err(flags.unknown(USAGE)),
            }
        }
        Ok(found)
    }

    /// Whether this row is asked for.
    pub fn wants(&self, id: u32) -> bool {
        self.only.is_empty() || self.only.contains(&id)
    }
}

fn one_of(text: &str, known: &[u32]) -> Result<u32, String> {
    let id = text.trim().parse().ok().filter(|id| known.contains(id));
    let last = known.iter().max().copied().unwrap_or(0);
    id.ok_or_else(|| format!("--only: there is no row {text:?}; rows are 1 to {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        let words: Vec<_> = text.split_whitespace().map(String::from).collect();
        Arguments::parse(&words, &[1, 2, 36])
    }

    #[test]
    fn some_rows_or_all() {
        let some = parse("--only 2,36 --json").unwrap();
        assert!(some.wants(36) && !some.wants(1) && some.json);
        assert!(parse("").unwrap().wants(1));
        assert_eq!(parse("--only 1 --only=2").unwrap().only, [1, 2]);
        assert_eq!(parse("--dir a --bin b").unwrap().dir, Some("a".into()));
    }

    #[test]
    fn what_is_not_there_is_named() {
        for (line, why) in
            [("--only 37", "37"), ("--only x", "\"x\""), ("--only", "--only"), ("--fast", "--fast")]
        {
            assert!(parse(line).unwrap_err().contains(why), "{line}");
        }
        assert!(parse("--only 3").unwrap_err().contains("1 to 36"));
    }
}
