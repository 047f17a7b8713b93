//! Straight lines to compare with.

/// A constant to compare with, drawn over the full width without markers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HorizontalLine {
    /// Name in the legend; empty for none.
    pub name: String,
    /// Where it stands; not drawn if the axis has no place for it.
    pub y: f64,
    /// Colour; `None` takes the place behind the series.
    pub slot: Option<usize>,
}

/// A place on the horizontal axis that is worth knowing: where a phase began, what a model was trained for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VerticalLine {
    /// Where it stands; not drawn if the axis does not reach it.
    pub x: f64,
    /// Written above the data.
    pub label: String,
}
