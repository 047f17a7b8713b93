//! Linear regions of a piecewise linear network along a segment.

use super::walk::Tapes;
use sparring_activations::AnyActivation;
use sparring_nn::layers::{Pool, Pool2d};
use sparring_nn::{AnyLayer, Lipschitz, Network};
use sparring_tensor::Array;

/// What a node does to the linearity.
enum Bend {
    /// Nothing.
    None,
    /// A unit changes its derivative.
    Slope,
    /// A window takes another of its numbers: one derivative goes to 0, another to 1.
    Choice,
}

/// `None` of a layer that is not piecewise linear, or of which it is not known.
fn bend(layer: &AnyLayer) -> Option<Bend> {
    let flat = |f: &AnyActivation| f.about().curvature == Some(0.0);
    match layer.as_activation() {
        Some(f) if flat(f) && f.about().lipschitz.is_some() => return Some(Bend::Slope),
        Some(_) => return None,
        None => {}
    }
    match layer.as_layer::<Pool2d>() {
        Some(Pool2d { pool: Pool::Max, .. }) => return Some(Bend::Choice),
        Some(_) => return Some(Bend::None),
        None => {}
    }
    matches!(layer.lipschitz(), Lipschitz::Affine(_)).then_some(Bend::None)
}

/// Linear regions that the segment from one example to another crosses, counted at `points` points: 1, and one for each unit whose derivative differs between two neighbouring points. Units that
/// change and change back between two points are not seen, so it is a count from below. `None` of a network that is not piecewise linear.
///
/// Source: Novak et al. 2018, arXiv:1802.08760 (transitions along a trajectory).
pub(super) fn regions(
    net: &Network<f32>,
    [from, to]: [&[f32]; 2],
    points: usize,
    batch: usize,
) -> Option<u64> {
    let bends: Option<Vec<Bend>> = net.graph().layers().map(bend).collect();
    let bends = bends?;
    let [c, h, w] = net.graph().input;
    let mut before: Vec<Vec<f32>> = vec![Vec::new(); bends.len()];
    let mut twice = 0u64;
    for first in (0..points).step_by(batch) {
        let n = batch.min(points - first);
        let at = |i: usize| {
            let t = (first + i / from.len()) as f64 / (points - 1).max(1) as f64;
            let (a, b) = (from[i % from.len()], to[i % from.len()]);
            (f64::from(a) + t * (f64::from(b) - f64::from(a))) as f32
        };
        let x = Array::from_fn([n, c, h, w], at);
        let tapes = Tapes::new(net);
        let walk = tapes.walk(net, &x);
        for (i, bend) in bends.iter().enumerate() {
            let each = match bend {
                Bend::None => continue,
                Bend::Slope => 2,
                Bend::Choice => 1,
            };
            let slopes = walk.slopes(i);
            for row in slopes.as_slice().chunks_exact(slopes.len() / n) {
                let changed = before[i].iter().zip(row).filter(|(a, b)| a != b).count();
                twice += each * changed as u64;
                row.clone_into(&mut before[i]);
            }
        }
    }
    Some(1 + twice / 2)
}
