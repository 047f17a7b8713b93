//! Thousands of random charts of every kind, from any numbers there are: every coordinate is finite and inside the picture.

use sparring_report::svg::{
    Axis, AxisRange, BarChart, BarSeries, Chart, HorizontalLine, LineChart, PointGroup, Scale, ScatterChart,
    Series, Size, Stroke, TickFormat, Ticks, Units, VerticalLine,
};

/// A small generator (xorshift64*), so that a failing chart is known by its seed.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.bits() >> 11) as usize % n
    }
    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// A number of some kind: each chart mostly keeps to one, so that charts of one kind alone are frequent.
    fn number(&mut self, kind: usize) -> f64 {
        let kind = if self.below(8) == 0 { self.below(12) } else { kind };
        let sign = if self.below(2) == 0 { 1.0 } else { -1.0 };
        match kind {
            0 => self.unit(),
            1 => sign * self.unit() * 1e3,
            2 => f64::from_bits(self.bits() % 9),
            3 => sign * f64::from_bits(self.bits() >> 12),
            4 => sign * 1e308 * self.unit(),
            5 => sign * 1e300 * (1.0 + (self.below(4) as f64 - 2.0) * f64::EPSILON),
            6 => f64::from_bits(self.bits()),
            7 => self.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0]),
            8 => 1.0 + self.below(4) as f64 * f64::EPSILON,
            9 => f64::MIN_POSITIVE * self.unit() * 4.0,
            10 => 0.97,
            _ => 10f64.powf(600.0 * self.unit() - 300.0),
        }
    }
    fn axis(&mut self, kind: usize) -> Axis {
        let (low, high) = (self.number(kind), self.number(kind));
        Axis {
            label: self
                .pick(&[
                    "",
                    "accuracy",
                    "a label that goes on and on and on and on and on and on and on and on",
                ])
                .into(),
            scale: self.pick(&[Scale::Linear, Scale::Linear, Scale::Log10]),
            ticks: self.pick(&[Ticks::Round, Ticks::Round, Ticks::Whole]),
            format: self.pick(&[TickFormat::Number, TickFormat::Percent]),
            range: self.pick(&[
                AxisRange::Auto,
                AxisRange::Auto,
                AxisRange::FromZero,
                AxisRange::Broken,
                AxisRange::Fixed(low, high),
            ]),
        }
    }
    fn name(&mut self) -> String {
        self.pick(&[
            "",
            "pgd",
            "standard, FGSM at eps 0.3",
            "a name as long as a line or two lines of a small picture",
        ])
        .into()
    }
    fn line(&mut self) -> LineChart {
        let (kind_x, kind_y) = (self.below(12), self.below(12));
        let series = (0..self.below(6))
            .map(|_| {
                let n = self.pick(&[0, 1, 2, 3, 9, 30]);
                let points = (0..n).map(|_| (self.number(kind_x), self.number(kind_y))).collect();
                let band = (0..self.below(4))
                    .map(|_| (self.number(kind_x), self.number(kind_y), self.number(kind_y)))
                    .collect();
                let stroke = self.pick(&[Stroke::OfSlot, Stroke::Solid, Stroke::Dashed, Stroke::DashDotted]);
                Series { name: self.name(), points, band, slot: None, stroke }
            })
            .collect();
        let level = |r: &mut Self| HorizontalLine { name: r.name(), y: r.number(kind_y), slot: None };
        let event = |r: &mut Self| VerticalLine { label: r.name(), x: r.number(kind_x) };
        LineChart {
            title: self.name(),
            description: String::new(),
            x: self.axis(kind_x),
            y: self.axis(kind_y),
            series,
            horizontal: (0..self.below(3)).map(|_| level(self)).collect(),
            vertical: (0..self.below(4)).map(|_| event(self)).collect(),
        }
    }
    fn scatter(&mut self) -> ScatterChart {
        let LineChart { title, x, y, series, .. } = self.line();
        let group = |s: Series| PointGroup { name: s.name, points: s.points, slot: None };
        let groups = series.into_iter().map(group).collect();
        let units = self.pick(&[Units::Free, Units::Equal]);
        ScatterChart { title, description: String::new(), x, y, units, groups }
    }
    fn bar(&mut self) -> BarChart {
        let kind = self.below(12);
        let n = self.pick(&[0, 1, 2, 10, 200]);
        let series = (0..self.below(4))
            .map(|_| BarSeries {
                name: self.name(),
                values: (0..n).map(|_| self.number(kind)).collect(),
                intervals: (0..self.below(n + 1)).map(|_| (self.number(kind), self.number(kind))).collect(),
                slot: None,
            })
            .collect();
        BarChart {
            title: self.name(),
            description: String::new(),
            x_label: self.name(),
            categories: (0..n).map(|_| self.name()).collect(),
            y: self.axis(kind),
            series,
        }
    }
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let value = |(at, _): (usize, &str)| tag[at..].strip_prefix(name)?.strip_prefix("=\"")?.split('"').next();
    tag.match_indices(' ').map(|(at, space)| (at + 1, space)).find_map(value)
}

fn number(text: &str) -> f64 {
    let v: f64 = text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
    assert!(v.is_finite(), "{text}");
    v
}

/// Horizontal and vertical coordinates of a tag.
fn coordinates(tag: &str) -> (Vec<f64>, Vec<f64>) {
    let read =
        |names: &[&str]| names.iter().filter_map(|n| attribute(tag, n)).map(number).collect::<Vec<_>>();
    let (mut xs, mut ys) = (read(&["x", "x1", "x2", "cx"]), read(&["y", "y1", "y2", "cy"]));
    for (extent, starts) in [("width", &mut xs), ("height", &mut ys)] {
        if let Some(extent) = attribute(tag, extent).map(number) {
            assert!(extent >= 0.0, "{tag}");
            starts.push(starts[0] + extent);
        }
    }
    let pairs = attribute(tag, "points").or(attribute(tag, "d")).unwrap_or_default();
    let numbers: Vec<f64> = pairs
        .replace("h0", "")
        .split([' ', ',', 'M', 'L', 'Z'])
        .filter(|t| !t.is_empty())
        .map(number)
        .collect();
    assert!(numbers.len().is_multiple_of(2), "{tag}");
    xs.extend(numbers.iter().step_by(2));
    ys.extend(numbers.iter().skip(1).step_by(2));
    (xs, ys)
}

/// Every coordinate lies in the picture; of a curve that a fixed range cuts off, within reach of it.
fn check(svg: &str, cut: bool) {
    let view = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split('"').next().unwrap();
    let (width, height) = view.split_once(' ').map(|(w, h)| (number(w), number(h))).unwrap();
    assert!((330.0..2000.0).contains(&height) && (410.0..=820.0).contains(&width), "{view}");
    for tag in svg.split('<').skip(1).map(|t| t.split('>').next().unwrap()) {
        let curve = ["path class=\"line", "path class=\"band"].iter().any(|kind| tag.starts_with(kind));
        let clipped = cut && curve;
        let far = if clipped { 52.0 * width.max(height) } else { 0.1 };
        let (xs, ys) = coordinates(tag);
        assert!(xs.iter().all(|x| (-far..=width + far).contains(x)), "{tag} of {width} x {height}");
        assert!(ys.iter().all(|y| (-far..=height + far).contains(y)), "{tag} of {width} x {height}");
    }
    // Text between tags too: a tick, a hint, a description.
    for text in svg.split('>').skip(1).filter_map(|t| t.split('<').next()) {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

/// Whether an axis has a place for this number.
fn places(axis: &Axis, v: f64) -> bool {
    v.abs() <= 1e300 && (axis.scale == Scale::Linear || v > 1e-300)
}

#[test]
fn every_coordinate_is_in_the_picture() {
    let mut empty = 0;
    for seed in 1..=4_000u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (chart, cut, drawn) = if seed % 3 == 0 {
            let chart = random.bar();
            (
                Chart::Bar(chart.clone()),
                false,
                chart.series.iter().any(|s| s.values.iter().any(|v| v.abs() <= 1e300)),
            )
        } else if seed % 7 == 0 {
            let chart = random.scatter();
            let any =
                |g: &PointGroup| g.points.iter().any(|p| places(&chart.x, p.0) && places(&chart.y, p.1));
            (Chart::Scatter(chart.clone()), false, chart.groups.iter().any(any))
        } else {
            let chart = random.line();
            let cut = [&chart.x, &chart.y].iter().any(|a| matches!(a.range, AxisRange::Fixed(..)));
            let any = |s: &Series| s.points.iter().any(|p| places(&chart.x, p.0) && places(&chart.y, p.1));
            (Chart::Line(chart.clone()), cut, chart.series.iter().any(any))
        };
        for size in [Size::Wide, Size::Compact] {
            let svg = chart.to_svg(size);
            let outcome = std::panic::catch_unwind(|| check(&svg, cut));
            assert!(outcome.is_ok(), "seed {seed}, {size:?}: {chart:?}");
            assert_eq!(svg.contains("no numbers to draw"), !drawn, "seed {seed}: {chart:?}");
        }
        empty += usize::from(!drawn);
    }
    assert!((200..2_000).contains(&empty), "{empty} of 4,000 charts without a number to draw");
}

#[test]
fn the_smallest_numbers_make_a_chart() {
    // One subnormal number, and two: a tenth of it is 0, and so is half of their difference.
    for values in
        [vec![5e-324], vec![5e-324, 1e-323], vec![0.0, 5e-324], vec![-1e300, 1e300], vec![1e-310, 2e-310]]
    {
        let points = values.iter().enumerate().map(|(i, &v)| (i as f64, v));
        let line = LineChart { series: vec![Series::new("a", points)], ..LineChart::default() };
        let bars = BarSeries { values: values.clone(), ..BarSeries::default() };
        let bar = BarChart {
            categories: vec!["a".into(); values.len()],
            series: vec![bars],
            ..BarChart::default()
        };
        for chart in [Chart::Line(line), Chart::Bar(bar)] {
            let svg = chart.to_svg(Size::Wide);
            check(&svg, false);
            assert!(!svg.contains("no numbers to draw"), "{values:?}");
        }
    }
}
