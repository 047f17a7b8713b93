//! A model that takes few examples at once.

use super::cotangent::filled;
use crate::AttackError;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// Sends a batch on in pieces, for a model that has room for so many examples only (an imported graph with a fixed batch, a remote service).
#[derive(Clone, Debug)]
pub struct Chunked<M> {
    inner: M,
    examples: usize,
}

impl<M: Classifier> Chunked<M> {
    /// At most `examples` at once.
    ///
    /// # Errors
    /// If that is 0.
    pub fn new(inner: M, examples: usize) -> Result<Self, AttackError> {
        if examples > 0 {
            return Ok(Self { inner, examples });
        }
        let (of, parameter, value) = ("chunked", "examples", examples.to_string());
        Err(AttackError::Parameter { of, parameter, value, need: "at least 1" })
    }

    /// Each piece of the batch with its piece of the output, of `width` numbers an example.
    fn pieces<'b>(
        &self,
        x: Batch<'b>,
        width: usize,
        out: &'b mut [f32],
    ) -> Result<impl Iterator<Item = (std::ops::Range<usize>, Batch<'b>, &'b mut [f32])>, OracleError> {
        let (n, most) = (x.len(), self.examples);
        if out.len() != n * width {
            return Err(OracleError::Shape(format!(
                "{} numbers of output for {n} examples of {width}",
                out.len()
            )));
        }
        Ok(out.chunks_mut(most.saturating_mul(width).max(1)).enumerate().map(move |(i, out)| {
            let range = i * most..n.min((i + 1) * most);
            (range.clone(), x.slice(range), out)
        }))
    }
}

impl<M: Classifier> Classifier for Chunked<M> {
    fn shape(&self) -> [usize; 3] {
        self.inner.shape()
    }
    fn classes(&self) -> usize {
        self.inner.classes()
    }
    fn bounds(&self) -> Bounds {
        self.inner.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.pieces(x, self.classes(), out)?.try_for_each(|(_, x, out)| self.inner.logits(x, out))
    }
}

impl<M: Differentiable> Differentiable for Chunked<M> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        // The cotangent is asked once, for all logits, which are there only after every piece has gone forward.
        let (dz, classes) = (filled(self, x, cotangent)?, self.classes());
        self.pieces(x, x.dim(), grad)?.try_for_each(|(range, x, grad)| {
            let dz = &dz[range.start * classes..range.end * classes];
            self.inner.pullback(x, &mut |_, d| d.copy_from_slice(dz), grad)
        })
    }
}
