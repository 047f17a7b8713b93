//! A classifier behind a purifier whose gradient cannot be had, or is of no use.

use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// Gives examples back without what an adversary added.
pub trait Purifier: Sync {
    /// Writes what it makes of `x` to `out`, as long as `x.data()`: of each example by itself, the same whenever it is asked.
    ///
    /// # Errors
    /// If the shapes do not fit or it fails.
    fn purify(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError>;
}

/// Logits C(P(x)), and the gradient of C at P(x) in the place of that at x: the purifier counts as the identity on the way back (BPDA).
///
/// For purifiers that have no gradient, or one of no use: a search, a rounding. Where the purifier is a network, the whole gradient (`sparring_models::purified`) is the stronger attack, and both are to be tried.
///
/// Source: Athalye, Carlini and Wagner 2018 (arXiv:1802.00420), section 4.1.
#[derive(Debug)]
pub struct BackwardIdentity<'a, P: ?Sized, C: ?Sized> {
    /// What comes first.
    pub purifier: &'a P,
    /// What judges the purified examples.
    pub classifier: &'a C,
}

impl<P: Purifier + ?Sized, C: Classifier + ?Sized> BackwardIdentity<'_, P, C> {
    fn purified(&self, x: &Batch<'_>) -> Result<Vec<f32>, OracleError> {
        let mut y = vec![0.0; x.data().len()];
        self.purifier.purify(*x, &mut y)?;
        let bounds = self.classifier.bounds();
        y.iter_mut().for_each(|v| *v = bounds.clip(*v));
        Ok(y)
    }
}

impl<P: Purifier + ?Sized, C: Classifier + ?Sized> Classifier for BackwardIdentity<'_, P, C> {
    fn shape(&self) -> [usize; 3] {
        self.classifier.shape()
    }
    fn classes(&self) -> usize {
        self.classifier.classes()
    }
    fn bounds(&self) -> Bounds {
        self.classifier.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        let y = self.purified(&x)?;
        self.classifier.logits(x.with_data(&y)?, out)
    }
}

impl<P: Purifier + ?Sized, C: Differentiable + ?Sized> Differentiable for BackwardIdentity<'_, P, C> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let y = self.purified(&x)?;
        self.classifier.pullback(x.with_data(&y)?, cotangent, grad)
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        let y = self.purified(&x)?;
        self.classifier.pullbacks(x.with_data(&y)?, k, cotangent, grads)
    }
}
