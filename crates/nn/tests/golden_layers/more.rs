//! The cases of `more_layers.safetensors`: further norms, gates, weights that other tensors make, dropout of whole channels and of SELU networks.

use super::case::Case;
use super::{compiled, each_case, on_engine, on_tape, sgd, stateless};
use crate::engine::reference::pass;
use sparring_nn::layers::{
    self, Conv2d, ConvTranspose2d, Embedding, GroupNorm, InstanceNorm, Interpolation, Linear,
    Parametrization, RmsNorm, Upsample,
};
use sparring_nn::{AnyLayer, Engine, Mode, Network, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::Elem;

fn layer_of(case: &Case<'_>) -> AnyLayer {
    let (eps, count) = (|| case.numbers::<f64>("eps")[0], |key: &str| case.counts(key)[0]);
    let affine = || count("affine") == 1;
    match case.name.split('/').next().unwrap() {
        "group_norm" => {
            let (groups, channels) = (count("groups"), count("channels"));
            GroupNorm { groups, channels, eps: eps(), affine: affine() }.into()
        }
        "instance_norm" => InstanceNorm { channels: count("channels"), eps: eps(), affine: affine() }.into(),
        "rms_norm" => {
            let (shape, eps) = (case.counts("normalized_shape"), Some(eps()).filter(|&eps| eps > 0.0));
            RmsNorm { shape, eps, affine: affine() }.into()
        }
        "glu" => ["glu", "swiglu", "geglu", "reglu", "bilinear_glu"][count("gate")].parse().unwrap(),
        "maxout" => layers::maxout(count("pieces")),
        "upsample" => {
            let mode = [Interpolation::Nearest, Interpolation::Bilinear][count("mode")];
            Upsample { scale: case.pair("scale"), mode }.into()
        }
        "embedding" => {
            let (entries, dim) = (case.dims("weight")[0], case.dims("weight")[1]);
            let padding_idx = case.has("padding_idx").then(|| count("padding_idx"));
            Embedding { entries, dim, padding_idx }.into()
        }
        "affine" => layers::affine(&case.counts("shape")),
        "permute" => layers::permute(&case.counts("axes")),
        "clamp" => layers::clamp(case.numbers::<f64>("low")[0], case.numbers::<f64>("high")[0]),
        "softmax" if count("log") == 1 => layers::log_softmax(),
        "softmax" => layers::softmax(),
        "prelu" => format!("prelu(groups={})", count("groups")).parse().unwrap(),
        "k_wta" => layers::k_wta(case.numbers::<f64>("fraction")[0]),
        "sparsemax" => layers::sparsemax(),
        other => panic!("no test for {other}"),
    }
}

/// The layer whose weight is made of other tensors.
fn parametrized_layer(case: &Case<'_>) -> AnyLayer {
    let parametrization = match case.name.starts_with("weight_norm") {
        true => Parametrization::WeightNorm,
        false => Parametrization::SpectralNorm,
    };
    let (inputs, outputs, kernel, stride, padding) = (2, 3, [3, 2], [2; 2], [1; 2]);
    match case.counts("kind")[0] {
        0 => Linear { inputs: 4, outputs: 3, parametrization, ..Linear::default() }.into(),
        1 => Conv2d { inputs, outputs, kernel, stride, padding, parametrization, ..Conv2d::default() }.into(),
        _ => {
            let rest = ConvTranspose2d { bias: false, ..ConvTranspose2d::default() };
            ConvTranspose2d { inputs, outputs, kernel, stride, padding, parametrization, ..rest }.into()
        }
    }
}

/// A step in training, after which the vectors of a power iteration are as PyTorch's, then evaluation.
fn parametrized<E: Elem>(case: &Case<'_>, tolerance: f64) {
    let mut net = case.network::<E>(parametrized_layer(case), &case.dims("train/x")[1..]);
    let mut engine = Engine::new(&net, sgd(0.0).into());
    let vectors = |params: &Params<E>| {
        let of = |key: &str| params.get(&format!("it.{key}")).map(|p| p.value.as_slice().to_vec());
        let keys = ["parametrizations.weight.0._u", "parametrizations.weight.0._v"];
        let found = keys.map(|key| of(key).map(|got| case.near(&format!("after/{key}"), &got, tolerance)));
        assert_eq!(found, [case.name.starts_with("spectral").then_some(()); 2]);
    };
    on_engine(case, &mut engine, &net.params, "train/", tolerance);
    // A step of length 0.
    engine.update(&net.params, 0.0).unwrap();
    vectors(&engine.export_weights(&net.params));
    compiled(case, &engine, "eval/", tolerance);
    on_tape(case, &mut net, "train/", Mode::Train, tolerance);
    vectors(&net.params);
    on_tape(case, &mut net, "eval/", Mode::Eval, tolerance);
}

/// Each number becomes what it becomes in PyTorch where it is kept or where it is dropped, with probability p; channels are dropped whole. Both engines draw the same masks.
fn drops<E: Elem>(case: &Case<'_>, tolerance: f64) {
    let (p, of_channels) = (case.numbers::<f64>("p")[0], case.name.starts_with("dropout2d"));
    let layer = if of_channels { layers::dropout2d(p) } else { layers::alpha_dropout(p) };
    let mut net: Network<E> = case.network(layer, &case.dims("x")[1..]);
    let x = case.numbers::<E>("x");
    let [kept, dropped] = ["kept", "dropped"].map(|key| case.numbers::<f64>(key));
    let mut engine = Engine::new(&net, sgd(0.0).into());
    let (mut gone, mut all) = (0, 0);
    for key in (0..50).map(Key::new) {
        let mut y = x.clone();
        engine.forward_of_batch(&x, Randomness { mode: Mode::Train, key, ids: &[] }, &mut y);
        let on_tape = pass(&mut net, &x, (Mode::Train, key, &[]), <[E]>::to_vec).y;
        let near = |a: E, b: f64| (a.to_f64() - b).abs() <= tolerance;
        let is_dropped: Vec<bool> = (0..x.len()).map(|i| near(y[i], dropped[i])).collect();
        for i in 0..x.len() {
            assert!(is_dropped[i] || near(y[i], kept[i]), "{}: {} became {}", case.name, x[i], y[i]);
            assert!(near(on_tape[i], y[i].to_f64()), "{}: {} and {}", case.name, on_tape[i], y[i]);
        }
        let each = if of_channels { case.dims("x")[2..].iter().product() } else { 1 };
        for channel in is_dropped.chunks(each) {
            assert!(channel.iter().all(|d| *d == channel[0]));
            (gone, all) = (gone + usize::from(channel[0]), all + 1);
        }
    }
    let (share, deviation) = (gone as f64 / all as f64, (p * (1.0 - p) / all as f64).sqrt());
    assert!((share - p).abs() < 5.0 * deviation, "{}: {share} are dropped", case.name);
    let mut y = x.clone();
    engine.compiled().forward(&x, &mut y);
    assert_eq!(y, x, "evaluation is the identity");
}

#[test]
fn simple_layers_on_both_engines() {
    each_case("simple_layers", 10, |case| {
        stateless::<f64>(case, layer_of(case), 1e-12);
        stateless::<f32>(case, layer_of(case), 1e-5);
    });
}

#[test]
fn layers_of_rows_and_slopes_of_channels_on_both_engines() {
    each_case("row_layers", 9, |case| {
        stateless::<f64>(case, layer_of(case), 1e-12);
        stateless::<f32>(case, layer_of(case), 1e-5);
    });
}

#[test]
fn further_layers_on_both_engines() {
    each_case("more_layers", 33, |case| match case.name.split('/').next().unwrap() {
        "weight_norm" | "spectral_norm" => {
            parametrized::<f64>(case, 1e-12);
            parametrized::<f32>(case, 1e-5);
        }
        "dropout2d" | "alpha_dropout" => {
            drops::<f64>(case, 1e-12);
            drops::<f32>(case, 1e-5);
        }
        _ => {
            stateless::<f64>(case, layer_of(case), 1e-12);
            // Without an eps PyTorch's is that of the element type: the cases are of f64.
            if !(case.name.starts_with("rms_norm") && case.numbers::<f64>("eps")[0] == 0.0) {
                stateless::<f32>(case, layer_of(case), 1e-5);
            }
        }
    });
}
