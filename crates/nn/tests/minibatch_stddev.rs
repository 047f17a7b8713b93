//! The plane of a minibatch's standard deviation against the formula, in training and afterwards.

use sparring_autograd::{Checking, Tape, gradcheck, gradgradcheck, ops};
use sparring_nn::{Cx, Graph, Learned, Network, layers};
use sparring_seed::Key;
use sparring_tensor::Array;

#[test]
fn the_plane_holds_the_mean_deviation_over_the_batch() {
    let [n, c, h, w] = [5, 2, 2, 3];
    let graph = Graph::chain([c, h, w], vec![layers::minibatch_stddev()]);
    let net: Network<f64> = graph.build(Key::new(1)).unwrap();
    let mut rng = Key::new(2).rng(0);
    let x = Array::from_fn([n, c, h, w], |_| f64::from(rng.uniform()));
    let dim = c * h * w;
    let deviation = |j: usize| {
        let column: Vec<f64> = (0..n).map(|i| x.as_slice()[i * dim + j]).collect();
        let mean = column.iter().sum::<f64>() / n as f64;
        (column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64).sqrt()
    };
    let want = (0..dim).map(deviation).sum::<f64>() / dim as f64;
    for (is_training, want) in [(true, want), (false, 1.0)] {
        let tape = Tape::new();
        let learnt = Learned::default();
        let cx = if is_training { Cx::train(&tape, Key::new(3), &[]) } else { Cx::eval(&tape) };
        let cx = cx.learning(&learnt);
        let y = net.forward(&cx, tape.constant(x.clone())).value();
        assert_eq!(y.shape().dims(), [n, c + 1, h, w]);
        for (row, from) in y.as_slice().chunks(dim + h * w).zip(x.as_slice().chunks(dim)) {
            assert_eq!(&row[..dim], from);
            assert!(row[dim..].iter().all(|v| (v - want).abs() < 1e-6), "{row:?} {want}");
        }
        let learnt = learnt.into_inner();
        assert_eq!(learnt.len(), usize::from(is_training));
        if let Some((.., running)) = learnt.first() {
            let next = 1.0 + 0.1 * (want - 1.0);
            assert!((running.as_slice()[0] - next).abs() < 1e-6, "{running:?} {next}");
        }
    }
}

#[test]
fn its_gradients_of_both_orders_are_those_of_differences() {
    let graph = Graph::chain([2, 1, 2], vec![layers::minibatch_stddev()]);
    let net: Network<f64> = graph.build(Key::new(1)).unwrap();
    let mut rng = Key::new(4).rng(0);
    let x = [Array::from_fn([3, 2, 1, 2], |_| rng.uniform_f64())];
    let how = Checking::default();
    gradcheck(|t, x| ops::sum(ops::square(net.forward(&Cx::train(t, Key::new(3), &[]), x[0]))), &x, how)
        .unwrap();
    gradgradcheck(|t, x| ops::sum(ops::square(net.forward(&Cx::train(t, Key::new(3), &[]), x[0]))), &x, how)
        .unwrap();
}
