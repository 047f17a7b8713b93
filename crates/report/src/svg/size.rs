//! The shape a chart is laid out for.

/// The shape a chart is laid out for; both scale with their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// As wide as a page of text.
    #[default]
    Wide,
    /// Half a page, or a phone: same letters, fewer ticks.
    Compact,
}

impl Size {
    /// Width and height of the view box.
    pub(super) fn pixels(self) -> (f64, f64) {
        match self {
            Self::Wide => (820.0, 420.0),
            Self::Compact => (410.0, 330.0),
        }
    }

    /// About how many ticks fit across and up.
    pub(super) fn ticks(self) -> (usize, usize) {
        match self {
            Self::Wide => (8, 5),
            Self::Compact => (5, 5),
        }
    }
}
