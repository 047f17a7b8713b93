//! Networks from ONNX files give onnxruntime's outputs, and networks of ours leave as ONNX and come back (`golden/onnx/make.py`, which runs what we
//! write by onnxruntime: `--check`).

use sparring_math::grammar::pieces;
use sparring_nn::{Compiled, Graph, Network, Source, layers};
use sparring_seed::Key;
use sparring_store::{
    LoadNote, OnnxFile, TensorFile, TensorValues, onnx_bytes, read_onnx, read_tensors, write_new_onnx,
    write_tensors,
};
use sparring_tensor::Array;
use std::path::{Path, PathBuf};

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/onnx").join(file)
}

fn floats(file: &TensorFile, name: &str) -> Array<f32> {
    match file.get(name) {
        Some(TensorValues::F32(a)) => a.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

fn cases() -> (TensorFile, Vec<String>) {
    let cases = read_tensors(golden("cases.safetensors")).unwrap();
    let names = cases.tensors.iter().filter_map(|(n, _)| n.strip_suffix("/x").map(String::from)).collect();
    (cases, names)
}

/// The examples of a case as the network takes them.
fn examples(cases: &TensorFile, name: &str) -> Array<f32> {
    let x = floats(cases, &format!("{name}/x"));
    if name != "channels_last" {
        return x;
    }
    let [n, h, w, c] = x.shape().dims4();
    Array::from_fn([n, c, h, w], |i| {
        let (column, row, channel, example) = (i % w, i / w % h, i / (w * h) % c, i / (w * h * c));
        x.as_slice()[((example * h + row) * w + column) * c + channel]
    })
}

fn outputs(net: &Network<f32>, x: &[f32]) -> Vec<f32> {
    let (each, n) = (net.graph().input.iter().product::<usize>(), net.output_shape(1).unwrap().numel());
    let mut y = vec![f32::NAN; x.len() / each * n];
    Compiled::new(net).forward(x, &mut y);
    y
}

#[track_caller]
fn near(name: &str, ours: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), wanted.len(), "{name}");
    let gap = ours.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let size = wanted.iter().fold(1.0f32, |m, v| m.max(v.abs()));
    assert!(gap <= tolerance * size, "{name}: {gap:e} at outputs up to {size}");
}

fn imported(name: &str) -> (Network<f32>, Vec<LoadNote>) {
    let file = read_onnx(golden(&format!("{name}.onnx"))).unwrap();
    file.network().unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn files_give_onnxruntimes_outputs() {
    let (cases, names) = cases();
    assert_eq!(names.len(), 30);
    for name in &names {
        let (net, _) = imported(name);
        let wanted = floats(&cases, &format!("{name}/y"));
        near(name, &outputs(&net, examples(&cases, name).as_slice()), wanted.as_slice(), 1e-5);
    }
}

fn kinds(net: &Network<f32>) -> String {
    net.graph().layers().map(|l| l.kind().into_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn graphs_are_those_that_run_fast() {
    for (name, wanted) in [
        ("mlp_script", "flatten linear relu linear relu linear"),
        ("mlp_dynamo", "flatten linear relu linear relu linear"),
        ("conv_dynamo", "conv2d relu max_pool2d conv2d relu max_pool2d flatten linear relu linear"),
        ("normalised_script", "normalize conv2d relu flatten linear"),
        ("normalised_dynamo", "normalize conv2d relu flatten linear"),
        ("scaled_script", "normalize flatten linear tanh linear"),
        ("gemm", "flatten linear relu linear"),
        ("logarithms_dynamo", "flatten linear softplus linear log_softmax"),
        ("channels_last", "conv2d relu permute flatten linear"),
        ("shapes_script", "conv2d relu permute flatten linear"),
        ("shapes_dynamo", "conv2d relu permute flatten linear"),
    ] {
        assert_eq!(kinds(&imported(name).0), wanted, "{name}");
    }
    let names = |name: &str| imported(name).0.params.iter().map(|p| p.name().to_string()).collect::<Vec<_>>();
    assert_eq!(names("mlp_script"), ["1.weight", "1.bias", "3.weight", "3.bias", "5.weight", "5.bias"]);
    assert!(names("residual_dynamo").contains(&"fc.bias".to_string()), "{:?}", names("residual_dynamo"));
}

#[test]
fn what_was_done_is_told() {
    let told = |name: &str| imported(name).1.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(told("probabilities_script").contains("ends in a softmax"));
    assert!(told("logarithms_dynamo").contains("ends in a log_softmax"));
    assert!(told("half").contains("2 tensors of type F16 are read as F32"));
    assert!(told("channels_last").contains("channels first"));
    assert!(told("mobile_script").contains("8 groups"));
    assert_eq!(told("conv_script"), "");
}

#[test]
fn a_vector_is_taken_as_the_image_that_it_is() {
    let file = read_onnx(golden("scaled_dynamo.onnx")).unwrap();
    assert_eq!(file.example().unwrap(), [20]);
    assert_eq!(file.network().unwrap().0.graph().input, [1, 1, 20]);
    let (image, _) = file.network_for([1, 4, 5]).unwrap();
    assert_eq!(image.graph().input, [1, 4, 5]);
    let (cases, _) = cases();
    let x = floats(&cases, "scaled_dynamo/x");
    near("image", &outputs(&image, x.as_slice()), floats(&cases, "scaled_dynamo/y").as_slice(), 1e-5);
    // Other numbers, or an image in another form, are not taken for it.
    assert_eq!(file.network_for([1, 4, 6]).unwrap().0.graph().input, [1, 1, 20]);
    let conv = read_onnx(golden("conv_script.onnx")).unwrap();
    assert_eq!(conv.network_for([4, 8, 8]).unwrap().0.graph().input, [1, 16, 16]);
}

/// Where the files go that `make.py --check` runs.
fn folder(own: &tempfile::TempDir) -> PathBuf {
    std::env::var_os("SPARRING_WRITE_ONNX").map_or(own.path().to_path_buf(), PathBuf::from)
}

#[test]
fn what_was_read_is_written_and_read_again_to_the_bit() {
    let (cases, names) = cases();
    for name in &names {
        let (net, _) = imported(name);
        let bytes = onnx_bytes(&net).unwrap();
        assert_eq!(bytes, onnx_bytes(&net).unwrap(), "{name}: equal networks make equal files");
        let (again, _) = OnnxFile::parse(&bytes).unwrap().network().unwrap_or_else(|e| panic!("{name}: {e}"));
        let x = examples(&cases, name);
        let [first, second] = [&net, &again].map(|net| outputs(net, x.as_slice()));
        assert_eq!(first, second, "{name}: {} became {}", kinds(&net), kinds(&again));
        if name == "borders" || name.starts_with("mobile") {
            // A scale for each pixel comes back as one for each number, a sixth as a rounded one.
            continue;
        }
        assert_eq!(net.graph(), again.graph(), "{name}");
        let bits = |net: &Network<f32>| {
            net.params.iter().map(|p| (p.name().to_string(), p.value.as_slice().to_vec())).collect::<Vec<_>>()
        };
        assert_eq!(bits(&net), bits(&again), "{name}");
    }
}

/// Networks of ours that hold every layer and activation that has operators.
fn ours() -> Vec<(&'static str, Graph)> {
    let chain = |input, layers: &str| {
        Graph::chain(input, pieces(layers).iter().map(|l| l.parse().unwrap()).collect())
    };
    let mut gated = chain([2, 6, 6], "conv2d(2, 4, 3, 1, 1), sigmoid");
    let skip = gated.push_from(layers::conv2d(2, 4, 3, 1, 1), &[Source::Input]);
    gated.push_from(layers::multiply(), &[Source::Node(1), skip, skip]);
    gated.push_from(layers::add(), &[gated.last(), skip, Source::Node(0)]);
    gated.push_from(layers::concat(), &[gated.last(), Source::Input]);
    for layer in ["global_avg_pool2d", "flatten", "linear(6, 3, bias=false)"] {
        gated.push(layer.parse().unwrap());
    }
    vec![
        (
            "dense",
            chain(
                [1, 4, 5],
                "flatten, linear(20, 16), relu, dropout(0.3), linear(16, 12), leaky_relu(0.2), linear(12, 12), batch_norm(12), elu(1.5), linear(12, 8), selu, layer_norm(8), affine(8), linear(8, 6), celu(1.5), linear(6, 5), mish, linear(5, 4), softmax",
            ),
        ),
        (
            "image",
            chain(
                [3, 9, 8],
                "normalize(0.1|0.2|0.3, 1|0.5|2), conv2d(3, 8, 3, 2, 1), silu, max_pool2d(3, 1), avg_pool2d(2, 1), conv_transpose2d(8, 6, 3, 2, 1), clamp(-0.5, 0.5), instance_norm(6, affine=true), permute(2-3-1), tanh, flatten, linear(18, 4), prelu, linear(4, 3), log_softmax",
            ),
        ),
        (
            "further",
            chain(
                [4, 6, 6],
                "conv2d(4, 8, 3, 1, 1), group_norm(2, 8), gelu, glu, upsample(2), upsample(2x1, mode=bilinear), maxout(2), instance_norm(2), rms_norm(24-12), softplus(2), dropout2d(0.2), alpha_dropout(0.1), gaussian_noise(0.1), geglu, reshape(12-24), flatten, linear(288, 3), identity",
            ),
        ),
        (
            "slopes",
            chain(
                [3, 4, 5],
                "prelu(groups=3), conv2d(3, 2, 3, 1), prelu(groups=12), flatten, prelu(groups=12), linear(12, 3), prelu(groups=3)",
            ),
        ),
        ("gated", gated),
    ]
}

#[test]
fn networks_of_ours_leave_and_come_back() {
    let own = tempfile::tempdir().unwrap();
    let (dir, mut tensors): (_, Vec<(String, TensorValues)>) = (folder(&own), Vec::new());
    for (name, graph) in ours() {
        let mut net = graph.build::<f32>(Key::new(5)).unwrap_or_else(|e| panic!("{name}: {e}"));
        // Away from the zeros and ones that parameters begin with.
        let mut r = Key::new(6).rng(0);
        for p in net.params.iter_mut() {
            let is_variance = p.name().ends_with("running_var");
            p.value.as_mut_slice().iter_mut().for_each(|v| {
                *v += if is_variance { 0.5 * r.uniform() } else { 0.2 * r.normal() as f32 };
            });
        }
        let n = 5 * graph.input.iter().product::<usize>();
        let x: Vec<f32> = (0..n).map(|_| r.uniform()).collect();
        let y = outputs(&net, &x);
        write_new_onnx(dir.join(format!("{name}.onnx")), &net).unwrap();
        let [c, h, w] = graph.input;
        tensors.push((format!("{name}/x"), Array::from_slice([5, c, h, w], &x).into()));
        tensors.push((format!("{name}/y"), Array::from_slice([5, y.len() / 5], &y).into()));
        let read = read_onnx(dir.join(format!("{name}.onnx"))).unwrap();
        assert_eq!(read.written_by(), (format!("sparring {}", env!("CARGO_PKG_VERSION")), 17));
        if name == "further" {
            let told = read.network().unwrap_err().to_string();
            assert!(["Erf", "Resize", "ReduceMax", "Sqrt"].iter().all(|op| told.contains(op)), "{told}");
            continue;
        }
        let (again, _) = read.network().unwrap();
        near(name, &outputs(&again, &x), &y, 1e-6);
        let weights =
            |net: &Network<f32>| net.params.iter().map(|p| p.name().to_string()).collect::<Vec<_>>();
        assert_eq!(weights(&again), weights(&net), "{name}");
    }
    let named: Vec<(&str, TensorValues)> = tensors.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    write_tensors(dir.join("ours.safetensors"), "onnx", &named, serde_json::Value::Null).unwrap();
}

#[test]
fn layers_without_operators_are_named_at_once() {
    let layers = "embedding(3, 2), flatten, linear(12, 4, parametrization=weight_norm), relu, linear(4, 2, parametrization=spectral_norm)";
    let graph = Graph::chain(
        [1, 1, 6],
        ["flatten"]
            .into_iter()
            .map(String::from)
            .chain(pieces(layers).iter().map(|l| l.to_string()))
            .map(|l| l.parse().unwrap())
            .collect(),
    );
    let told = onnx_bytes(&graph.build(Key::new(1)).unwrap()).unwrap_err().to_string();
    for part in ["embedding (layer `1`)", "linear (layer `3`)", "linear (layer `5`)"] {
        assert!(told.contains(part), "{told}");
    }
}
