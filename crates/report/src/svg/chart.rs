//! Any chart, in either size, alone or on a page.

use super::STYLE;
use super::bar::BarChart;
use super::count_matrix::CountMatrix;
use super::line::LineChart;
use super::scatter::ScatterChart;
use super::size::Size;

/// A chart of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// Curves.
    Line(LineChart),
    /// Grouped bars.
    Bar(BarChart),
    /// Counts of pairs.
    Matrix(CountMatrix),
    /// Points of groups.
    Scatter(ScatterChart),
}

impl Chart {
    /// The chart as an SVG file that needs nothing else.
    ///
    /// ```
    /// use sparring_report::svg::{Chart, LineChart, Series, Size};
    /// let chart = LineChart { series: vec![Series::new("loss", [(0.0, 2.3), (1.0, 0.4)])], ..LineChart::default() };
    /// let svg = Chart::Line(chart).to_svg(Size::Wide);
    /// assert!(svg.starts_with("<svg xmlns=") && svg.contains("prefers-color-scheme"));
    /// ```
    pub fn to_svg(&self, size: Size) -> String {
        let mut out = String::new();
        self.draw(size, &mut out);
        // The style goes right behind the opening tag, before anything it styles.
        let head = out.find('>').map_or(0, |at| at + 1);
        out.insert_str(head, &format!("<style>{STYLE}.chart{{background:var(--chart-back)}}</style>"));
        out
    }

    /// Appends the bare element, for a page that holds [`STYLE`] itself.
    pub(crate) fn draw(&self, size: Size, out: &mut String) {
        match self {
            Self::Line(chart) => chart.draw(size, out),
            Self::Bar(chart) => chart.draw(size, out),
            Self::Matrix(chart) => chart.draw(size, out),
            Self::Scatter(chart) => chart.draw(size, out),
        }
    }
}
