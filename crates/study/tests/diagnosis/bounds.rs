//! Norms, Lipschitz bounds and linear regions of maps that are known.

use super::{network, noise, split};
use sparring_nn::layers::*;
use sparring_nn::{Graph, Network};
use sparring_seed::Key;
use sparring_study::{DiagnosisLoss, DiagnosisSettings, NetworkDiagnosis, TrainingFacts, diagnose_network};

fn diagnosed(net: &Network<f32>, rows: &[f32]) -> NetworkDiagnosis {
    let settings = DiagnosisSettings { power_steps: 2000, ascent_steps: 100, ..DiagnosisSettings::default() };
    let (data, facts) = (split(net.graph().input, rows), TrainingFacts::default());
    diagnose_network(net, &data, DiagnosisLoss::CrossEntropy, &settings, &facts, Key::new(3), &|_| ())
        .unwrap()
}

fn upper(of: &NetworkDiagnosis) -> Vec<f64> {
    of.layers.iter().filter_map(|l| l.weight.as_ref()?.spectral_bound).collect()
}

fn norms(of: &NetworkDiagnosis) -> Vec<f64> {
    of.layers.iter().filter_map(|l| l.weight.as_ref()?.spectral_norm).collect()
}

/// The largest singular value of [[a, b], [c, d]].
fn largest([a, b, c, d]: [f64; 4]) -> f64 {
    let (sum, det) = (a * a + b * b + c * c + d * d, a * d - b * c);
    ((sum + (sum * sum - 4.0 * det * det).sqrt()) / 2.0).sqrt()
}

#[test]
fn a_linear_network_is_bounded_by_its_own_norm() {
    let (w, v) = ([3.0, 1.0, -2.0, 0.5f32], [0.5, -1.0, 2.0, 0.25f32]);
    let wide = |m: [f32; 4]| m.map(f64::from);
    let one = Graph::chain([1, 1, 2], vec![flatten(), linear(2, 2)]);
    let of = diagnosed(&network(&one, &[&w, &[7.0, -7.0]]), &noise(16, 1));
    let truth = largest(wide(w));
    assert!((norms(&of)[0] - truth).abs() < 1e-5 * truth);
    assert!((of.lipschitz.estimate.unwrap() - truth).abs() < 1e-5 * truth);
    let bound = of.lipschitz.upper.unwrap();
    assert!(bound >= truth && bound < 1.001 * truth, "{bound} for {truth}");
    assert!((of.lipschitz.lower - truth).abs() < 1e-4 * truth, "{} of {truth}", of.lipschitz.lower);
    assert_eq!(of.linear_regions, Some(1));
    let two = Graph::chain([1, 1, 2], vec![flatten(), linear(2, 2), linear(2, 2)]);
    let of = diagnosed(&network(&two, &[&w, &[0.0; 2], &v, &[0.0; 2]]), &noise(16, 1));
    let [w, v] = [w, v].map(wide);
    let product = [
        v[0] * w[0] + v[1] * w[2],
        v[0] * w[1] + v[1] * w[3],
        v[2] * w[0] + v[3] * w[2],
        v[2] * w[1] + v[3] * w[3],
    ];
    let (bound, truth) = (largest(w) * largest(v), largest(product));
    assert!((of.lipschitz.estimate.unwrap() - bound).abs() < 1e-5 * bound);
    assert!((of.lipschitz.lower - truth).abs() < 1e-4 * truth && truth < bound);
}

/// A convolution with stride and border, as the matrix that a loop makes of it, its norm by a long power iteration in f64.
#[test]
fn the_norm_of_a_convolution_is_that_of_its_matrix() {
    let (c, o, k, side, out) = (2usize, 3usize, 3usize, 5usize, 3usize);
    let graph =
        Graph::chain([c, side, side], vec![conv2d(c, o, k, 2, 1), flatten(), linear(o * out * out, 2)]);
    let weight: Vec<f32> = noise(o * c * k * k, 5).iter().map(|v| v - 0.4).collect();
    let net = network(&graph, &[&weight, &[0.3, -0.2, 0.1], &noise(2 * o * out * out, 6), &[0.0; 2]]);
    let mut matrix = vec![vec![0.0f64; c * side * side]; o * out * out];
    for (oc, (y, x)) in (0..o).flat_map(|oc| (0..out * out).map(move |p| (oc, (p / out, p % out)))) {
        for (ic, (i, j)) in (0..c).flat_map(|ic| (0..k * k).map(move |p| (ic, (p / k, p % k)))) {
            let (at_y, at_x) = ((2 * y + i) as isize - 1, (2 * x + j) as isize - 1);
            if (0..side as isize).contains(&at_y) && (0..side as isize).contains(&at_x) {
                let column = (ic * side + at_y as usize) * side + at_x as usize;
                matrix[(oc * out + y) * out + x][column] = f64::from(weight[((oc * c + ic) * k + i) * k + j]);
            }
        }
    }
    let mut v: Vec<f64> = noise(c * side * side, 8).into_iter().map(f64::from).collect();
    let mut truth = 0.0;
    for _ in 0..20_000 {
        let u: Vec<f64> = matrix.iter().map(|row| row.iter().zip(&v).map(|(m, v)| m * v).sum()).collect();
        let back = |j: usize| matrix.iter().zip(&u).map(|(row, u)| row[j] * u).sum::<f64>();
        let next: Vec<f64> = (0..v.len()).map(back).collect();
        let length = next.iter().map(|v| v * v).sum::<f64>().sqrt();
        truth = length.sqrt();
        v = next.into_iter().map(|v| v / length).collect();
    }
    let found = norms(&diagnosed(&net, &noise(8 * c * side * side, 2)))[0];
    assert!((found - truth).abs() < 1e-4 * truth, "{found} is not {truth}");
    let bound = upper(&diagnosed(&net, &noise(8 * c * side * side, 2)))[0];
    assert!(bound >= truth && bound < 2.0 * truth, "{bound} for {truth}");
}

#[test]
fn bounds_enclose_each_other_and_a_layer_without_a_constant_is_named() {
    let relu = || activation(&"relu".parse().unwrap());
    let mut graph = Graph::chain([1, 6, 6], vec![conv2d(1, 4, 3, 1, 1), relu(), max_pool2d(2, 2)]);
    let skip = graph.last();
    let deep = graph.push(conv2d(4, 4, 3, 1, 1));
    graph.push_from(add(), &[deep, skip]);
    graph.push(relu());
    graph.push(flatten());
    graph.push(linear(36, 2));
    let net = graph.build::<f32>(Key::new(4)).unwrap();
    let of = diagnosed(&net, &noise(8 * 36, 3));
    let n = norms(&of);
    let by_hand = n[0] * (n[1] + 1.0) * n[2];
    let upper = of.lipschitz.estimate.unwrap();
    assert!(
        (upper - by_hand).abs() < 1e-9 * by_hand && of.lipschitz.lower > 0.0 && of.lipschitz.lower <= upper
    );
    let sure = of.lipschitz.upper.unwrap();
    assert!(sure >= upper && sure < 30.0 * upper, "{sure}, {upper}");
    assert!(of.linear_regions.unwrap() > 1);
    let graph = Graph::chain([1, 1, 4], vec![flatten(), linear(4, 4), layer_norm(&[4]), linear(4, 2)]);
    let of = diagnosed(&graph.build::<f32>(Key::new(4)).unwrap(), &noise(16, 3));
    assert_eq!((of.lipschitz.estimate, of.lipschitz.unknown.as_deref()), (None, Some("2 (layer_norm)")));
    assert_eq!(of.lipschitz.upper, None);
    assert_eq!(of.linear_regions, None);
}

/// One input, four rectified units with kinks at 1/4, 1/2, 3/4 and 2: the segment from 0 to 1 crosses three.
#[test]
fn regions_of_a_line_are_those_counted_by_hand() {
    let graph = |name: &str| {
        let f = activation(&name.parse().unwrap());
        Graph::chain([1, 1, 1], vec![flatten(), linear(1, 4), f, linear(4, 2)])
    };
    let heads = noise(8, 2);
    let values: [&[f32]; 4] = [&[4.0, -2.0, 8.0, 1.0], &[-1.0, 1.0, -6.0, -2.0], &heads, &[0.0; 2]];
    let of = |name: &str, rows: &[f32]| diagnosed(&network(&graph(name), &values), rows).linear_regions;
    assert_eq!(of("relu", &[0.0, 1.0]), Some(4));
    assert_eq!(of("leaky_relu(0.2)", &[1.0, 0.0]), Some(4));
    assert_eq!(of("relu", &[0.3, 0.6]), Some(2));
    assert_eq!(of("relu", &[0.6, 0.6]), Some(1));
    assert_eq!(of("tanh", &[0.0, 1.0]), None);
    assert_eq!(of("relu", &[0.5]), None, "one example is no segment");
    // A window of two numbers of one channel: the larger one changes where they meet.
    let pool = Graph::chain(
        [1, 1, 2],
        vec![Pool2d { kernel: [1, 2], stride: [1, 2], ..Pool2d::default() }.into(), flatten(), linear(1, 2)],
    );
    let of = diagnosed(&network(&pool, &[&[1.0, 2.0], &[0.0; 2]]), &[0.2, 0.9, 0.8, 0.1]);
    assert_eq!(of.linear_regions, Some(2));
}
