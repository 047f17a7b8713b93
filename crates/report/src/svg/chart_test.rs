//! Charts seen from outside: well-formed, gaps for what is no number, nothing hostile, nothing outside.

use proptest::prelude::*;

use super::*;
use crate::html::balance;

fn line(series: Vec<Series>) -> LineChart {
    LineChart { title: "t".into(), series, ..LineChart::default() }
}

fn drawn(chart: LineChart, size: Size) -> String {
    let svg = Chart::Line(chart).to_svg(size);
    balance::check(&svg).unwrap();
    svg
}

/// Path data of the curve number `i`.
fn curve(svg: &str, i: usize) -> &str {
    let path = svg.split("<path class=\"line\"").nth(i + 1).unwrap();
    path.split(" d=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn a_line_has_its_ends_at_the_corners() {
    let svg = drawn(line(vec![Series::new("a", [(0.0, 0.0), (1.0, 1.0)])]), Size::Wide);
    let ends: Vec<f64> = curve(&svg, 0).split(['M', 'L', ' ']).filter_map(|n| n.parse().ok()).collect();
    let [x0, y0, x1, y1] = ends[..] else { panic!("{ends:?}") };
    assert!(x0 < x1 && y1 < y0);
    assert_eq!(svg.matches("<circle").count(), 2 + 1, "two points and the legend");
    assert!(svg.contains("<title>a: 1, 1</title>"));
    assert!(svg.contains("2 points, from 0 at 0 to 1 at 1."));
}

#[test]
fn single_points_of_one_colour_are_told_apart() {
    let strokes = [Stroke::Solid, Stroke::Dotted, Stroke::Dashed, Stroke::DashDotted];
    let series =
        |stroke: Stroke| Series { slot: Some(0), stroke, ..Series::new(format!("{stroke:?}"), [(1.0, 0.5)]) };
    let svg = drawn(line(strokes.map(series).to_vec()), Size::Wide);
    // Each marker with its element's name and without its place, in the plot and in the legend.
    let mut looks: Vec<String> = Vec::new();
    for (at, _) in svg.match_indices("class=\"mark\"").chain(svg.match_indices("class=\"hollow\"")) {
        let tag = &svg[svg[..at].rfind('<').unwrap()..];
        let class = svg[at..].split('"').nth(1).unwrap();
        let corners =
            tag.split("points=\"").nth(1).map_or(0, |p| p.split('"').next().unwrap().split(' ').count());
        looks.push(format!("{} {corners} {class}", tag.split(' ').next().unwrap()));
    }
    assert_eq!(looks.len(), 2 * strokes.len(), "{looks:?}");
    looks.sort();
    looks.dedup();
    assert_eq!(looks.len(), strokes.len(), "{looks:?}");
}

#[test]
fn no_number_is_a_gap() {
    let nan = f64::NAN;
    let points = [
        (0.0, 1.0),
        (1.0, 2.0),
        (2.0, nan),
        (3.0, 3.0),
        (nan, 1.0),
        (4.0, f64::INFINITY),
        (5.0, 1.0),
        (6.0, 2.0),
    ];
    let svg = drawn(line(vec![Series::new("a", points)]), Size::Compact);
    assert_eq!(curve(&svg, 0).matches('M').count(), 3);
    assert!(curve(&svg, 0).contains("h0"), "the lonely point is a dot");
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    assert_eq!(svg.matches("<circle").count(), 5 + 1);
}

#[test]
fn empty_charts_are_charts() {
    for chart in
        [line(vec![]), line(vec![Series::new("a", [])]), line(vec![Series::new("a", [(1.0, f64::NAN)])])]
    {
        let svg = drawn(chart, Size::Wide);
        assert!(!svg.contains("class=\"line\" stroke=\"var(--c0)\" d="));
    }
    balance::check(&Chart::Bar(BarChart::default()).to_svg(Size::Compact)).unwrap();
}

#[test]
fn log_axes_skip_what_is_not_positive() {
    let y = Axis { scale: Scale::Log10, ..Axis::default() };
    let chart = LineChart {
        y,
        ..line(vec![Series::new("loss", [(0.0, 10.0), (1.0, 0.0), (2.0, 0.001), (3.0, 0.1)])])
    };
    let svg = drawn(chart, Size::Wide);
    assert_eq!(curve(&svg, 0).matches('M').count(), 2);
    assert!(svg.contains(">0.001</text>") && svg.contains(">10</text>"));
}

#[test]
fn fixed_ranges_clip() {
    let y = Axis { range: AxisRange::Fixed(0.0, 1.0), format: TickFormat::Percent, ..Axis::default() };
    let chart = LineChart { y, ..line(vec![Series::new("a", [(0.0, 0.5), (1.0, 1e200), (2.0, 0.25)])]) };
    let svg = drawn(chart, Size::Wide);
    assert!(svg.contains("overflow=\"hidden\"") && svg.contains(">100\u{a0}%<"));
    assert_eq!(svg.matches("<circle").count(), 2 + 1, "no marker outside");
}

#[test]
fn series_differ_without_colour() {
    let series = (0..4).map(|i| Series::new(format!("s{i}"), [(0.0, f64::from(i)), (1.0, 2.0)])).collect();
    let svg = drawn(line(series), Size::Wide);
    for shape in ["<circle", "<rect", "<polygon", "stroke-dasharray=\"7 4\"", "stroke-dasharray=\"2 4\""] {
        assert!(svg.contains(shape), "{shape}");
    }
}

#[test]
fn dense_curves_are_thin_with_few_markers() {
    let points = (0..5000).map(|i| (f64::from(i), f64::from(i % 7)));
    let svg = drawn(line(vec![Series::new("a", points)]), Size::Wide);
    assert!(svg.contains("class=\"line thin\"") && svg.len() < 60_000, "{}", svg.len());
    assert!((4..=9).contains(&svg.matches("<circle").count()));
}

#[test]
fn bands_need_two_numbers() {
    let band = vec![(0.0, 0.1, 0.3), (1.0, 0.2, f64::NAN), (2.0, 0.4, 0.6)];
    let svg = drawn(line(vec![Series { band, ..Series::new("a", [(0.0, 0.2), (2.0, 0.5)]) }]), Size::Wide);
    let band = svg.split("class=\"band\"").nth(1).unwrap().split('>').next().unwrap();
    assert_eq!(band.matches('L').count(), 3, "two places, there and back: {band}");
}

#[test]
fn bars_stand_on_zero_and_skip_what_is_missing() {
    let series = BarSeries {
        name: "pgd".into(),
        values: vec![0.5, f64::NAN, -0.25],
        intervals: vec![(0.4, 0.6), (f64::NAN, 1.0)],
        slot: Some(1),
    };
    let y = Axis { range: AxisRange::Fixed(0.3, 1.0), ..Axis::default() };
    let chart = BarChart {
        categories: vec!["a".into(), "b".into(), "c".into(), "d".into()],
        y,
        series: vec![series],
        ..BarChart::default()
    };
    let svg = Chart::Bar(chart).to_svg(Size::Wide);
    balance::check(&svg).unwrap();
    assert_eq!(svg.matches("fill=\"var(--c1)\"><title>").count(), 2);
    assert_eq!(svg.matches("class=\"whisker\"").count(), 1);
    assert!(svg.contains(">0.0</text>"), "zero is on the axis");
    assert!(svg.contains("a 0.5, b not measured, c −0.25."));
}

#[test]
fn hostile_names_stay_text() {
    let bad = "</text><script>alert('x')</script>\"&";
    let axis = || Axis { label: bad.into(), ..Axis::default() };
    let chart = LineChart {
        title: bad.into(),
        description: bad.into(),
        x: axis(),
        y: axis(),
        series: vec![Series::new(bad, [(0.0, 0.0), (1.0, 1.0)])],
        horizontal: vec![HorizontalLine { name: bad.into(), y: 0.5, slot: None }],
        vertical: vec![VerticalLine { x: 0.5, label: bad.into() }],
    };
    let bars = BarChart {
        title: bad.into(),
        x_label: bad.into(),
        categories: vec![bad.into()],
        series: vec![BarSeries { name: bad.into(), values: vec![1.0], ..BarSeries::default() }],
        ..BarChart::default()
    };
    for svg in [drawn(chart, Size::Wide), Chart::Bar(bars).to_svg(Size::Compact)] {
        balance::check(&svg).unwrap();
        assert!(!svg.contains("<script"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_numbers_make_a_finite_picture(
        points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..40), log_x in any::<bool>(), log_y in any::<bool>(),
        low in any::<f64>(), high in any::<f64>(), name in ".{0,40}"
    ) {
        let scale = |log| if log { Scale::Log10 } else { Scale::Linear };
        let chart = LineChart {
            x: Axis { scale: scale(log_x), ..Axis::default() },
            y: Axis { scale: scale(log_y), range: AxisRange::Fixed(low, high), label: name.clone(), ..Axis::default() },
            ..line(vec![Series { band: points.iter().map(|p| (p.0, p.1, p.1)).collect(), ..Series::new(name.clone(), points.clone()) }])
        };
        let svg = drawn(chart.clone(), Size::Wide);
        prop_assert_eq!(&svg, &drawn(chart, Size::Wide));
        let bars = BarChart { categories: vec![name.clone(); points.len()], series: vec![BarSeries { name, values: points.iter().map(|p| p.1).collect(), intervals: points, slot: None }], ..BarChart::default() };
        let bars = Chart::Bar(bars).to_svg(Size::Compact);
        balance::check(&bars).map_err(TestCaseError::fail)?;
        for svg in [svg, bars] {
            // Attributes only: a name is free to say NaN.
            for number in svg.split(['"']).skip(1).step_by(2).filter(|a| a.starts_with(['M', 'N', 'i', '-'])) {
                prop_assert!(!number.contains("NaN") && !number.contains("inf"), "{number}");
            }
        }
    }
}
