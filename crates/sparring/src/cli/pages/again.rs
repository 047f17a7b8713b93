//! The command line that makes a run, and its page, again.

use sparring::store::terminal::is_hidden;
use sparring_report::html::{Block, Code};
use std::ffi::OsString;
use std::sync::OnceLock;

/// What the repeated command does with a flag of the first one.
enum Kept {
    /// Left out, as a flag that says where results go, how fast, or for whom: equal runs write equal pages.
    Dropped,
    /// Left out with its value.
    DroppedWithValue,
    /// The page itself, under a name that says nothing about the first machine.
    As(&'static str),
}

/// Flags that are not repeated as they were; all others are.
const CHANGED: [(&str, Kept); 9] = [
    ("--out", Kept::DroppedWithValue),
    ("--shard", Kept::DroppedWithValue),
    ("--piece", Kept::DroppedWithValue),
    ("--save", Kept::DroppedWithValue),
    ("--per-sample", Kept::DroppedWithValue),
    ("--save-every", Kept::DroppedWithValue),
    ("--threads", Kept::DroppedWithValue),
    ("--json", Kept::Dropped),
    ("--report", Kept::As("report.html")),
];

/// The words of the command that this process goes on with, in the place of its own.
static STANDS_FOR: OnceLock<Vec<String>> = OnceLock::new();

/// From now on the command line is taken to be this one: a training that goes on is that of the command that began it.
pub(crate) fn stand_for(words: Vec<String>) {
    STANDS_FOR.get_or_init(|| words);
}

/// The words after `sparring`, without what does not belong to the result.
pub(crate) fn arguments() -> Vec<String> {
    match STANDS_FOR.get() {
        Some(given) => words(given.iter().map(OsString::from)),
        None => words(std::env::args_os().skip(1)),
    }
    .split_off(1)
}

/// The flags of this command and their values as they were given, without these flags, each of which takes a value.
pub(crate) fn flags_but(own: &[&str]) -> Vec<String> {
    without(arguments().split_off(1), own)
}

fn without(words: Vec<String>, own: &[&str]) -> Vec<String> {
    let (mut kept, mut words) = (Vec::new(), words.into_iter());
    while let Some(word) = words.next() {
        match own.iter().find(|flag| word.split('=').next() == Some(**flag)) {
            None => kept.push(word),
            Some(_) if word.contains('=') => {}
            Some(_) => drop(words.next()),
        }
    }
    kept
}

/// The first of them.
pub(crate) fn subcommand() -> String {
    arguments().into_iter().next().unwrap_or_default()
}

fn all_words() -> Vec<String> {
    std::iter::once("sparring".to_string()).chain(arguments()).collect()
}

/// The command line of this process, to be copied.
pub(crate) fn block() -> Block {
    Block::Code(Code { caption: "To repeat:".into(), text: line(&all_words()) })
}

/// The same on one line, as `config.json` keeps it and `inspect` shows it.
pub(crate) fn command() -> String {
    all_words().iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// The words of the command, by its name alone, without what does not belong to the result.
fn words(given: impl Iterator<Item = OsString>) -> Vec<String> {
    let mut words = vec!["sparring".to_string()];
    // Bytes that are no text become the character that stands for such.
    let mut given = given.map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = given.next() {
        let flag = word.split('=').next().unwrap_or_default();
        match CHANGED.iter().find(|(name, _)| *name == flag) {
            None => words.push(word),
            Some((_, kept)) => {
                if !matches!(kept, Kept::Dropped) && !word.contains('=') {
                    given.next();
                }
                if let Kept::As(value) = kept {
                    words.extend([flag.to_string(), (*value).to_string()]);
                }
            }
        }
    }
    words
}

/// The command on lines that fit a phone: words a shell would take apart are quoted, long lines go on after a backslash.
fn line(words: &[String]) -> String {
    const WIDTH: usize = 56;
    let (mut text, mut used) = (String::new(), 0);
    for word in words {
        let word = quoted(word);
        // A flag stays with its value.
        if used > 0 && used + word.len() > WIDTH && word.starts_with("--") {
            text.push_str(" \\\n   ");
            used = 3;
        }
        if used > 0 {
            text.push(' ');
        }
        used += word.len() + 1;
        text.push_str(&word);
    }
    text
}

/// A word as a POSIX shell reads it back; one with characters that cannot be seen as bash, zsh and ksh do.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    if !word.contains(is_hidden) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut text = String::from("$'");
    for c in word.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\'' | '\\' => text.extend(['\\', c]),
            c if is_hidden(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    text.push_str(&format!("\\x{byte:02x}"));
                }
            }
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(line: &[&str]) -> String {
        super::line(&words(line.iter().map(OsString::from)))
    }

    #[test]
    fn what_does_not_change_the_result_is_left_out() {
        let given =
            "train classifier --epochs 3 --out runs/a --threads=7 --json --activation leaky_relu(0.2)";
        let given: Vec<&str> = given.split(' ').collect();
        assert_eq!(again(&given), "sparring train classifier --epochs 3 --activation 'leaky_relu(0.2)'");
        let attack = ["attack", "a b", "--save", "x.safetensors", "--report=elsewhere/p.html", "--n", "5"];
        assert_eq!(again(&attack), "sparring attack 'a b' --report report.html --n 5");
    }

    #[test]
    fn flags_of_one_command_alone_are_left_out_with_their_values() {
        let given =
            ["--data", "my set", "--steps", "9", "--lowest=1e-5", "--seed=2"].map(String::from).to_vec();
        assert_eq!(without(given, &["--steps", "--lowest"]), ["--data", "my set", "--seed=2"]);
    }

    #[test]
    fn commands_survive_a_shell() {
        assert_eq!(again(&["leaky_relu(0.2)", "it's", ""]), r"sparring 'leaky_relu(0.2)' 'it'\''s' ''");
        assert_eq!(again(&["a\nb\u{1b}'c"]), r"sparring $'a\nb\x1b\'c'");
        let long = "x".repeat(80);
        assert!(again(&[long.as_str(), "--seed", "1"]).ends_with(" \\\n    --seed 1"));
    }

    #[test]
    fn a_shell_reads_back_what_was_given() {
        let words = [
            "plain",
            "two words",
            "it's",
            "$HOME `x` \"q\" \\",
            "a\nb\tc\u{7}\u{202e}",
            "",
            "ünï",
            "soft\u{ad}hyphen",
        ];
        let script = format!("printf '%s\\0' {}", words.map(quoted).join(" "));
        // Where there is no bash, the forms above stand alone.
        let Ok(out) = std::process::Command::new("bash").args(["-c", &script]).output() else { return };
        let back = String::from_utf8(out.stdout).unwrap();
        assert_eq!(back.split_terminator('\0').collect::<Vec<_>>(), words);
    }
}
