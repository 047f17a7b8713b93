//! Settings of a mixture's fit.

use crate::MetricsError;

/// Which covariances the Gaussians of a mixture may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CovarianceKind {
    /// A variance for each axis.
    Diagonal,
    /// A whole symmetric matrix.
    Full,
}

/// How a Gaussian mixture is fitted; the defaults are scikit-learn's, but for the number of components.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureConfig {
    /// Gaussians of the mixture.
    pub components: usize,
    /// Their covariances.
    pub covariance: CovarianceKind,
    /// Smallest variance in any direction, in squared units of the rows. It keeps a component from shrinking onto one row.
    pub floor: f64,
    /// Steps of EM at most.
    pub max_steps: usize,
    /// Ends the fit once a step changes the mean log-likelihood of a row by less.
    pub tolerance: f64,
}

impl Default for MixtureConfig {
    fn default() -> Self {
        Self {
            components: 10,
            covariance: CovarianceKind::Full,
            floor: 1e-6,
            max_steps: 100,
            tolerance: 1e-3,
        }
    }
}

impl MixtureConfig {
    /// Whether a mixture can be fitted so.
    ///
    /// # Errors
    /// No component, a floor that is not above 0, a tolerance below 0.
    ///
    /// ```
    /// use sparring_metrics::MixtureConfig;
    /// assert!(MixtureConfig::default().validate().is_ok());
    /// assert!(MixtureConfig { floor: 0.0, ..MixtureConfig::default() }.validate().is_err());
    /// ```
    pub fn validate(&self) -> Result<(), MetricsError> {
        let range = |what, must| Err(MetricsError::Range { what, must });
        if self.components == 0 {
            return range("components", "at least 1");
        }
        if !(self.floor > 0.0 && self.floor.is_finite()) {
            return range("floor", "above 0");
        }
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return range("tolerance", "at least 0");
        }
        Ok(())
    }
}
