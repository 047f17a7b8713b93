//! How a program ended, and what it said.

use crate::printed::{last_json, shortened};

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code, if no signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Standard output, if it was kept.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// Most megabytes resident.
    pub mb: u64,
    /// Most threads.
    pub threads: u64,
    /// Seconds of processor time.
    pub cpu: f64,
    /// Why it was ended from here.
    pub stopped: Option<&'static str>,
}

impl Ended {
    /// The reason on standard error, else its last line, else that of standard output.
    pub fn last(&self) -> &str {
        let reason = |line: &&str| line.starts_with("sparring: ") || line.starts_with("error: ");
        let last = |text| str::lines(text).rev().find(|line| !line.trim().is_empty());
        let told = self.err.lines().rev().find(reason).or_else(|| last(&self.err));
        told.or_else(|| last(&self.out)).unwrap_or("no word")
    }

    /// How it ended, on one short line.
    pub fn brief(&self) -> String {
        let how = match (self.stopped, self.code, self.signal) {
            (Some(why), _, _) => format!("{why} ({} MB, {} threads)", self.mb, self.threads),
            (None, Some(code), _) => format!("exit {code}"),
            (None, None, Some(signal)) => format!("signal {signal} ({} MB)", self.mb),
            (None, None, None) => "lost".into(),
        };
        format!("{how}, {:?}", shortened(self.last()))
    }

    /// The JSON of the last line of standard output.
    ///
    /// # Errors
    /// If it did not end with 0, or the line is no JSON.
    pub fn object(&self) -> Result<serde_json::Value, String> {
        if self.code != Some(0) {
            return Err(self.brief());
        }
        last_json(&self.out)
    }

    /// Whether it refused the work: exit 1 or 2 with a reason, and no panic or abort.
    pub fn refused(&self) -> bool {
        matches!(self.code, Some(1 | 2)) && !self.err.trim().is_empty() && !self.err.contains("panicked")
    }

    /// Whether standard error holds one of these words, in any case.
    pub fn says(&self, words: &[&str]) -> bool {
        let text = self.err.to_lowercase();
        words.iter().any(|word| text.contains(&word.to_lowercase()))
    }
}
