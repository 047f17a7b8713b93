//! An attack spread over the threads, chunk by chunk.

use crate::{Attack, AttackError, Goal, Threat};
use rayon::prelude::*;
use sparring_oracle::Batch;
use sparring_seed::Key;

/// As [`Attack::perturb`], with chunks of at most `chunk` examples running side by side on rayon's current pool.
///
/// The bits of `out` depend neither on `chunk` nor on the threads.
///
/// # Errors
/// As [`Attack::perturb`] (of several failing chunks, the first speaks), and if `chunk` is 0 or lengths differ.
pub fn perturb_chunked<M, A>(
    attack: &A,
    model: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    threat: &Threat,
    key: Key,
    out: &mut [f32],
    chunk: usize,
) -> Result<(), AttackError>
where
    M: Sync + ?Sized,
    A: Attack<M> + Sync + ?Sized,
{
    over_chunks(attack, model, x, goal, threat, key, out, chunk, &|_| ())
}

/// The same, telling `done` how many examples each finished chunk held.
pub(crate) fn over_chunks<M, A>(
    attack: &A,
    model: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    threat: &Threat,
    key: Key,
    out: &mut [f32],
    chunk: usize,
    done: &(dyn Fn(usize) + Sync),
) -> Result<(), AttackError>
where
    M: Sync + ?Sized,
    A: Attack<M> + Sync + ?Sized,
{
    let (n, dim) = (x.len(), x.dim());
    if chunk == 0 {
        return Err(AttackError::Parameter {
            of: "perturb_chunked",
            parameter: "chunk",
            value: "0".into(),
            need: "at least 1 example",
        });
    }
    for (what, expected, got) in
        [("labels", n, goal.classes().len()), ("numbers of the output", n * dim, out.len())]
    {
        if expected != got {
            return Err(AttackError::Length { what, expected, got });
        }
    }
    // As many to each thread, so that none waits at the end for another's last chunk.
    let chunks = n.div_ceil(chunk).next_multiple_of(rayon::current_num_threads()).clamp(1, n.max(1));
    let chunk = n.div_ceil(chunks).max(1);
    let outcomes: Vec<Result<(), AttackError>> = out
        .par_chunks_mut(chunk * dim)
        .enumerate()
        // Each chunk by itself can go to a thread that is done before the others.
        .with_max_len(1)
        .map(|(c, out)| {
            let range = c * chunk..n.min((c + 1) * chunk);
            let size = range.len();
            attack.perturb(model, x.slice(range.clone()), goal.slice(range), threat, key, out)?;
            done(size);
            Ok(())
        })
        .collect();
    // In order of the chunks, so that the same mistake always gives the same message.
    outcomes.into_iter().collect()
}
