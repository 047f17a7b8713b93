//! One step over the parts of a batch: each part on its own tape, gradients added in the order of the parts.

use rayon::prelude::*;
use sparring_autograd::{Grads, Tape, Var};
use sparring_datasets::{MiniBatch, Rows};
use sparring_tensor::{Array, par, team};
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// A part of a batch on its tape; what it borrows lives for `'d`, longer than the tape's variables.
#[derive(Debug)]
pub(crate) struct Part<'t, 'd> {
    pub(crate) tape: &'t Tape<f32>,
    pub(crate) range: Range<usize>,
    outlives: PhantomData<&'t &'d ()>,
}

/// Examples of a part. Fixed, so that the bits of a step depend on the batch alone, never on the threads: a measured
/// compromise between full kernels and balanced threads (docs/decisions/0001).
pub(crate) const PART: usize = 64;

/// What a part gives: its share of the loss, a count (of right answers, say), and numbers the loop averages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Sum of the losses over the batch size.
    pub(crate) loss: f64,
    /// Right answers.
    pub(crate) right: usize,
    /// Any other sum over examples.
    pub(crate) other: f64,
}

/// Idle tapes.
#[derive(Debug, Default)]
pub(crate) struct Tapes(Mutex<Vec<Tape<f32>>>);

/// A step whose loss is not finite: the loss and the first layer with such a value, in words; `None` where nobody has looked yet, or no layer has one.
#[derive(Debug)]
pub(crate) struct NonFinite {
    pub(crate) loss: f64,
    pub(crate) at: Option<String>,
}

impl Tapes {
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Tape<f32>) -> R) -> R {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tape = idle.unwrap_or_default();
        let out = f(&mut tape);
        tape.reset();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(tape);
        out
    }

    /// Gradients of the sum over all parts of the first result of `f`, a scalar.
    pub(crate) fn gradients<'d, F>(&self, n: usize, f: F) -> Result<(Tally, Grads<f32>), NonFinite>
    where
        F: for<'t> Fn(Part<'t, 'd>) -> (Var<'t, f32>, Tally) + Sync + 'd,
    {
        let parts: Vec<_> = ranges(n).collect();
        let one = |part: &Range<usize>| {
            self.with(|tape| {
                let (loss, tally) = f(Part { tape, range: part.clone(), outlives: PhantomData });
                let (root, tally) = (loss.id(), Tally { loss: f64::from(loss.item()), ..tally });
                if !tally.loss.is_finite() {
                    return Err(NonFinite { loss: tally.loss, at: None });
                }
                Ok((tally, tape.backward_and_reset(root, Array::scalar(1.0))))
            })
        };
        let done: Vec<_> =
            if parts.len() == 1 { vec![one(&parts[0])] } else { parts.par_iter().map(one).collect() };
        let mut all: Option<(Tally, Grads<f32>)> = None;
        for part in done {
            let (tally, grads) = part?;
            match &mut all {
                None => all = Some((tally, grads)),
                Some((sum, total)) => {
                    sum.loss += tally.loss;
                    sum.right += tally.right;
                    sum.other += tally.other;
                    total.merge(&grads);
                }
            }
        }
        Ok(all.expect("a batch holds at least one example"))
    }
}

/// `f` with as many threads of the team as the caller has, also inside `install` of a rayon pool, where kernels by themselves use one.
pub(crate) fn on_team<R>(f: impl FnOnce() -> R) -> R {
    team::with_threads(team::threads(), f)
}

/// Writes the pixels into the batch unless they are there, on all threads.
pub(crate) fn fill(batch: &mut MiniBatch, rows: Rows<'_>) {
    const ROWS: usize = 16;
    if !batch.x.is_empty() {
        return;
    }
    rows.fill_by(batch, |x, dim, row| {
        // A conversion costs about two additions.
        let work = 2 * x.len();
        par::for_each_chunk(x, ROWS * dim, work, |i, rows| {
            rows.chunks_exact_mut(dim).enumerate().for_each(|(j, x)| row(i * ROWS + j, x));
        });
    });
}

/// The parts of `n` examples.
pub(crate) fn ranges(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n.div_ceil(PART)).map(move |i| i * PART..n.min((i + 1) * PART))
}

/// `f` over the parts of `n` examples, results in order.
pub(crate) fn map_parts<R: Send>(n: usize, f: impl Fn(Range<usize>) -> R + Sync + Send) -> Vec<R> {
    let parts: Vec<_> = ranges(n).collect();
    parts.into_par_iter().map(f).collect()
}
