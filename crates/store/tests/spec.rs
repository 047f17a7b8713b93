//! Networks as TOML files.

use sparring_activations::AnyActivation;
use sparring_math::named::Family as _;
use sparring_models::{ALL, Arch};
use sparring_nn::layers::{self, Conv2d, Interpolation, Linear};
use sparring_nn::{AnyLayer, Graph, Source};
use sparring_store::{parse_spec, read_spec, spec_text};

fn layer(text: &str) -> AnyLayer {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// Two branches of an image, learnt activations, every kind of value a parameter has.
fn branched() -> Graph {
    let mut g = Graph::new([2, 6, 4]);
    let stem =
        g.push_from(layer("conv2d(in=2, out=4, kernel=3x1, padding=1x0, bias=false)"), &[Source::Input]);
    g.name_last("features.stem \"1\"");
    g.push(layer("leaky_relu(slope=0.2)"));
    let deep = g.push(layer("conv_transpose2d(in=4, out=4, kernel=1, init=he(gain=1.5))"));
    g.push_from(layer("add"), &[deep, stem]);
    g.push_from(layer("concat"), &[g.last(), Source::Input]);
    g.push(layer("batch_norm(channels=6, eps=1e-7)"));
    g.push(layer("activation(function=prelu(slope=0.1), groups=6)"));
    g.push(layer("pool2d(pool=average, kernel=2, stride=2x1)"));
    g.push(layer("max_pool2d(2, stride=1)"));
    g.push(layer("flatten"));
    g.push(layer("reshape(6-2-2)"));
    g.push(layer("normalize(mean=0.1|0.2|0.3|0.4|0.5|0.6, std=1|1|1|1|2|1e-20)"));
    g.push(layer("layer_norm(2-2)"));
    g.push(layer("dropout(p=0.25)"));
    g.push(layer("global_avg_pool2d"));
    g.push(layer("flatten"));
    g.push(layer("linear(in=6, out=3)"));
    g.outputs = vec![16, 2];
    g
}

#[test]
fn what_is_written_reads_back_as_the_same_network() {
    let mut all: Vec<Graph> =
        ALL.iter().filter_map(|m| m.name.parse::<Arch>().unwrap().classifier()).collect();
    all.extend(
        ALL.iter().filter_map(|m| m.name.parse::<Arch>().unwrap().autoencoder()).map(|(graph, _)| graph),
    );
    assert!(all.len() >= 6);
    all.push(branched());
    let every = AnyActivation::TABLE.at_defaults().into_iter().map(|f| layers::activation(&f));
    all.push(Graph::chain([1, 1, 3], every.collect()));
    let further = "group_norm(2, 2); instance_norm(2, affine=true); rms_norm(4); rms_norm(4, eps=0.5, affine=false); upsample(2x1, mode=bilinear); \
        dropout2d(0.25); alpha_dropout(0.1); gaussian_noise(0.2); gaussian_dropout(0.3); conv2d(2, 8, 1, parametrization=weight_norm); swiglu; maxout(4); flatten; \
        embedding(4, 2, padding_idx=1); flatten; linear(64, 2, parametrization=spectral_norm)";
    all.push(Graph::chain([2, 4, 4], further.split("; ").map(layer).collect()));
    // Standardised: by its key where nothing else reads the input, as a layer where something does.
    let mut standard = Graph::new([1, 4, 4]);
    let normal = standard.push(layers::normalize(&[0.1307], &[0.3081]));
    standard.name_last("normalize");
    standard.push(layers::flatten());
    standard.name_last("0");
    let skip = standard.push_from(layers::conv2d(1, 1, 1, 1, 0), &[normal]);
    standard.name_last("1");
    standard.push_from(layers::flatten(), &[skip]);
    standard.name_last("2");
    standard.push_from(layers::add(), &[standard.last(), Source::Node(1)]);
    standard.name_last("sum");
    let text = spec_text(&standard);
    assert!(text.contains("normalize = { mean = 0.1307, std = 0.3081 }\nlayers"), "{text}");
    assert!(
        text.contains(r#"{ type = "conv2d", in = 1, out = 1, kernel = 1, inputs = ["input"] }"#),
        "{text}"
    );
    all.push(standard.clone());
    standard.nodes[1].inputs = vec![Source::Input];
    assert!(spec_text(&standard).contains(r#"{ type = "normalize", mean = 0.1307"#));
    all.push(standard);
    for graph in all {
        let text = spec_text(&graph);
        let again = parse_spec(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(again, graph, "{text}");
        assert_eq!(spec_text(&again), text);
    }
    let text = spec_text(&branched());
    for line in [
        r#"{ type = "conv2d", in = 2, out = 4, kernel = [3, 1], padding = [1, 0], bias = false, name = "features.stem \"1\"" },"#,
        r#"{ type = "leaky_relu", slope = 0.2 },"#,
        r#"{ type = "avg_pool2d", kernel = 2, stride = [2, 1] },"#,
        r#"{ type = "max_pool2d", kernel = 2, stride = 1 },"#,
        r#"{ type = "concat", inputs = ["3", "input"] },"#,
        r#"outputs = ["16", "2"]"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn pytorchs_words_and_defaults_are_understood() {
    let net = |layers: &str| {
        parse_spec(&format!("input = [3, 9, 9]\nlayers = [{layers}]")).unwrap().nodes[0].layer.clone()
    };
    for (written, layer) in [
        (
            r#"{type="Conv2d", in_channels=3, out_channels=2, kernel_size=[3, 5], padding=[1, 2], dilation=1, groups=1}"#,
            Conv2d { inputs: 3, outputs: 2, kernel: [3, 5], padding: [1, 2], ..Conv2d::default() }.into(),
        ),
        (
            r#"{type="ConvTranspose2d", in_channels=3, out_channels=1, kernel_size=2, stride=2}"#,
            layers::conv_transpose2d(3, 1, 2, 2, 0),
        ),
        (r#"{type="BatchNorm2d", num_features=3, eps=1e-5, affine=true}"#, layers::batch_norm(3)),
        (r#"{type="MaxPool2d", kernel_size=2, ceil_mode=false}"#, layers::max_pool2d(2, 2)),
        (r#"{type="AvgPool2d", kernel_size=3, stride=1}"#, layers::avg_pool2d(3, 1)),
        (r#"{type="AdaptiveAvgPool2d", output_size=[1, 1]}"#, layers::global_avg_pool2d()),
        (r#"{type="LeakyReLU", negative_slope=0.3}"#, layer("leaky_relu(slope=0.3)")),
        (r#"{type="PReLU", init=0.1}"#, layer("prelu(slope=0.1)")),
        (r#"{type="PReLU", num_parameters=3}"#, layer("activation(prelu, groups=3)")),
        (r#"{type="ELU", alpha=2, inplace=true}"#, layer("elu(alpha=2)")),
        (r#"{type="ReLU"}"#, layer("relu")),
        (r#"{type="Dropout"}"#, layers::dropout(0.5)),
        (r#"{type="LayerNorm", normalized_shape=[3, 9, 9]}"#, layers::layer_norm(&[3, 9, 9])),
        (r#"{type="GroupNorm", num_groups=1, num_channels=3, affine=true}"#, layers::group_norm(1, 3)),
        (
            r#"{type="InstanceNorm2d", num_features=3, momentum=0.1, track_running_stats=false}"#,
            layers::instance_norm(3),
        ),
        (r#"{type="RMSNorm", normalized_shape=[9, 9], eps="None"}"#, layers::rms_norm(&[9, 9])),
        (
            r#"{type="Upsample", scale_factor=2, mode="bilinear", align_corners=false}"#,
            layers::upsample(2, Interpolation::Bilinear),
        ),
        (r#"{type="UpsamplingNearest2d", scale_factor=3}"#, layers::upsample(3, Interpolation::Nearest)),
        (r#"{type="Dropout2d", p=0.1, inplace=true}"#, layers::dropout2d(0.1)),
        (r#"{type="AlphaDropout"}"#, layers::alpha_dropout(0.5)),
        (r#"{type="Unflatten", dim=1, unflattened_size=[9, 27]}"#, layers::reshape(&[9, 27])),
        (r#"{type="Flatten", start_dim=1}"#, layers::flatten()),
    ] {
        assert_eq!(net(written), layer, "{written}");
    }
    let vector = parse_spec(
        "input = [12]\n[[layers]]\ntype = \"flatten\"\n[[layers]]\ntype = \"Linear\"\nin_features = 12\nout_features = 2\nbias = false\n",
    );
    let linear = Linear { inputs: 12, outputs: 2, bias: false, ..Linear::default() };
    assert_eq!(vector.unwrap(), Graph::chain([1, 1, 12], vec![layers::flatten(), linear.into()]));
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_what_was_meant() {
    let flat = "input = [1, 4, 4]\nlayers = [\n  { type = \"flatten\" },\n";
    for (text, parts) in [
        ("input = [1, 4, 4", &["line 1"][..]),
        ("inptu = [1]\nlayers = []", &["line 1: the file has no key `inptu` (did you mean `input`?)"]),
        ("layers = []", &["`input` is missing"]),
        ("input = [1, 4, 4]", &["`layers` is missing"]),
        ("input = [1, 0, 4]\nlayers = []", &["line 1", "input [1, 0, 4]"]),
        ("input = [99999999, 99999999, 99999999]\nlayers = []", &["line 1", "2^28"]),
        ("input = [1, 4]\nlayers = []", &["line 1", "[channels, height, width]"]),
        ("input = 784\nlayers = []", &["line 1", "[784]"]),
        ("input = [4]\nlayers = { type = \"relu\" }", &["line 2", "list of tables"]),
        ("input = [4]\nlayers = [\n[1]]", &["line 3", "layer 0 is no table"]),
        ("input = [4]\nlayers = [{ typ = \"relu\" }]", &["line 2", "`typ` (did you mean `type`?)"]),
        ("input = [4]\nlayers = [{ kernel = 3 }]", &["line 2", "`type` is missing"]),
        ("input = [4]\nlayers = [{ type = 3 }]", &["line 2", "`type` is a text"]),
        ("{F}  { type = \"linaer\", in = 16, out = 3 } ]", &["line 4: layer `1`", "did you mean `linear`?"]),
        ("{F}  { type = \"relux\" } ]", &["line 4", "did you mean `relu`?"]),
        ("{F}  { type = \"linear\", in = 16 } ]", &["line 4", "linear.out is missing"]),
        ("{F}  { type = \"linear\", in = 16, outt = 3 } ]", &["line 4", "`outt` (did you mean `out`?)"]),
        (
            "{F}  { type = \"linear\", in = 15, out = 3, name = \"fc\" } ]",
            &["line 4: layer `fc` (linear)", "expected 15 inputs, got 16"],
        ),
        (
            "{F}  { type = \"linear\", in = [16, 2], out = 3 } ]",
            &["line 4", "linear.in is [16, 2]", "whole number"],
        ),
        (
            "{F}  { type = \"linear\", in = 0x10, out = 3 } ]",
            &["line 4", "`in` is a number that is not decimal"],
        ),
        ("{F}  { type = \"linear\", in = { a = 1 }, out = 3 } ]", &["line 4", "`in` is a table"]),
        ("{F}  { type = \"linear\", in = 16, out = 1000000000000 } ]", &["line 4", "more"]),
        (
            "{F}  { type = \"conv2d\", in = 1, out = 1, kernel = [3, 3, 3] } ]",
            &["line 4", "conv2d.kernel is [3, 3, 3]"],
        ),
        (
            "{F}  { type = \"conv2d\", in = 1, out = 1, kernel = 3, groups = 2 } ]",
            &["line 4", "conv2d.groups is 2", "must be 1"],
        ),
        ("{F}  { type = \"relu\", name = \"0\" } ]", &["line 4", "layer `0`", "taken"]),
        (
            "{F}  { type = \"add\", inputs = [\"0\", \"cnv\"] } ]",
            &["line 4", "no layer before it is called `cnv`"],
        ),
        ("{F}  { type = \"add\", inputs = [\"0\", \"inpt\"] } ]", &["line 4", "did you mean `input`?"]),
        ("{F}  { type = \"add\", inputs = 3 } ]", &["line 4", "list of names"]),
        ("{F}  { type = \"add\", inputs = [\"0\"] } ]", &["line 4", "add", "1 inputs, it takes 2 or more"]),
        ("{F}  { type = \"relu\", inputs = [\"input\"] } ]", &["line 3", "layer 0", "nothing reads"]),
        ("{F}  ]\noutputs = [\"1\"]", &["line 5", "no layer is called `1`"]),
        ("{F}  ]\noutputs = [\"input\"]", &["line 5", "no output"]),
        ("{F}  ]\nnormalize = [1]", &["line 5", "mean"]),
        ("{F}  ]\nnormalize = { mean = [0.1], sd = [1] }", &["line 5", "`sd` (did you mean `std`?)"]),
        ("{F}  ]\nnormalize = { mean = [0.1], std = [0] }", &["line 5", "normalize.std is 0"]),
        (
            "{F}  ]\nnormalize = { mean = [0.1, 0.2], std = [1, 1] }",
            &["line 5", "expected 2 channels, got 1"],
        ),
        ("input = [4]\nlayers = [{ type = \"a\\u001b[2J\" }]", &["line 2", "\\u{1b}[2J"]),
    ] {
        let text = text.replace("{F}", flat);
        let e = parse_spec(&text).expect_err(&text).to_string();
        assert!(parts.iter().all(|part| e.contains(part)), "{text}\n{e}");
        assert!(e.chars().count() < 600 && !e.contains('\u{1b}') && !e.contains('\n'), "{e}");
    }
    let long = parse_spec(&format!("input = [4]\nlayers = [{}]", r#"{type="relu"},"#.repeat(10_000)));
    assert!(long.unwrap_err().to_string().contains("above the limit"));
    let deep = parse_spec(&format!("input = {}", "[".repeat(60_000)));
    assert!(deep.unwrap_err().to_string().contains("line 1"));
}

#[test]
fn a_file_is_read_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.toml");
    std::fs::write(&path, spec_text(&branched())).unwrap();
    assert_eq!(read_spec(&path).unwrap(), branched());
    std::fs::write(&path, b"input = [4]\nlayers = [{ type = \"\xff\" }]").unwrap();
    let e = read_spec(&path).unwrap_err().to_string();
    assert!(e.contains("net.toml") && e.contains("line 2: no text in UTF-8"), "{e}");
    assert!(read_spec(dir.path()).unwrap_err().to_string().contains("not a file"));
    assert!(read_spec(dir.path().join("none.toml")).is_err());
}
