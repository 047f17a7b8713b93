//! How much a network can stretch differences of its input: a bound from above, an estimate of a closer one, and a bound from below.

use super::figures::last;
use super::norm::norm;
use super::settings::DiagnosisSettings;
use super::spectral::spectral_norm;
use serde::{Deserialize, Serialize};
use sparring_autograd::Tape;
use sparring_nn::{Cx, Lipschitz, Network, Source};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};

/// What is known of the Lipschitz constant of a network in the Euclidean norm: ‖f(x) − f(x')‖ ≤ L ‖x − x'‖.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LipschitzBounds {
    /// The product of bounds of the layers' constants (where branches meet, the sum over them): L is not larger. `None` where a layer has no bound that is known.
    #[serde(default)]
    pub upper: Option<f64>,
    /// The same product of the constants themselves, with spectral norms by power iteration, which reach them from below: an estimate of a closer bound than `upper`, and no
    /// certificate. `None` where a layer has none that is known.
    pub estimate: Option<f64>,
    /// The first layer without a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// The largest quotient ‖f(x) − f(x')‖ / ‖x − x'‖ that was found: no constant is smaller.
    pub lower: f64,
}

/// What is known of the constant of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeConstant {
    /// What it does not exceed.
    pub upper: Option<f64>,
    /// What it is, or the spectral norm that a power iteration found.
    pub estimate: Option<f64>,
    /// The spectral norm, of an affine node that does not know its own.
    pub spectral_norm: Option<f64>,
}

/// The constants of the nodes.
pub(super) fn constants(net: &Network<f32>, settings: &DiagnosisSettings, key: Key) -> Vec<NodeConstant> {
    let graph = net.graph();
    let [c, h, w] = graph.input;
    let input = Shape::new(&[1, c, h, w]);
    let shapes = graph.shapes(1).expect("a network was checked when it was built");
    let of = |(i, node): (usize, &sparring_nn::Node)| {
        let read = |source: &Source| match *source {
            Source::Input => input,
            Source::Node(j) => shapes[j],
        };
        let reads: Vec<_> = node.inputs.iter().map(read).collect();
        let params: Vec<_> = net.params_of(i).iter().map(|p| &p.value).collect();
        let upper = node.layer.lipschitz_bound(&params, &reads);
        let affine = node.layer.lipschitz() == Lipschitz::Affine(None);
        let spectral_norm = affine.then(|| spectral_norm(net, i, reads[0], settings.power_steps, key));
        let estimate = match node.layer.lipschitz() {
            Lipschitz::AtMost(c) | Lipschitz::Affine(Some(c)) => Some(c),
            Lipschitz::Affine(None) => spectral_norm,
            // A learnt function knows a bound at its parameters.
            Lipschitz::Unknown => upper,
        };
        NodeConstant { upper, estimate, spectral_norm }
    };
    graph.nodes.iter().enumerate().map(of).collect()
}

/// The product of the nodes' constants along the graph; of a node with several inputs it holds for each, so that they add up. The first node without one is named instead.
fn product(net: &Network<f32>, own: impl Fn(usize) -> Option<f64>) -> Result<f64, String> {
    let mut behind: Vec<Option<f64>> = Vec::new();
    let mut unknown = None;
    for (i, node) in net.graph().nodes.iter().enumerate() {
        if own(i).is_none() && unknown.is_none() {
            unknown = Some(format!("{} ({})", node.name, node.layer.kind()));
        }
        let of = |source: &Source| match *source {
            Source::Input => Some(1.0),
            Source::Node(j) => behind[j],
        };
        let inputs: Option<f64> = node.inputs.iter().map(of).sum();
        behind.push(own(i).zip(inputs).map(|(own, inputs)| own * inputs));
    }
    last(net).map_or(Some(1.0), |end| behind[end]).ok_or_else(|| unknown.unwrap_or_default())
}

/// The bounds of the network; that from below is looked for around the examples `x`.
pub(super) fn bounds(
    net: &Network<f32>,
    constants: &[NodeConstant],
    x: &Array<f32>,
    settings: &DiagnosisSettings,
    key: Key,
) -> LipschitzBounds {
    let upper = product(net, |i| constants[i].upper);
    LipschitzBounds {
        unknown: upper.as_ref().err().cloned(),
        upper: upper.ok(),
        estimate: product(net, |i| constants[i].estimate).ok(),
        lower: steepest(net, x, settings, key),
    }
}

/// Length of the steps between the two points of a pair.
const APART: f64 = 0.1;
/// How far both points of a pair move in a step of the ascent.
const MOVE: f64 = 0.05;

/// The largest ‖f(x + d) − f(x)‖ / ‖d‖ found from these examples: d turns to Jᵀ(x + d) (f(x + d) − f(x)), the gradient of the distance (for an affine f a step of the power
/// iteration), while x climbs along the gradient of the same quotient.
fn steepest(net: &Network<f32>, x: &Array<f32>, settings: &DiagnosisSettings, key: Key) -> f64 {
    let n = x.shape()[0];
    let dim = x.len() / n.max(1);
    let mut x = x.clone();
    let mut d = Array::from_fn(x.shape(), |_| 0.0f32);
    for (i, row) in d.as_mut_slice().chunks_exact_mut(dim).enumerate() {
        let mut rng = key.named("ascent").rng(i as u64);
        row.iter_mut().for_each(|d| *d = rng.normal() as f32);
        scale_to(row, APART);
    }
    let mut best = 0.0f64;
    for _ in 0..settings.ascent_steps {
        let tape = Tape::new();
        let cx = Cx::eval(&tape);
        let moved = Array::from_fn(x.shape(), |i| x.as_slice()[i] + d.as_slice()[i]);
        let (a, b) = (tape.leaf(x.clone()), tape.leaf(moved.clone()));
        let (ya, yb) = (net.forward(&cx, a), net.forward(&cx, b));
        let mut u = yb.value();
        u.as_mut_slice().iter_mut().zip(ya.value().as_slice()).for_each(|(u, y)| *u -= y);
        let outputs = u.len() / n;
        for i in 0..n {
            // The distance between the two points as they were rounded.
            let row = i * dim..(i + 1) * dim;
            let apart = x.as_slice()[row.clone()].iter().zip(&moved.as_slice()[row]);
            let apart = apart.map(|(a, b)| (f64::from(*b) - f64::from(*a)).powi(2)).sum::<f64>().sqrt();
            let quotient = norm(&u.as_slice()[i * outputs..(i + 1) * outputs]) / apart;
            best = if quotient.is_finite() { best.max(quotient) } else { best };
        }
        let (back_a, back_b) = (tape.backward(ya, u.clone()).take(a), tape.backward(yb, u).take(b));
        let (Some(back_a), Some(back_b)) = (back_a, back_b) else { return best };
        let rows = x.as_mut_slice().chunks_exact_mut(dim).zip(d.as_mut_slice().chunks_exact_mut(dim));
        let backs = back_a.as_slice().chunks_exact(dim).zip(back_b.as_slice().chunks_exact(dim));
        for ((x, d), (at_x, at_moved)) in rows.zip(backs) {
            let mut climb: Vec<f32> = at_moved.iter().zip(at_x).map(|(b, a)| b - a).collect();
            if scale_to(&mut climb, MOVE) {
                x.iter_mut().zip(&climb).for_each(|(x, c)| *x += c);
            }
            let mut turned = at_moved.to_vec();
            if scale_to(&mut turned, APART) {
                d.copy_from_slice(&turned);
            }
        }
    }
    best
}

/// Gives a vector this length; `false` of one that has no direction.
fn scale_to(x: &mut [f32], length: f64) -> bool {
    let own = norm(x);
    let has = own > 0.0 && own.is_finite();
    if has {
        x.iter_mut().for_each(|x| *x = (f64::from(*x) * length / own) as f32);
    }
    has
}
