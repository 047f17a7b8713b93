//! Points of several groups in a plane.

use super::axis::{Axis, AxisRange, Ends, Ruler};
use super::frame::{self, Bottom, Data, Plot, Surroundings};
use super::ink::{Anchor, fitted, num, text, width};
use super::marker::{COLOURS, colour};
use super::scale::Scale;
use super::size::Size;

/// Points of one colour.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PointGroup {
    /// Name, written at the mean of the points; empty for none.
    pub name: String,
    /// (x, y); a NaN or infinity is left out.
    pub points: Vec<(f64, f64)>,
    /// Colour; `None` takes the place in the chart. From the ninth on colours come again, as rings.
    pub slot: Option<usize>,
}

/// How the units of both axes compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Units {
    /// Each axis fills the picture with its own numbers.
    #[default]
    Free,
    /// A unit is as long on both axes: a circle is a circle. One of the ranges is widened for it, a fixed one too; where an axis is logarithmic, or nothing varies along one, as `Free`.
    Equal,
}

/// Groups of points over a common pair of axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScatterChart {
    /// Heading inside the picture; empty for none.
    pub title: String,
    /// Read to those who cannot see the picture; a summary of the groups follows by itself.
    pub description: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// How long a unit is on either axis.
    pub units: Units,
    /// The groups, later ones above earlier ones.
    pub groups: Vec<PointGroup>,
}

impl ScatterChart {
    /// Appends the chart as an `<svg>` element.
    pub(super) fn draw(&self, size: Size, out: &mut String) {
        let (axes, description) = (self.axes(size), self.described());
        let (plot, [x, y]) = self.frame(size, &axes, &description, out);
        for (i, group) in self.groups.iter().enumerate() {
            let slot = group.slot.unwrap_or(i);
            self.dots(group, &format!("dots\" stroke=\"{}", colour(slot)), (&plot, &x, &y), out);
            if slot >= COLOURS {
                self.dots(group, "holes", (&plot, &x, &y), out);
            }
        }
        for group in self.groups.iter().filter(|g| !g.name.is_empty()) {
            self.name(group, (&plot, &x, &y), out);
        }
        out.push_str("</svg>");
    }

    /// The axes, with ranges of equal units where that is wanted.
    fn axes(&self, size: Size) -> [Axis; 2] {
        let mut axes = [self.x.clone(), self.y.clone()];
        let points = || self.groups.iter().flat_map(|g| &g.points).filter(|p| self.draws(p));
        let varies = |of: fn(&(f64, f64)) -> f64| {
            let mut values = points().map(of);
            let first = values.next();
            values.any(|v| Some(v) != first)
        };
        // An axis along which nothing varies has no unit of its own.
        let is_plane =
            axes.iter().all(|axis| axis.scale == Scale::Linear) && varies(|p| p.0) && varies(|p| p.1);
        if self.units == Units::Free || !is_plane {
            return axes;
        }
        let (mut plot, rulers) = self.frame(size, &axes, "", &mut String::new());
        let ranges = rulers.map(|ruler| ruler.ends());
        // The plot is as wide as the labels of the ticks leave it, and those follow from its width: laid out until that stands.
        for _ in 0..4 {
            let pixels = [plot.width, plot.height];
            let unit = |i: usize| (ranges[i].1 - ranges[i].0) / pixels[i];
            let longest = unit(0).max(unit(1));
            for (i, axis) in axes.iter_mut().enumerate() {
                let (middle, half) = (0.5 * (ranges[i].0 + ranges[i].1), 0.5 * longest * pixels[i]);
                axis.range = AxisRange::Fixed(middle - half, middle + half);
            }
            let width = plot.width;
            plot = self.frame(size, &axes, "", &mut String::new()).0;
            if plot.width == width {
                break;
            }
        }
        axes
    }

    /// Appends what stands around the points; where they go.
    fn frame(
        &self,
        size: Size,
        [x, y]: &[Axis; 2],
        description: &str,
        out: &mut String,
    ) -> (Plot, [Ruler; 2]) {
        let points = || self.groups.iter().flat_map(|g| &g.points).filter(|p| self.draws(p));
        let (across, up) = size.ticks();
        let (over_x, over_y) = (
            x.over(points().map(|p| p.0), across, Ends::Ticks),
            y.over(points().map(|p| p.1), up, Ends::Ticks),
        );
        let around = Surroundings {
            title: &self.title,
            description,
            x_label: &x.label,
            y_label: &y.label,
            legend: &[],
            vertical: &[],
            data: if points().next().is_some() { Data::Some } else { Data::None },
        };
        let plot = frame::draw(size, &around, &Bottom::Ruler(&over_x), &over_y, out);
        (plot, [over_x, over_y])
    }

    fn draws(&self, p: &(f64, f64)) -> bool {
        self.x.draws(p.0) && self.y.draws(p.1)
    }

    /// Points that the axes show, in the units of the view box.
    fn placed(&self, group: &PointGroup, (plot, x, y): (&Plot, &Ruler, &Ruler)) -> Vec<(f64, f64)> {
        let shown = group.points.iter().filter(|p| self.draws(p) && x.shows(p.0) && y.shows(p.1));
        let at =
            |p: &(f64, f64)| (plot.x(x.place(p.0).clamp(0.0, 1.0)), plot.y(y.place(p.1).clamp(0.0, 1.0)));
        shown.map(at).collect()
    }

    /// All points of a group as one path: lines of length 0 with round ends.
    fn dots(&self, group: &PointGroup, class: &str, place: (&Plot, &Ruler, &Ruler), out: &mut String) {
        let placed = self.placed(group, place);
        if placed.is_empty() {
            return;
        }
        out.push_str("<path class=\"");
        out.push_str(class);
        out.push_str("\" d=\"");
        for (x, y) in placed {
            out.push('M');
            num(x, out);
            out.push(' ');
            num(y, out);
            out.push_str("h0");
        }
        out.push_str("\"/>");
    }

    fn name(&self, group: &PointGroup, place: (&Plot, &Ruler, &Ruler), out: &mut String) {
        const SIZE: f64 = 13.0;
        let placed = self.placed(group, place);
        let (plot, n) = (place.0, placed.len() as f64);
        if placed.is_empty() {
            return;
        }
        let name = fitted(&group.name, SIZE, plot.width / 3.0);
        let half = width(&name, SIZE) / 2.0;
        let x = placed.iter().map(|p| p.0).sum::<f64>() / n;
        let y = placed.iter().map(|p| p.1).sum::<f64>() / n;
        let x = x.clamp(plot.left + half, (plot.x(1.0) - half).max(plot.left + half));
        text(x, (y + 4.5).clamp(plot.top + SIZE, plot.y(0.0)), Anchor::Middle, "label", &name, out);
    }

    fn described(&self) -> String {
        let mut said = self.description.clone();
        for group in &self.groups {
            let points: Vec<_> = group.points.iter().filter(|p| self.draws(p)).collect();
            let n = points.len() as f64;
            if !said.is_empty() {
                said.push(' ');
            }
            let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(|p| of(p) / n).sum::<f64>();
            said.push_str(&match points.is_empty() {
                true => format!("{}: no points.", group.name),
                false => format!(
                    "{}: {} points around {}, {}.",
                    group.name,
                    points.len(),
                    self.x.format.value(mean(|p| p.0)),
                    self.y.format.value(mean(|p| p.1))
                ),
            });
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::balance;
    use crate::svg::{Chart, TickFormat};

    #[test]
    fn equal_units_keep_a_square_square() {
        let corners = vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)];
        let groups = vec![PointGroup { points: corners, ..PointGroup::default() }];
        let sides = |units, size| {
            // Labels of ticks that are wider for the widened axis.
            let y = Axis { format: TickFormat::Percent, ..Axis::default() };
            let chart = ScatterChart { groups: groups.clone(), units, y, ..ScatterChart::default() };
            let svg = Chart::Scatter(chart).to_svg(size);
            balance::check(&svg).unwrap();
            let path = svg.split("class=\"dots\"").nth(1).unwrap().split(" d=\"").nth(1).unwrap();
            let dots: Vec<Vec<f64>> = path.split('"').next().unwrap()[1..]
                .split('M')
                .map(|dot| dot.trim_end_matches("h0").split(' ').map(|v| v.parse().unwrap()).collect())
                .collect();
            [dots[1][0] - dots[0][0], dots[0][1] - dots[2][1]]
        };
        for size in [Size::Wide, Size::Compact] {
            let [across, up] = sides(Units::Equal, size);
            assert!((across - up).abs() < 2e-3 * up && up > 150.0, "{across} {up}");
        }
        // Nothing varies up: across fills the picture as ever.
        let line = vec![PointGroup { points: vec![(0.0, 0.0), (0.1, 0.0)], ..PointGroup::default() }];
        let drawn = |units| {
            Chart::Scatter(ScatterChart { groups: line.clone(), units, ..ScatterChart::default() })
                .to_svg(Size::Wide)
        };
        assert_eq!(drawn(Units::Equal), drawn(Units::Free));
        let [across, up] = sides(Units::Free, Size::Wide);
        assert!(across > 1.5 * up, "{across} {up}");
    }

    #[test]
    fn every_point_is_a_dot_and_every_group_has_its_name_at_its_middle() {
        let group = |name: &str, points: &[(f64, f64)]| PointGroup {
            name: name.into(),
            points: points.to_vec(),
            ..PointGroup::default()
        };
        let mut chart = ScatterChart {
            groups: vec![
                group("ones", &[(0.0, 0.0), (2.0, 0.0), (f64::NAN, 1.0)]),
                group("<b>", &[(0.0, 4.0), (1.0, 4.0)]),
            ],
            ..ScatterChart::default()
        };
        let svg = Chart::Scatter(chart.clone()).to_svg(Size::Wide);
        balance::check(&svg).unwrap();
        assert_eq!(svg.matches("h0").count(), 4);
        assert!(svg.contains("&lt;b&gt;") && svg.contains("ones: 2 points around 1, 0."), "{svg}");
        let path = svg.split("class=\"dots\"").nth(1).unwrap();
        let numbers: Vec<f64> = path
            .split(" d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .split(['M', ' ', 'h'])
            .filter_map(|n| n.parse().ok())
            .collect();
        let [x0, y0, _, x1, y1, _] = numbers[..] else { panic!("{numbers:?}") };
        assert!(x0 < x1 && y0 == y1);
        let name = svg.split(">ones</text>").next().unwrap().rsplit("x=\"").next().unwrap();
        let middle: f64 = name.split('"').next().unwrap().parse().unwrap();
        assert!((middle - (x0 + x1) / 2.0).abs() < 0.02, "{middle} {x0} {x1}");
        // The ninth group has the colour of the first, as rings.
        assert!(!svg.contains("<path class=\"holes"));
        chart.groups[1].slot = Some(8);
        assert!(Chart::Scatter(chart).to_svg(Size::Compact).contains("<path class=\"holes"));
        assert!(Chart::Scatter(ScatterChart::default()).to_svg(Size::Wide).contains("no numbers to draw"));
    }
}
