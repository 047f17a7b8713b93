//! Outlines instead of strokes.

use super::contract::{Corruption, Follows, corruption};
use crate::raster::{Edge, Raster, blurred};
use sparring_seed::Stream;

corruption! {
    /// The edges of Canny's detector (1986), mixed with the image: 1/5, 2/5, 3/5, 4/5, all edges. MNIST-C has the edges alone.
    ///
    /// Gaussian of 1 pixel; Sobel gradients; pixels whose gradient is largest across the edge; of these, what reaches 0.1 and is connected to 0.2.
    CannyEdges: "canny_edges", severity 5
}

impl Corruption for CannyEdges {
    const ABOUT: &'static str = "1/5 to 5/5 of the image replaced by its edges (Canny 1986); MNIST-C has 5/5";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        let edges = canny(&image.grey(), image.size());
        let share = self.severity as f64 / 5.0;
        for channel in image.channels_mut() {
            for (v, &edge) in channel.iter_mut().zip(&edges) {
                *v = (1.0 - share) * *v + share * f64::from(u8::from(edge));
            }
        }
    }
}

/// Which pixels of a grey image are edges.
fn canny(grey: &[f64], size @ [h, w]: [usize; 2]) -> Vec<bool> {
    const SIGMA: f64 = 1.0;
    const LOW: f64 = 0.1;
    const HIGH: f64 = 0.2;
    // What the dark outside takes away near the rim is given back.
    let inside = blurred(&vec![1.0; h * w], size, SIGMA, Edge::Zero);
    let smooth: Vec<f64> = blurred(grey, size, SIGMA, Edge::Zero)
        .iter()
        .zip(&inside)
        .map(|(v, inside)| v / (inside + f64::EPSILON))
        .collect();
    let [down, right] = sobel(&smooth, size);
    let steep: Vec<f64> = down.iter().zip(&right).map(|(d, r)| d.hypot(*r)).collect();
    let inner = |i: usize| (1..h - 1).contains(&(i / w)) && (1..w - 1).contains(&(i % w));
    let ridge = |i: usize| {
        let (d, r) = (down[i], right[i]);
        let (row, side) = (w as isize, if d * r >= 0.0 { 1 } else { -1 });
        // The neighbours across the edge: the straight one and the diagonal one, between which the gradient points.
        let (straight, share) =
            if d.abs() >= r.abs() { (row, r.abs() / d.abs()) } else { (side, d.abs() / r.abs()) };
        let diagonal = row + side;
        let at = |by: isize| steep[i.wrapping_add_signed(by)];
        let over =
            |sign: isize| at(sign * diagonal) * share + at(sign * straight) * (1.0 - share) <= steep[i];
        over(1) && over(-1)
    };
    let strong: Vec<bool> = (0..h * w).map(|i| inner(i) && steep[i] >= LOW && ridge(i)).collect();
    // From every pixel that reaches HIGH, along its eight neighbours.
    let mut found = vec![false; h * w];
    let mut open: Vec<usize> = (0..h * w).filter(|&i| strong[i] && steep[i] >= HIGH).collect();
    while let Some(i) = open.pop() {
        if !std::mem::replace(&mut found[i], true) {
            let around = [i - w - 1, i - w, i - w + 1, i - 1, i + 1, i + w - 1, i + w, i + w + 1];
            open.extend(around.into_iter().filter(|&j| strong[j] && !found[j]));
        }
    }
    found
}

/// Differences of the next and the last pixel down and to the right, smoothed by 1, 2, 1 across; outside lies the nearest pixel.
fn sobel(x: &[f64], [h, w]: [usize; 2]) -> [Vec<f64>; 2] {
    let at = |r: usize, c: usize, (dr, dc): (isize, isize)| {
        let near = |at: usize, by: isize, n: usize| (at as isize + by).clamp(0, n as isize - 1) as usize;
        x[near(r, dr, h) * w + near(c, dc, w)]
    };
    let smoothed = |across: &dyn Fn(isize) -> f64| across(-1) + 2.0 * across(0) + across(1);
    let down = |i: usize| smoothed(&|c| at(i / w, i % w, (1, c)) - at(i / w, i % w, (-1, c)));
    let right = |i: usize| smoothed(&|r| at(i / w, i % w, (r, 1)) - at(i / w, i % w, (r, -1)));
    [(0..h * w).map(down).collect(), (0..h * w).map(right).collect()]
}
