//! An attack spread over the threads, chunk by chunk.

use crate::{Attack, AttackError, Goal, Threat};
use rayon::prelude::*;
use sparring_oracle::Batch;
use sparring_seed::Key;
use std::sync::{Mutex, PoisonError};

/// What a thread does with the `i`-th chunk of the output.
pub type Chunk<'a> = &'a (dyn Fn(usize, &mut [f32]) + Sync);

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
    perturb_chunked_on(attack, model, x, goal, threat, key, out, chunk, &on_rayon)
}

/// As [`perturb_chunked`], on other threads: `threads(out, size, run)` calls `run(i, piece)` once for the `i`-th piece of `size` numbers of
/// `out` (the last may be shorter), in any order and anywhere, and returns when all calls have.
///
/// # Errors
/// As [`perturb_chunked`].
pub fn perturb_chunked_on<M, A>(
    attack: &A,
    model: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    threat: &Threat,
    key: Key,
    out: &mut [f32],
    chunk: usize,
    threads: &dyn Fn(&mut [f32], usize, Chunk<'_>),
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
    let failed: Mutex<Option<(usize, AttackError)>> = Mutex::new(None);
    threads(out, chunk * dim, &|i, out| {
        let range = i * chunk..n.min((i + 1) * chunk);
        if let Err(e) = attack.perturb(model, x.slice(range.clone()), goal.slice(range), threat, key, out) {
            // The first in the order of chunks, so that the same mistake always gives the same message.
            let mut first = failed.lock().unwrap_or_else(PoisonError::into_inner);
            if first.as_ref().is_none_or(|&(at, _)| i < at) {
                *first = Some((i, e));
            }
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, e)| Err(e))
}

/// The pieces of `out` on rayon's current pool.
pub(crate) fn on_rayon(out: &mut [f32], size: usize, run: Chunk<'_>) {
    // Each chunk by itself can go to a thread that is done before the others.
    out.par_chunks_mut(size).enumerate().with_max_len(1).for_each(|(i, piece)| run(i, piece));
}
