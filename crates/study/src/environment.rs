//! The shard of a process that a scheduler started: from the variables of a Slurm array, a Kubernetes Indexed Job or MPI.

use crate::{Shard, StudyError};

const ID: &str = "SLURM_ARRAY_TASK_ID";
const COUNT: &str = "SLURM_ARRAY_TASK_COUNT";
const MIN: &str = "SLURM_ARRAY_TASK_MIN";
const MAX: &str = "SLURM_ARRAY_TASK_MAX";
const STEP: &str = "SLURM_ARRAY_TASK_STEP";
const INDEX: &str = "JOB_COMPLETION_INDEX";
const COMPLETIONS: &str = "JOB_COMPLETIONS";
const RANK: &str = "OMPI_COMM_WORLD_RANK";
const SIZE: &str = "OMPI_COMM_WORLD_SIZE";

const WAY_OUT: &str = "say which with --shard index/count";

/// What one scheduler says: the shard, and the variables it is from.
type Said = (Shard, String);

/// The variables, by whoever reads them, and how many shards a flag says there are.
struct Variables<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    count: Option<usize>,
}

impl Variables<'_> {
    /// A whole number; `None` if the variable is not set.
    fn number(&self, name: &str) -> Result<Option<usize>, StudyError> {
        let Some(text) = (self.read)(name) else { return Ok(None) };
        match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(StudyError::Shard(format!(
                "{name}=`{text}` is not a whole number; unset it, or {WAY_OUT}"
            ))),
        }
    }
    /// Index and count of two variables, the second of which a flag may stand in for.
    fn pair(&self, index: &str, count: &str) -> Result<Option<(usize, usize, String)>, StudyError> {
        let (i, n) = (self.number(index)?, self.number(count)?);
        let refused = |what: String| Err(StudyError::Shard(format!("{what}; {WAY_OUT}")));
        match (i, n, self.count) {
            (None, None, _) => Ok(None),
            (None, Some(n), _) => refused(format!("{count}={n} is set, but {index} is not")),
            (Some(i), None, None) => {
                refused(format!("{index}={i} is set, but {count} is not: set it, or give --shards"))
            }
            (Some(i), Some(n), Some(asked)) if n != asked => {
                refused(format!("{index}={i} and {count}={n}, but --shards {asked}"))
            }
            (Some(i), Some(n), _) => Ok(Some((i, n, format!("{index}={i}, {count}={n}")))),
            (Some(i), None, Some(n)) => Ok(Some((i, n, format!("{index}={i}, --shards {n}")))),
        }
    }
    /// A shard of such a pair.
    fn shard(&self, index: &str, count: &str) -> Result<Option<Said>, StudyError> {
        let Some((i, n, from)) = self.pair(index, count)? else { return Ok(None) };
        let shard = Shard::new(i, n).map_err(|e| StudyError::Shard(format!("{from}: {e}; {WAY_OUT}")))?;
        Ok(Some((shard, from)))
    }
    /// That of an array, whose ids may begin anywhere and keep a distance: `--array=1-16:5`.
    fn slurm(&self) -> Result<Option<Said>, StudyError> {
        let Some((id, n, mut from)) = self.pair(ID, COUNT)? else { return Ok(None) };
        let (min, step) = (self.number(MIN)?.unwrap_or(0), self.number(STEP)?.unwrap_or(1));
        if min != 0 || step != 1 {
            from = format!("{from}, {MIN}={min}, {STEP}={step}");
        }
        let refused = |why: &str| Err(StudyError::Shard(format!("{from}: {why}; {WAY_OUT}")));
        if step == 0 || id < min || !(id - min).is_multiple_of(step) {
            return refused("the id is none of the array's");
        }
        if let Some(max) = self.number(MAX)?
            && (max < min || (max - min) / step + 1 != n)
        {
            return refused(&format!("{MAX}={max}: the array has gaps, or is only a piece of one"));
        }
        match Shard::new((id - min) / step, n) {
            Ok(shard) => Ok(Some((shard, from))),
            Err(_) => refused("the id is beyond the array"),
        }
    }
}

/// The shard that the environment's variables give this process, and which they were in words; `None` where no scheduler set any. `count` is the
/// number of shards where a flag says it: a Kubernetes Indexed Job tells its pods their index alone.
///
/// | scheduler | index | count |
/// |---|---|---|
/// | Slurm array | (`SLURM_ARRAY_TASK_ID` - `SLURM_ARRAY_TASK_MIN`) / `SLURM_ARRAY_TASK_STEP` | `SLURM_ARRAY_TASK_COUNT` |
/// | Kubernetes Indexed Job | `JOB_COMPLETION_INDEX` | `JOB_COMPLETIONS`, or `count` |
/// | Open MPI | `OMPI_COMM_WORLD_RANK` | `OMPI_COMM_WORLD_SIZE` |
///
/// # Errors
/// [`StudyError::Shard`] that names the variables: one that is no number, one without the other, an index beyond the count, an array with gaps, or two
/// schedulers that say different things.
pub fn shard_of_environment(
    read: &dyn Fn(&str) -> Option<String>,
    count: Option<usize>,
) -> Result<Option<(Shard, String)>, StudyError> {
    let variables = Variables { read, count };
    let said = [variables.slurm()?, variables.shard(INDEX, COMPLETIONS)?, variables.shard(RANK, SIZE)?];
    let mut said = said.into_iter().flatten();
    let Some((shard, from)) = said.next() else { return Ok(None) };
    match said.find(|(other, _)| *other != shard) {
        None => Ok(Some((shard, from))),
        Some((other, others)) => {
            let what =
                format!("{from} say shard {shard}, {others} say {other}; unset the wrong ones, or {WAY_OUT}");
            Err(StudyError::Shard(what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, count: Option<usize>) -> Result<Option<Shard>, String> {
        let words: Vec<(&str, &str)> = text.split_whitespace().filter_map(|w| w.split_once('=')).collect();
        let long = |name: &str| match name.strip_prefix("SLURM_ARRAY_TASK_") {
            Some(short) => short.to_string(),
            None => name.to_string(),
        };
        let read = |name: &str| words.iter().find(|(n, _)| *n == long(name)).map(|(_, v)| v.to_string());
        let found = shard_of_environment(&read, count).map_err(|e| e.to_string())?;
        Ok(found.map(|(shard, _)| shard))
    }

    #[test]
    fn schedulers_say_which() {
        let shard = |index, count| Ok(Some(Shard { index, count }));
        assert_eq!(of("", None), Ok(None));
        assert_eq!(of("", Some(4)), Ok(None));
        assert_eq!(of("ID=3 COUNT=8", None), shard(3, 8));
        assert_eq!(of("ID=1 COUNT=8 MIN=1 MAX=8 STEP=1", None), shard(0, 8));
        assert_eq!(of("ID=16 COUNT=4 MIN=1 MAX=16 STEP=5", None), shard(3, 4));
        assert_eq!(of("JOB_COMPLETION_INDEX=0", Some(2)), shard(0, 2));
        assert_eq!(of("JOB_COMPLETION_INDEX=1 JOB_COMPLETIONS=2", None), shard(1, 2));
        assert_eq!(of("OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=5", None), shard(4, 5));
        assert_eq!(of("ID=2 COUNT=5 OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=5", None), shard(2, 5));
    }

    #[test]
    fn nonsense_is_named() {
        for (variables, count, named) in [
            ("ID=3", None, &["SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_COUNT"][..]),
            ("COUNT=3", None, &["SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_ID"]),
            ("ID=x COUNT=3", None, &["SLURM_ARRAY_TASK_ID=`x`"]),
            ("ID= COUNT=3", None, &["SLURM_ARRAY_TASK_ID=``"]),
            ("ID=-1 COUNT=3", None, &["SLURM_ARRAY_TASK_ID=`-1`"]),
            ("ID=3 COUNT=3", None, &["SLURM_ARRAY_TASK_ID=3", "beyond"]),
            ("ID=0 COUNT=3 MIN=1", None, &["SLURM_ARRAY_TASK_MIN=1", "none of the array's"]),
            ("ID=2 COUNT=3 MIN=1 STEP=2", None, &["SLURM_ARRAY_TASK_STEP=2"]),
            ("ID=9 COUNT=3 MIN=1 MAX=9", None, &["SLURM_ARRAY_TASK_MAX=9", "gaps"]),
            ("ID=0 COUNT=0", None, &["SLURM_ARRAY_TASK_COUNT=0"]),
            ("ID=0 COUNT=3", Some(4), &["SLURM_ARRAY_TASK_COUNT=3", "--shards 4"]),
            ("JOB_COMPLETION_INDEX=1", None, &["JOB_COMPLETION_INDEX=1", "JOB_COMPLETIONS", "--shards"]),
            ("JOB_COMPLETION_INDEX=2", Some(2), &["JOB_COMPLETION_INDEX=2", "0 to 1"]),
            ("OMPI_COMM_WORLD_SIZE=2", None, &["OMPI_COMM_WORLD_RANK"]),
            (
                "ID=0 COUNT=3 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3",
                None,
                &["SLURM_ARRAY_TASK_ID=0", "OMPI_COMM_WORLD_RANK=1"],
            ),
            ("ID=0 COUNT=3 JOB_COMPLETION_INDEX=0", None, &["JOB_COMPLETION_INDEX"]),
        ] {
            let told = of(variables, count).unwrap_err();
            assert!(
                named.iter().all(|word| told.contains(word)) && told.contains("--shard "),
                "{variables}: {told}"
            );
        }
    }
}
