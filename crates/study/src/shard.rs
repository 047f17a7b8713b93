//! Which cells of a whole one process works on.

use crate::StudyError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// More shards than this are a slip.
const MOST: usize = 1_000_000;

/// Shard `index` of `count`, from 0: the cells whose position leaves `index` when divided by `count`.
///
/// ```
/// use sparring_study::Shard;
/// let shard: Shard = "1/3".parse()?;
/// assert_eq!((0..8).filter(|&k| shard.has(k)).collect::<Vec<_>>(), [1, 4, 7]);
/// assert!("3/3".parse::<Shard>().unwrap_err().to_string().contains("0 to 2"));
/// # Ok::<(), sparring_study::StudyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 0.
    pub index: usize,
    /// Of how many.
    pub count: usize,
}

impl Shard {
    /// The only one: all cells.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// # Errors
    /// [`StudyError::Shard`] unless `index < count` and `count` is 1 to a million.
    pub fn new(index: usize, count: usize) -> Result<Self, StudyError> {
        if count == 0 || count > MOST {
            return Err(StudyError::Shard(format!("{count} shards: there are 1 to {MOST}")));
        }
        if index >= count {
            let what =
                format!("shard {index}/{count}: counted from 0, the {count} shards are 0 to {}", count - 1);
            return Err(StudyError::Shard(what));
        }
        Ok(Self { index, count })
    }
    /// Whether the cell at this position is one of its own.
    pub fn has(self, position: usize) -> bool {
        position % self.count == self.index
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = StudyError;

    fn from_str(text: &str) -> Result<Self, StudyError> {
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let parts = text.split_once('/').and_then(|(i, n)| Some((number(i)?, number(n)?)));
        let (index, count) = parts.ok_or_else(|| {
            StudyError::Shard("must be index/count, counted from 0, as in 0/4 to 3/4".to_string())
        })?;
        Self::new(index, count)
    }
}
