//! Digits where MNIST has them.

use super::Raster;

/// What is brighter than this share of the brightest is ink.
const INK: f64 = 0.15;
/// MNIST's longer side of a digit, and its images' side.
const DIGIT: (usize, usize) = (20, 28);

/// Cuts out the ink, resizes it, and puts its centre of mass into the middle, where MNIST has it: half a pixel right of and below the middle pixel's corner.
pub(super) fn as_mnist(image: Raster, [h, w]: [usize; 2], steps: &mut Vec<String>) -> Raster {
    let (own, x) = (image.size(), image.values());
    let most = x.iter().fold(0.0, |a: f64, &v| a.max(v));
    let ink = |i: &usize| x[*i] > INK * most;
    let range = |place: &dyn Fn(usize) -> usize| {
        let inside = (0..x.len()).filter(ink).map(place);
        inside.fold([usize::MAX, 0], |[low, high], k| [low.min(k), high.max(k + 1)])
    };
    let (rows, columns) = (range(&|i| i / own[1]), range(&|i| i % own[1]));
    let cut = [rows[1] - rows[0], columns[1] - columns[0]];
    let side = (h.min(w) * DIGIT.0).div_ceil(DIGIT.1);
    let longer = cut[0].max(cut[1]);
    let small = cut.map(|n| ((n * side) as f64 / longer as f64).round().max(1.0) as usize);
    let mut digit = image.crop(rows, columns).resized(small);
    let most = digit.values().iter().fold(0.0, |a: f64, &v| a.max(v));
    let faint = most < 0.9;
    if faint {
        digit.values_mut().iter_mut().for_each(|v| *v /= most);
    }
    let mass: f64 = digit.values().iter().sum();
    let mean = |place: &dyn Fn(usize) -> usize| {
        digit.values().iter().enumerate().map(|(i, v)| v * place(i) as f64).sum::<f64>() / mass
    };
    let move_by = |middle: usize, mean: f64| (middle as f64 / 2.0 - mean).round() as isize;
    let (down, right) = (move_by(h, mean(&|i| i / small[1])), move_by(w, mean(&|i| i % small[1])));
    let placed = digit.placed([h, w], down, right);
    let apart = |(a, b): (&f64, &f64)| (a - b).abs() > INK;
    if own == [h, w] && !image.values().iter().zip(placed.values()).any(apart) {
        steps.push("placed as MNIST's digits already".into());
        return image;
    }
    steps.push(format!("cut to the {} x {} pixels with ink", cut[1], cut[0]));
    if small != cut {
        steps.push(format!("resized to {} x {}", small[1], small[0]));
    }
    if faint {
        steps.push("brightened".into());
    }
    steps.push(format!("centred by mass in {w} x {h}"));
    placed
}
