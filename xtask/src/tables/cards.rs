//! A card for each activation: f, f' and f'' as one small SVG, shown in its documentation.

use sparring_activations::{Activation, AnyActivation, Turns};
use std::fmt::Write;

/// Where the cards lie.
const FOLDER: &str = "crates/activations/cards";
/// Ends of the axes.
const X: f64 = 4.0;
const Y: (f64, f64) = (-2.0, 4.0);
/// Pixels a unit.
const UNIT: f64 = 36.0;
/// Steps of a curve.
const STEPS: i32 = 128;

/// Path and text of every card.
pub fn cards() -> Vec<(String, String)> {
    AnyActivation::ALL.iter().map(|a| (format!("{FOLDER}/{}.svg", a.name()), card(a))).collect()
}

/// The card: one line of text, since Markdown ends a piece of HTML at an empty line.
fn card(a: &AnyActivation) -> String {
    let (width, height) = (2.0 * X * UNIT, (Y.1 - Y.0) * UNIT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"none\" stroke-linejoin=\"round\"><title>{a}: f, f', f''</title>"
    );
    let mut grid = String::new();
    for i in 1..(2.0 * X) as i32 {
        write!(grid, "M{} 0V{height}", f64::from(i) * UNIT).expect("a string takes all");
    }
    for i in 1..(Y.1 - Y.0) as i32 {
        write!(grid, "M0 {}H{width}", f64::from(i) * UNIT).expect("a string takes all");
    }
    let (left, top) = (X * UNIT, Y.1 * UNIT);
    svg += &format!(
        "<path d=\"{grid}\" stroke=\"#8888\" stroke-width=\".5\"/><path d=\"M0 {top}H{width}M{left} 0V{height}\" stroke=\"#888\"/>"
    );
    let ticks = [
        (width - 8.0, top + 12.0, "4"),
        (3.0, top + 12.0, "−4"),
        (left + 4.0, 11.0, "4"),
        (left + 4.0, height - 4.0, "−2"),
    ];
    for (x, y, text) in ticks {
        svg += &format!("<text x=\"{x}\" y=\"{y}\" fill=\"#888\">{text}</text>");
    }
    let mut draw = |name: &str, color: &str, y: i32, f: &dyn Fn(f64) -> f64| {
        svg += &format!("<path d=\"{}\" stroke=\"{color}\" stroke-width=\"2\"/>", path(a, f));
        svg += &format!("<text x=\"8\" y=\"{y}\" fill=\"{color}\" font-weight=\"bold\">{name}</text>");
    };
    draw("f''", "#009e73", 46, &|x| a.d2f(x));
    draw("f'", "#d55e00", 31, &|x| a.df(x));
    draw("f", "#0072b2", 16, &|x| a.f(x));
    svg + "</svg>\n"
}

/// A curve, broken where it leaves the card, and where f bends: f' or f'' may jump there.
fn path(a: &AnyActivation, f: &dyn Fn(f64) -> f64) -> String {
    let mut points: Vec<(f64, bool)> =
        (0..=STEPS).map(|i| (X * (2.0 * f64::from(i) / f64::from(STEPS) - 1.0), false)).collect();
    for &t in a.bends(-X, X).iter() {
        points.retain(|p| (p.0 - t).abs() > 1e-9);
        points.extend([(t - 1e-9, false), (t + 1e-9, true)]);
    }
    points.sort_by(|p, q| p.0.total_cmp(&q.0));
    let (mut path, mut drawing, mut before) = (String::new(), false, f64::NAN);
    for (x, bends) in points {
        let y = f(x);
        if !(Y.0 - 1.0..=Y.1 + 1.0).contains(&y) {
            drawing = false;
            continue;
        }
        let jumps = bends && (y - before).abs() > 1e-6;
        let letter = if drawing && !jumps { 'L' } else { 'M' };
        write!(path, "{letter}{:.1} {:.1}", (x + X) * UNIT, (Y.1 - y) * UNIT).expect("a string takes all");
        (drawing, before) = (true, y);
    }
    path
}
