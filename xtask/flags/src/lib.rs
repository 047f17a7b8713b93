//! The flags of the programs that are for us alone: `cargo xtask` and the workloads. Each is `--flag`, `--flag value` or
//! `--flag=value`; the programs' users read clap's.
#![forbid(unsafe_code)]

/// The words of a command line, read flag by flag.
#[derive(Clone, Debug)]
pub struct Flags<'a> {
    words: std::slice::Iter<'a, String>,
    flag: &'a str,
    inline: Option<&'a str>,
}

impl<'a> Flags<'a> {
    /// Before the first word.
    pub fn new(words: &'a [String]) -> Self {
        Self { words: words.iter(), flag: "", inline: None }
    }

    /// The next flag; nothing at the end.
    ///
    /// # Errors
    /// If the last flag was given a value that nobody asked for.
    pub fn next_flag(&mut self) -> Result<Option<&'a str>, String> {
        if let Some(value) = self.inline {
            return Err(format!("{} takes no value, got {value:?}", self.flag));
        }
        let Some(word) = self.words.next() else { return Ok(None) };
        (self.flag, self.inline) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (word.as_str(), None),
        };
        Ok(Some(self.flag))
    }

    /// Its value.
    ///
    /// # Errors
    /// If there is none: the end, nothing behind the `=`, or another flag.
    pub fn value(&mut self) -> Result<&'a str, String> {
        let value = self.inline.take().or_else(|| self.words.next().map(String::as_str));
        value
            .filter(|v| !v.is_empty() && !v.starts_with("--"))
            .ok_or_else(|| format!("{} lacks its value", self.flag))
    }

    /// Its value, which is a number above 0.
    ///
    /// # Errors
    /// If it is none.
    pub fn count(&mut self) -> Result<usize, String> {
        let text = self.value()?;
        let count = text.parse().ok().filter(|&n| n > 0);
        count.ok_or_else(|| format!("{}: {text:?} is no number above 0", self.flag))
    }

    /// The parts of its value, which are separated by commas.
    ///
    /// # Errors
    /// If it has no value.
    pub fn list(&mut self) -> Result<impl Iterator<Item = String> + use<'a>, String> {
        Ok(self.value()?.split(',').filter(|part| !part.is_empty()).map(str::to_string))
    }

    /// What is said of a flag that is not known.
    pub fn unknown(&self, usage: &str) -> String {
        format!("{:?} is no flag\n{usage}", self.flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_string).collect()
    }

    #[test]
    fn values_stand_behind_the_flag_or_in_it() {
        let words = words("--a 3 --b=x,,y --c");
        let mut flags = Flags::new(&words);
        assert_eq!(flags.next_flag(), Ok(Some("--a")));
        assert_eq!(flags.count(), Ok(3));
        assert_eq!(flags.next_flag(), Ok(Some("--b")));
        assert_eq!(flags.list().unwrap().collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(flags.next_flag(), Ok(Some("--c")));
        assert!(flags.unknown("usage").contains("--c"));
        assert_eq!(flags.next_flag(), Ok(None));
    }

    #[test]
    fn missing_and_stray_values_are_errors() {
        for text in ["--a", "--a=", "--a --b", "--a 0", "--a x"] {
            let words = words(text);
            let mut flags = Flags::new(&words);
            let _ = flags.next_flag();
            assert!(flags.count().unwrap_err().contains("--a"), "{text}");
        }
        let words = words("--a=1 --b");
        let mut flags = Flags::new(&words);
        assert_eq!(flags.next_flag(), Ok(Some("--a")));
        assert!(flags.next_flag().unwrap_err().contains("takes no value"));
    }
}
