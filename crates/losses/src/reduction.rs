//! How the elements of one row become one number.

/// How the elements of one row become the loss of that row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum RowReduction {
    /// Mean over the elements: the mean over rows is then PyTorch's `reduction="mean"`.
    #[default]
    Mean,
    /// Sum over the elements: what a likelihood (the reconstruction term of a VAE) needs.
    Sum,
}

impl RowReduction {
    /// Factor on the sum over `n` elements: 1/n or 1. An empty row has mean NaN, as in PyTorch.
    #[inline]
    pub fn weight(self, n: usize) -> f64 {
        match self {
            Self::Mean => 1.0 / n as f64,
            Self::Sum => 1.0,
        }
    }
}
