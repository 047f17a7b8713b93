//! Schemes that initialise whole networks.

use sparring_activations::{AnyActivation, Length, mean_field};
use sparring_autograd::Tape;
use sparring_math::grammar::pieces;
use sparring_nn::{AnyInitScheme, Cx, Graph, Init, Lsuv, Network, NnError, layers};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

fn chain(input: [usize; 3], layers: &str) -> Graph {
    Graph::chain(input, pieces(layers).into_iter().map(|layer| layer.parse().unwrap()).collect())
}

fn scheme(text: &str) -> AnyInitScheme {
    text.parse().unwrap()
}

/// The initializer of a node, as its layer writes it.
fn init_of(graph: &Graph, i: usize) -> Init {
    let text = graph.nodes[i].layer.to_string();
    let from = text.find("init=").map_or("torch".into(), |at| text[at + 5..].to_string());
    let end = from.find(')').map_or(from.len(), |at| at + 1);
    from[..end].parse().unwrap()
}

fn normal<E: Elem>(shape: [usize; 4], seed: u64) -> Array<E> {
    let mut numbers = Key::new(seed).rng(0);
    Array::from_fn(shape, |_| E::of(numbers.normal()))
}

/// The outputs of all nodes in training mode, in `f64`.
fn outputs<E: Elem>(net: &Network<E>, x: &Array<E>, key: Key) -> Vec<Vec<f64>> {
    let tape = Tape::new();
    let values = net.forward_nodes(&Cx::train(&tape, key, &[]), tape.constant(x.clone()));
    values.iter().map(|v| v.value().as_slice().iter().map(|v| v.to_f64()).collect()).collect()
}

fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(s, q), v| (s + v, q + v * v));
    squares / n - (sum / n).powi(2)
}

#[test]
fn a_layer_gets_the_gain_of_what_it_reads() {
    let graph = chain(
        [1, 8, 8],
        "conv2d(1, 4, 3, padding=1), relu, max_pool2d(2), conv2d(4, 6, 3, padding=1), batch_norm(6), tanh, flatten, dropout(0.1),
         linear(96, 20), linear(20, 10)",
    );
    let he = scheme("he").applied(&graph).unwrap();
    let gains = [(0, 1.0), (3, 2f64.sqrt()), (8, 1.5925), (9, 1.0)];
    for (i, gain) in gains {
        assert!(matches!(init_of(&he, i), Init::He { gain: g } if (g - gain).abs() < 1e-4), "{i}: {he:?}");
    }
    // Gradients: the backward gain over √fan-out. tanh: 1.4674; fan-in 96, fan-out 20.
    let out = scheme("he(mode=fan_out)").applied(&graph).unwrap();
    let want = 1.4674 * (96.0f64 / 20.0).sqrt();
    assert!(matches!(init_of(&out, 8), Init::He { gain } if (gain - want).abs() < 1e-3));
    // Before and behind a batch normalisation nothing reads or is read but the normalisation; the activation behind it counts for the first layer alone.
    let edge = scheme("edge_of_chaos(q=0.5)").applied(&graph).unwrap();
    assert!(
        matches!(init_of(&edge, 0), Init::Gaussian { sigma_w, .. } if (sigma_w.powi(2) - 2.0).abs() < 1e-9)
    );
    assert!(
        matches!(init_of(&edge, 8), Init::Gaussian { sigma_w, .. } if (sigma_w.powi(2) - 1.688).abs() < 1e-3)
    );
    for (text, init) in [("torch", Init::Torch), ("xavier", Init::Glorot { gain: 1.0 })] {
        let graph = scheme(text).applied(&he).unwrap();
        assert!([0, 3, 8, 9].iter().all(|&i| init_of(&graph, i) == init), "{text}");
    }
    // Behind a sum nothing is known.
    let mut sum = chain([1, 1, 4], "flatten, linear(4, 4), relu");
    let skip = sum.last();
    let deep = sum.push("linear(4, 4)".parse().unwrap());
    sum.push_from(layers::add(), &[skip, deep]);
    sum.push("linear(4, 2)".parse().unwrap());
    let sum = scheme("he").applied(&sum).unwrap();
    assert!(matches!(init_of(&sum, 3), Init::He { gain } if (gain - 2f64.sqrt()).abs() < 1e-9));
    assert_eq!(init_of(&sum, 5), Init::He { gain: 1.0 });
}

#[test]
fn no_edge_of_chaos_is_an_error_that_names_the_layer() {
    let graph = chain([1, 1, 4], "flatten, linear(4, 8), softplus, linear(8, 2)");
    let error = scheme("edge_of_chaos").applied(&graph).unwrap_err();
    assert!(
        matches!(&error, NnError::Spec { layer, what } if layer == "1" && what.contains("choose he or lsuv")),
        "{error}"
    );
    // Of rows: no function of one number, before the layer or, for the first, behind it.
    for (text, at) in [
        ("flatten, linear(4, 8), k_wta(0.5), linear(8, 2)", "1"),
        ("flatten, linear(4, 8), tanh, linear(8, 8), maxout(2), linear(4, 2)", "5"),
    ] {
        let error = scheme("edge_of_chaos").applied(&chain([1, 1, 4], text)).unwrap_err();
        let said = |what: &str| what.contains("has no edge of chaos") && what.contains("choose he or lsuv");
        assert!(
            matches!(&error, NnError::Spec { layer, what } if layer == at && said(what)),
            "{text}: {error}"
        );
        assert!(scheme("he").applied(&chain([1, 1, 4], text)).is_ok());
    }
    assert!("lsuv(batch=0)".parse::<AnyInitScheme>().is_err());
    assert_eq!(scheme("lsuv(batch=64)").to_string(), "lsuv(batch=64)");
}

/// The lengths of a wide net of 12 layers are the fixed point of mean-field theory.
#[test]
fn lengths_are_those_of_the_theory() {
    for (text, activation) in
        [("he", "tanh"), ("he", "relu"), ("edge_of_chaos(q=0.5)", "tanh"), ("orthogonal", "selu")]
    {
        let layer = format!("linear(512, 512), {activation}, ");
        let graph = chain([1, 1, 512], &format!("flatten, {}linear(512, 10)", layer.repeat(12)));
        let net = scheme(text).applied(&graph).unwrap().build::<f32>(Key::new(4)).unwrap();
        let all = outputs(&net, &normal([64, 1, 1, 512], 5), Key::new(1));
        let mean_square = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>() / v.len() as f64;
        let want = if text.contains("0.5") { 0.5 } else { 1.0 };
        for i in [9, 15, 21, 23] {
            let length = mean_square(&all[i]);
            assert!((length / want).ln().abs() < 0.45, "{text} {activation}: node {i} has {length}");
        }
    }
    // What the scheme promises is what the theory says of it.
    let a: AnyActivation = "tanh".parse().unwrap();
    let found = mean_field(&a, 1.5925, 0.0);
    assert!(matches!(found.length, Length::Fixed(q) if (q - 1.0).abs() < 1e-3), "{found:?}");
}

#[test]
fn lsuv_makes_every_variance_one() {
    let mut residual = chain([1, 6, 6], "conv2d(1, 4, 3, padding=1), batch_norm(4), relu");
    let skip = residual.last();
    let deep = residual.push("conv2d(4, 4, 3, padding=1)".parse().unwrap());
    residual.push_from(layers::add(), &[deep, skip]);
    for layer in ["silu", "flatten", "dropout(0.3)", "linear(144, 30)", "sigmoid", "linear(30, 5)"] {
        residual.push(layer.parse().unwrap());
    }
    let normed = chain(
        [1, 6, 6],
        "conv2d(1, 4, 3, parametrization=weight_norm), tanh, flatten, linear(64, 8, bias=false), mish, linear(8, 3)",
    );
    let lsuv = Lsuv { tolerance: 1e-3, ..Lsuv::default() };
    for (graph, measured) in [(residual, vec![0, 3, 8, 10]), (normed, vec![0, 3, 5])] {
        let graph = AnyInitScheme::from(lsuv).applied(&graph).unwrap();
        let (x, key) = (normal::<f64>([40, 1, 6, 6], 3), Key::new(9));
        let fitted = || {
            let mut net = graph.build::<f64>(Key::new(2)).unwrap();
            let rows = lsuv.fit(&mut net, &x, key).unwrap();
            (net, rows)
        };
        let (net, rows) = fitted();
        let all = outputs(&net, &x, key);
        let named: Vec<_> = measured.iter().map(|i| i.to_string()).collect();
        assert_eq!(rows.iter().map(|r| r.name.clone()).collect::<Vec<_>>(), named);
        for (row, &i) in rows.iter().zip(&measured) {
            let found = variance(&all[i]);
            assert!((found - 1.0).abs() < 1e-3 && (row.after - found).abs() < 1e-9, "{row:?}: {found}");
            assert!(row.rounds <= 2 && (row.before - 1.0).abs() > 1e-3, "{row:?}");
        }
        // The same bits again; running statistics as they were.
        let (again, _) = fitted();
        for (a, b) in net.params.iter().zip(again.params.iter()) {
            assert_eq!(a.value.as_slice(), b.value.as_slice(), "{}", a.name());
            assert!(!a.name().contains("running_mean") || a.value.as_slice().iter().all(|v| *v == 0.0));
        }
    }
    // Nothing can be made of nothing.
    let graph = AnyInitScheme::from(lsuv).applied(&chain([1, 1, 4], "flatten, linear(4, 3)")).unwrap();
    let mut net = graph.build::<f32>(Key::new(2)).unwrap();
    let error = lsuv.fit(&mut net, &Array::zeros([5, 1, 1, 4]), Key::new(1)).unwrap_err().to_string();
    assert!(error.starts_with("layer 1: lsuv: its output has a variance of 0"), "{error}");
    let error = |x: Array<f32>| {
        lsuv.fit(&mut graph.build::<f32>(Key::new(2)).unwrap(), &x, Key::new(1)).unwrap_err().to_string()
    };
    // NaN compares false with every tolerance, and is no variance near 1.
    let nan = error(Array::full([5, 1, 1, 4], f32::NAN));
    assert!(nan.starts_with("layer 1: lsuv: its output has a variance of NaN"), "{nan}");
    for shape in [[5, 1, 4, 1], [0, 1, 1, 4]] {
        let e = error(Array::zeros(shape));
        assert!(e.contains("the network takes [n, 1, 1, 4]"), "{e}");
    }
    assert!(error(Array::zeros([5, 4])).contains("examples are [5, 4]"));
}
