//! How much a file may ask for.

/// How much a file may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest unpacked file in bytes, header included.
    pub bytes: u64,
}

impl Default for Limits {
    /// 1 GiB.
    fn default() -> Self {
        Self { bytes: 1 << 30 }
    }
}
