//! Charts as SVG: plain data in, a string out.
//!
//! Colours are CSS variables with a light and a dark set, so a chart follows the reader's preference wherever it stands.

mod axis;
mod bar;
mod chart;
#[cfg(test)]
mod chart_test;
mod count_matrix;
mod decimate;
mod frame;
mod guides;
mod ink;
mod legend;
mod line;
mod marker;
mod scale;
mod scatter;
mod size;
mod tick_label;
mod ticks;

pub use axis::{Axis, AxisRange, Ticks};
pub use bar::{BarChart, BarSeries};
pub use chart::Chart;
pub use count_matrix::CountMatrix;
#[cfg(test)]
pub(crate) use count_matrix::FULLEST;
pub use guides::{HorizontalLine, VerticalLine};
pub use line::{LineChart, Series};
pub use marker::Stroke;
pub use scale::Scale;
pub use scatter::{PointGroup, ScatterChart, Units};
pub use size::Size;
pub use tick_label::TickFormat;
pub use ticks::{linear_ticks, log_ticks, whole_ticks};

/// Colours and text of every chart; a page holds it once, a standalone SVG brings its own.
pub(crate) const STYLE: &str = include_str!("chart.css");
