//! What is drawn on a sheet, light on dark: borders painted over, the background found, inverted and stretched where it has to be.

use super::{FitError, Raster};

/// What of the rim is brighter than its median by more than this share of the way to the ink is ink itself.
const UNEVEN: f64 = 0.35;
/// A pixel farther from the background than this share of the range of levels is no background.
const OTHER: f64 = 0.3;
/// The same at the blurred edge of a border.
const BLURRED: f64 = 0.1;
/// Share of a line of pixels that must be no background where the line is one of a border.
const WHOLE: f64 = 0.9;
/// Most of such pixels, as a share, in the first line inside a border: a stroke at the edge of the sheet is joined to other ink.
const JOINED: f64 = 0.01;
/// A border is thinner than this part of the side.
const THIN: usize = 6;
/// Most lines of its blurred edge.
const EDGE: usize = 3;
/// Most ink inside a border that is all around, and inside another, as a share of the pixels there.
const FRAMED: [f64; 2] = [0.36, 0.25];
/// Grain is told from strokes in so many pixels.
const GRAINY: usize = 500;
/// Ink is less than this share of a sheet that shows its background.
const INK: f64 = 0.2;
/// Ink differs from its background by so many standard deviations of the grain, or on one side of it only.
const GRAIN: f64 = 6.0;

fn range(x: &[f64]) -> [f64; 2] {
    x.iter().fold([1.0, 0.0], |[low, high], &v| [low.min(v), high.max(v)])
}

fn median(mut x: Vec<f64>) -> f64 {
    let middle = x.len() / 2;
    *x.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The background becomes 0: inverted where what differs from it most is darker, and stretched where it is no black or the ink is faint. Of a digit, whose ink is a small share of its
/// sheet, borders and strips along the edges are painted over first.
pub(super) fn light_on_dark(
    mut image: Raster,
    is_digit: bool,
    steps: &mut Vec<String>,
) -> Result<Raster, FitError> {
    let [low, high] = range(image.values());
    if high - low < 0.02 {
        return Err(FitError::Blank);
    }
    if is_grain(&image) {
        let level = |v: f64| (255.0 * v).round() as u8;
        return Err(FitError::Grain(level(low), level(high)));
    }
    if is_digit {
        image = without_border(image, steps);
    }
    let [low, high] = range(image.values());
    let mut rim = rim(&image);
    let middle = rim[rim.len() / 2];
    let mut is_light = middle - low > high - middle;
    let all = median(image.values().to_vec());
    if is_digit && is_light != (all - low > high - all) {
        let far = image.values().iter().filter(|&&v| (v - all).abs() > OTHER * (high - low)).count();
        if (far as f64) < INK * image.values().len() as f64 {
            is_light = !is_light;
            rim = vec![all];
        }
        let taken = if is_light { "dark on light" } else { "light on dark" };
        steps.push(format!("unsure of the background, edge and middle differ: taken for {taken}"));
    }
    let x = image.values_mut();
    if is_light {
        steps.push("dark on light: inverted".into());
        x.iter_mut().for_each(|v| *v = 1.0 - *v);
        rim = rim.iter().rev().map(|v| 1.0 - v).collect();
    }
    let ([_, high], middle) = (range(x), rim[rim.len() / 2]);
    // Of paper in uneven light the lighter end, unless it is ink that reaches the rim.
    let light = rim[rim.len() * 19 / 20];
    let background = if light - middle < UNEVEN * (high - middle) { light } else { middle };
    if high > background && (background > 0.05 || high < 0.5) {
        steps.push(format!("contrast stretched: {background:.2} to {high:.2} became 0 to 1"));
        x.iter_mut().for_each(|v| *v = ((*v - background) / (high - background)).max(0.0));
    }
    Ok(image)
}

/// The pixels of the outermost lines, from dark to light.
fn rim(image: &Raster) -> Vec<f64> {
    let ([h, w], x) = (image.size(), image.values());
    let on_rim = |i: &usize| [0, h - 1].contains(&(i / w)) || [0, w - 1].contains(&(i % w));
    let mut rim: Vec<f64> = (0..h * w).filter(on_rim).map(|i| x[i]).collect();
    rim.sort_by(f64::total_cmp);
    rim
}

/// Whether the levels differ as those of an empty sheet do: no more than neighbouring pixels make likely, and to both sides of the usual level or faintly.
fn is_grain(image: &Raster) -> bool {
    let ([_, w], x) = (image.size(), image.values());
    if x.len() < GRAINY || w < 2 {
        return false;
    }
    // Of a large sheet some lines will do.
    let lines = x.chunks_exact(w).step_by(1 + x.len() / 1_000_000);
    let apart: Vec<f64> = lines.flat_map(|row| row.windows(2).map(|v| (v[0] - v[1]).abs())).collect();
    // The median of |a - b| is 0.6745 √2 standard deviations of normal noise.
    let deviation = median(apart) / (0.6745 * std::f64::consts::SQRT_2);
    let ([low, high], usual) = (range(x), median(x.to_vec()));
    let (less, more) = ((high - usual).min(usual - low), (high - usual).max(usual - low));
    more < GRAIN * deviation && (less > 0.5 * more || more < 0.1)
}

/// A line of pixels along an edge, `depth` lines from it: top, bottom, left, right.
fn line(image: &Raster, edge: usize, depth: usize) -> Vec<f64> {
    let ([h, w], x) = (image.size(), image.values());
    match edge {
        0 => x[depth * w..][..w].to_vec(),
        1 => x[(h - 1 - depth) * w..][..w].to_vec(),
        2 => x.iter().skip(depth).step_by(w).copied().collect(),
        _ => x.iter().skip(w - 1 - depth).step_by(w).copied().collect(),
    }
}

/// Without frames, and strips along single edges: lines that are no background from end to end, and to which no ink is joined. Where nothing else would be left they are what was drawn.
fn without_border(image: Raster, steps: &mut Vec<String>) -> Raster {
    let background = median(image.values().to_vec());
    let [low, high] = range(image.values());
    let other = |line: &[f64], share: f64| {
        line.iter().filter(|&&v| (v - background).abs() > share * (high - low)).count() as f64
            / line.len() as f64
    };
    let depth = |edge: usize| {
        let most = image.size()[edge / 2] / THIN;
        let last = (0..most).rev().find(|&d| other(&line(&image, edge, d), OTHER) >= WHOLE)?;
        let clear = |d: &usize| other(&line(&image, edge, *d), BLURRED) < WHOLE;
        // In uneven light no line is as the median.
        Some((last + 1..most.min(last + 1 + EDGE)).find(clear).unwrap_or(last + 1))
    };
    let inside = |cut: [usize; 4]| {
        let [h, w] = image.size();
        image.crop([cut[0], h - cut[1]], [cut[2], w - cut[3]])
    };
    let mut cut = [0, 1, 2, 3].map(|edge| depth(edge).unwrap_or(0));
    // All around it is a frame, even where ink touches it.
    let (inner, is_frame) = (inside(cut), !cut.contains(&0));
    for (edge, n) in cut.iter_mut().enumerate() {
        if !is_frame && other(&line(&inner, edge, 0), OTHER) > JOINED {
            *n = 0;
        }
    }
    let inner = inside(cut);
    let [left_low, left_high] = range(inner.values());
    let is_blank = left_high - left_low < OTHER * (high - low);
    let most = if is_frame { FRAMED[0] } else { FRAMED[1] };
    if cut == [0; 4] || is_blank || other(inner.values(), OTHER) > most {
        return image;
    }
    let names = ["top", "bottom", "left", "right"];
    let lines: Vec<String> =
        names.iter().zip(cut).filter(|(_, n)| *n > 0).map(|(name, n)| format!("{name} {n}")).collect();
    steps.push(format!("border painted over, in pixels: {}", lines.join(", ")));
    // With the nearest line inside, so that what is drawn stays where it is.
    let [h, w] = image.size();
    let from = |k: usize| (k / w).clamp(cut[0], h - 1 - cut[1]) * w + (k % w).clamp(cut[2], w - 1 - cut[3]);
    Raster::new([1, h, w], (0..h * w).map(|k| image.values()[from(k)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mnist;
    use crate::raster::{Fit, Fitted, Picture};
    use sparring_seed::Key;

    fn fitted(size: [usize; 2], x: &[f64]) -> Result<Fitted, FitError> {
        let bytes = x.iter().map(|v| (255.0 * v.clamp(0.0, 1.0)).round() as u8).collect();
        Picture { channels: 1, size, bytes, opacity: None }.fitted([1, 28, 28], Fit::Digit)
    }

    /// A digit four times as large, dark on light, on a sheet of 160 x 140.
    fn sheet(digit: &[f32]) -> Vec<f64> {
        let ink = |r: usize, c: usize| f64::from(digit[r / 4 * 28 + c / 4]);
        let inside = |k: usize| ((k / 140).checked_sub(24), (k % 140).checked_sub(14));
        (0..160 * 140)
            .map(|k| match inside(k) {
                (Some(r), Some(c)) if r < 112 && c < 112 => 0.95 - 0.9 * ink(r, c),
                _ => 0.95,
            })
            .collect()
    }

    #[test]
    fn frames_and_strips_are_no_ink() {
        let test = Mnist::embedded().test.first(40);
        let depth = |r: usize, c: usize| r.min(159 - r).min(c).min(139 - c);
        let all = |n: usize| format!("top {n}, bottom {n}, left {n}, right {n}");
        type Marks<'a> = &'a dyn Fn(usize, usize) -> bool;
        let marks: [(String, Marks); 6] = [
            (all(1), &|r, c| depth(r, c) == 0),
            (all(9), &|r, c| depth(r, c) < 9),
            (all(4), &|r, c| [2, 3].contains(&depth(r, c))),
            ("left 10".into(), &|_, c| c < 10),
            ("top 17".into(), &|r, _| r < 17),
            ("right 8".into(), &|r, c| c > 131 && r > 3),
        ];
        for i in 0..test.len() {
            let plain = sheet(&test.row(i));
            let want = fitted([160, 140], &plain).unwrap();
            assert!(!want.steps.concat().contains("border"), "{:?}", want.steps);
            for (said, is_marked) in &marks {
                for sheet_is_light in [true, false] {
                    let mut x = plain.clone();
                    (0..x.len()).filter(|k| is_marked(k / 140, k % 140)).for_each(|k| x[k] = 0.1);
                    if !sheet_is_light {
                        x.iter_mut().for_each(|v| *v = 1.0 - *v);
                    }
                    let got = fitted([160, 140], &x).unwrap();
                    let step = format!("border painted over, in pixels: {said}");
                    assert!(got.steps.contains(&step), "{said}: {:?}", got.steps);
                    let apart = got.x.iter().zip(&want.x).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(apart < 0.03, "{said}: {apart}, {:?}", got.steps);
                }
            }
        }
    }

    #[test]
    fn a_frame_may_touch_the_ink() {
        let test = Mnist::embedded().test.first(60);
        for i in 0..test.len() {
            let framed = |(k, v): (usize, f32)| {
                let on_frame = [0, 27].contains(&(k / 28)) || [0, 27].contains(&(k % 28));
                if on_frame { 0.0 } else { 1.0 - f64::from(v) }
            };
            let x: Vec<f64> = test.row(i).into_iter().enumerate().map(framed).collect();
            let told = fitted([28, 28], &x).unwrap().steps.concat();
            assert!(told.contains("top 1, bottom 1, left 1, right 1dark on light: inverted"), "{i}: {told}");
        }
    }

    #[test]
    fn a_stroke_at_the_edge_is_ink() {
        // A bar alone, and a seven whose bar is the upper edge of its sheet.
        let bar: Vec<f64> = (0..60 * 40).map(|k| if k % 40 < 5 { 0.0 } else { 1.0 }).collect();
        let seven: Vec<f64> = (0..60 * 40)
            .map(|k| (k / 40, k % 40))
            .map(|(r, c)| if r < 6 || (c as f64 - 34.0 + r as f64 / 2.5).abs() < 4.0 { 0.0 } else { 1.0 })
            .collect();
        for x in [bar, seven] {
            let got = fitted([60, 40], &x).unwrap();
            let told = got.steps.concat();
            assert!(!told.contains("border") && told.contains("dark on light: inverted"), "{told}");
            let ink = x.iter().filter(|v| **v == 0.0).count() as f32 / 2400.0;
            assert!(got.x.iter().sum::<f32>() / 784.0 > 0.3 * ink, "{told}");
        }
    }

    #[test]
    fn a_sheet_without_ink_is_refused_and_faint_ink_on_grain_is_not() {
        let noise = |deviation: f64, k: usize| deviation * Key::new(7).rng(k as u64).normal();
        for (level, deviation) in [(230.0, 2.0), (250.0, 2.0), (120.0, 20.0), (40.0, 5.0)] {
            let x: Vec<f64> = (0..160 * 140).map(|k| (level + noise(deviation, k)) / 255.0).collect();
            let refused = fitted([160, 140], &x).unwrap_err();
            assert!(matches!(refused, FitError::Grain(low, high) if low < high), "{refused}");
            assert!(refused.to_string().contains("hardly anything in it"), "{refused}");
        }
        let uniform: Vec<f64> = (0..784).map(|k| Key::new(8).rng(k).uniform_f64()).collect();
        assert!(matches!(fitted([28, 28], &uniform), Err(FitError::Grain(..))));
        let digits = Mnist::embedded().test.first(20);
        for i in 0..digits.len() {
            // 0.15 of contrast under grain of 0.015.
            let faint =
                sheet(&digits.row(i)).into_iter().enumerate().map(|(k, v)| 0.6 + v / 6.0 + noise(0.015, k));
            assert!(fitted([160, 140], &faint.collect::<Vec<_>>()).is_ok());
        }
    }

    #[test]
    fn where_edge_and_middle_differ_it_is_said() {
        // A frame with a gap is no border: the sheet inside is what counts.
        let mut x = sheet(&Mnist::embedded().test.row(0));
        for k in 0..x.len() {
            let (r, c) = (k / 140, k % 140);
            if (r.min(159 - r) < 2 || c.min(139 - c) < 2) && (r + c) % 9 > 1 {
                x[k] = 0.0;
            }
        }
        let told = fitted([160, 140], &x).unwrap().steps.concat();
        assert!(told.contains("unsure") && told.contains("taken for dark on light"), "{told}");
    }
}
