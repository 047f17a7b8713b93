//! Counts what is asked of a model, and watches the gradients go by.

use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, FirstLayer, OracleError};
use std::sync::atomic::{AtomicU64, Ordering};

/// What has been asked of a model so far, in examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// Examples sent forward (a `k`-fold pull-back counts one forward).
    pub forwards: u64,
    /// Gradients returned.
    pub backwards: u64,
    /// Of those, gradients that were zero in every element.
    pub zero_gradients: u64,
    /// Of those, gradients with a NaN or an infinity.
    pub non_finite_gradients: u64,
}

impl std::ops::Add for Counts {
    type Output = Self;
    fn add(self, more: Self) -> Self {
        Self {
            forwards: self.forwards + more.forwards,
            backwards: self.backwards + more.backwards,
            zero_gradients: self.zero_gradients + more.zero_gradients,
            non_finite_gradients: self.non_finite_gradients + more.non_finite_gradients,
        }
    }
}

/// A model that counts; may be used by several threads at once.
///
/// ```
/// # use sparring_attacks::Counting;
/// # use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
/// # struct Mine;
/// # impl Classifier for Mine {
/// #     fn shape(&self) -> [usize; 3] { [1, 1, 2] }
/// #     fn classes(&self) -> usize { 2 }
/// #     fn bounds(&self) -> Bounds { Bounds::UNIT }
/// #     fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> { out.copy_from_slice(x.data()); Ok(()) }
/// # }
/// let counting = Counting::new(&Mine);
/// let x = Batch::new(&[0.1, 0.2, 0.3, 0.4], [1, 1, 2], &[0, 1])?;
/// counting.logits(x, &mut [0.0; 4])?;
/// assert_eq!(counting.counts().forwards, 2);
/// # Ok::<(), OracleError>(())
/// ```
#[derive(Debug, Default)]
pub struct Counting<M> {
    inner: M,
    forwards: AtomicU64,
    backwards: AtomicU64,
    zero: AtomicU64,
    non_finite: AtomicU64,
}

impl<M> Counting<M> {
    /// Starts at zero.
    pub fn new(inner: M) -> Self {
        let [forwards, backwards, zero, non_finite] = [(); 4].map(|()| AtomicU64::new(0));
        Self { inner, forwards, backwards, zero, non_finite }
    }
    /// The model.
    pub fn inner(&self) -> &M {
        &self.inner
    }
    /// What has been asked so far.
    pub fn counts(&self) -> Counts {
        // Sums of whole numbers: the order in which threads add does not matter.
        Counts {
            forwards: self.forwards.load(Ordering::Relaxed),
            backwards: self.backwards.load(Ordering::Relaxed),
            zero_gradients: self.zero.load(Ordering::Relaxed),
            non_finite_gradients: self.non_finite.load(Ordering::Relaxed),
        }
    }

    fn watch(&self, dim: usize, grads: &[f32]) {
        let (mut zero, mut non_finite) = (0, 0);
        for grad in grads.chunks_exact(dim.max(1)) {
            zero += u64::from(grad.iter().all(|g| *g == 0.0));
            non_finite += u64::from(grad.iter().any(|g| !g.is_finite()));
        }
        self.backwards.fetch_add((grads.len() / dim.max(1)) as u64, Ordering::Relaxed);
        self.zero.fetch_add(zero, Ordering::Relaxed);
        self.non_finite.fetch_add(non_finite, Ordering::Relaxed);
    }
}

impl<M: Classifier> Classifier for Counting<M> {
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
        self.forwards.fetch_add(x.len() as u64, Ordering::Relaxed);
        self.inner.logits(x, out)
    }
    fn first_layer(&self) -> Option<&dyn FirstLayer> {
        self.inner.first_layer().map(|_| self as &dyn FirstLayer)
    }
}

impl<M: Classifier> Counting<M> {
    fn first(&self) -> &dyn FirstLayer {
        self.inner.first_layer().expect("asked of models that have one")
    }
}

/// That of the model; logits from its outputs are counted as examples sent forward.
impl<M: Classifier> FirstLayer for Counting<M> {
    fn width(&self) -> usize {
        self.first().width()
    }
    fn max_changes(&self) -> usize {
        self.first().max_changes()
    }
    fn outputs(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.first().outputs(x, out)
    }
    fn change(&self, by: &[(usize, f32)], out: &mut [f32]) {
        self.first().change(by, out);
    }
    fn logits_from(&self, outputs: &[f32], out: &mut [f32]) -> Result<(), OracleError> {
        self.forwards.fetch_add((outputs.len() / self.width().max(1)) as u64, Ordering::Relaxed);
        self.first().logits_from(outputs, out)
    }
}

impl<M: Differentiable> Differentiable for Counting<M> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.forwards.fetch_add(x.len() as u64, Ordering::Relaxed);
        self.inner.pullback(x, cotangent, grad)?;
        self.watch(x.dim(), grad);
        Ok(())
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        self.forwards.fetch_add(x.len() as u64, Ordering::Relaxed);
        self.inner.pullbacks(x, k, cotangent, grads)?;
        self.watch(x.dim(), grads);
        Ok(())
    }
}
