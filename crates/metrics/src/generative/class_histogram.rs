//! Which classes generated samples are of.

use crate::MetricsError;
use crate::rows::check_labels;

/// Samples of each class, as a classifier names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassHistogram {
    counts: Vec<usize>,
}

impl ClassHistogram {
    /// Counts `labels`, each below `classes`.
    ///
    /// # Errors
    /// No sample, no class, or a label that is none.
    ///
    /// ```
    /// let found = sparring_metrics::ClassHistogram::of(&[0, 1, 1, 1], 2)?;
    /// assert_eq!((found.counts(), found.smallest_share()), (&[1, 3][..], 0.25));
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn of(labels: &[usize], classes: usize) -> Result<Self, MetricsError> {
        if labels.is_empty() {
            return Err(MetricsError::Empty);
        }
        check_labels(labels, labels.len(), classes)?;
        let mut counts = vec![0; classes];
        labels.iter().for_each(|&l| counts[l] += 1);
        Ok(Self { counts })
    }

    /// Samples of each class.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// Share of each class; they sum to 1.
    pub fn shares(&self) -> Vec<f64> {
        let n: usize = self.counts.iter().sum();
        self.counts.iter().map(|&c| c as f64 / n as f64).collect()
    }

    /// Share of the rarest class; 0 means that one is missing.
    pub fn smallest_share(&self) -> f64 {
        self.shares().into_iter().fold(1.0, f64::min)
    }

    /// −Σ p ln p in nats, in [0, ln classes].
    pub fn entropy(&self) -> f64 {
        self.shares().iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum::<f64>().max(0.0)
    }

    /// KL(p ‖ uniform) = ln classes − entropy, in nats: 0 if every class is as frequent.
    pub fn kl_to_uniform(&self) -> f64 {
        ((self.counts.len() as f64).ln() - self.entropy()).max(0.0)
    }
}
