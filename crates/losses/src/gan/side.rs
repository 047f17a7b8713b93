//! Whose loss it is.

/// Whose loss is asked for, and about which example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Side {
    /// The critic's loss on a real example.
    Real,
    /// The critic's loss on a generated example.
    Fake,
    /// The generator's loss on its own example.
    Generator,
}
