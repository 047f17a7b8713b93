//! Text can be read and curves can be seen on every ground, in light and dark (WCAG 2.1: 4.5 for text, 3 for shapes).

use crate::svg::FULLEST;

const PAGE: &str = include_str!("page.css");
const CHART: &str = include_str!("../svg/chart.css");

/// The value of the `which`-th definition of a variable: light, dark, print.
fn colour(css: &str, name: &str, which: usize) -> [f64; 3] {
    let after = css.split(&format!("{name}:#")).nth(which + 1).unwrap_or_else(|| panic!("no {name} {which}"));
    let digits: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
    let full = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits };
    [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&full[at..at + 2], 16).unwrap()) / 255.0)
}

fn luminance(rgb: [f64; 3]) -> f64 {
    let linear = rgb.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_formula_is_the_one_of_wcag() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast([119.0 / 255.0; 3], [1.0; 3]) - 4.48).abs() < 0.01, "#777 on white");
}

#[test]
fn text_can_be_read_on_every_ground() {
    for which in 0..3 {
        for ink in ["--ink", "--soft", "--accent", "--good", "--bad"] {
            for ground in ["--back", "--card", "--tint"] {
                let c = contrast(colour(PAGE, ink, which), colour(PAGE, ground, which));
                assert!(c >= 4.5, "{ink} on {ground}, sheet {which}: {c:.2}");
            }
        }
        for ink in ["--chart-ink", "--chart-soft"] {
            let c = contrast(colour(CHART, ink, which), colour(CHART, "--chart-back", which));
            assert!(c >= 4.5, "{ink}, sheet {which}: {c:.2}");
        }
    }
}

#[test]
fn counts_can_be_read_on_their_cells() {
    for which in 0..3 {
        let back = colour(CHART, "--chart-back", which);
        for slot in ["--c0", "--c1"] {
            let full = colour(CHART, slot, which);
            let cell = [0, 1, 2].map(|i| FULLEST * full[i] + (1.0 - FULLEST) * back[i]);
            let c = contrast(colour(CHART, "--chart-ink", which), cell);
            assert!(c >= 4.5, "{slot}, sheet {which}: {c:.2}");
        }
    }
}

#[test]
fn shapes_can_be_seen() {
    for which in 0..3 {
        for slot in 0..8 {
            let c =
                contrast(colour(CHART, &format!("--c{slot}"), which), colour(CHART, "--chart-back", which));
            assert!(c >= 3.0, "series {slot}, sheet {which}: {c:.2}");
        }
        let c = contrast(colour(PAGE, "--meter", which), colour(PAGE, "--tint", which));
        assert!(c >= 3.0, "bars of tables, sheet {which}: {c:.2}");
    }
}
