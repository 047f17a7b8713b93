//! Graphs in files: names, `from`, `outputs`, files written before there were graphs, and what is refused.

use sparring_autograd::Var;
use sparring_nn::{
    Compiled, Cx, Graph, Layer, Network, NnError, Node, ParamInit, ParamKind, ParamSpec, ShapeError, Source,
    Victim, layers,
};
use sparring_oracle::Bounds;
use sparring_seed::Key;
use sparring_tensor::{Elem, Shape};

fn read(json: &str) -> Result<Graph, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}

fn branched() -> Graph {
    let mut graph = Graph::chain([1, 4, 4], vec![layers::conv2d(1, 2, 3, 1, 1)]);
    graph.name_last("stem");
    let stem = graph.last();
    let deep = graph.push(layers::batch_norm(2));
    graph.push_from(layers::add(), &[deep, stem]);
    graph.push_from(layers::concat(), &[graph.last(), Source::Input]);
    graph.name_last("both");
    graph.push(layers::flatten());
    graph.push(layers::linear(48, 3));
    graph.outputs = vec![5, 1];
    graph
}

#[test]
fn a_graph_comes_back_with_its_names_and_branches() {
    let graph = branched();
    graph.validate().unwrap();
    let text = serde_json::to_string(&graph).unwrap();
    for part in
        [r#""name":"stem""#, r#""from":["1","stem"]"#, r#""from":["2","input"]"#, r#""outputs":["5","1"]"#]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(read(&text).unwrap(), graph);
    let net = graph.build::<f32>(Key::new(1)).unwrap();
    let names: Vec<_> = net.params.iter().map(|p| p.name()).collect();
    let norm = ["1.weight", "1.bias", "1.running_mean", "1.running_var"];
    assert_eq!(names, [&["stem.weight", "stem.bias"][..], &norm, &["5.weight", "5.bias"]].concat());
    // A chain keeps its short spelling.
    let chain = Graph::chain([1, 1, 4], vec![layers::flatten(), layers::linear(4, 2)]);
    let text = serde_json::to_string(&chain).unwrap();
    assert!(!["name", "from", "outputs\":[", "bias"].iter().any(|key| text.contains(key)), "{text}");
}

#[test]
fn files_written_before_there_were_graphs_are_read() {
    let old = r#"{"input":[1,6,6],"layers":[{"layer":"conv2d","inputs":1,"outputs":2,"kernel":[3,3],"stride":[1,1],"padding":[1,1],"init":"torch"},
        {"layer":"activation","function":"relu"},{"layer":"pool2d","pool":"max","kernel":[2,2],"stride":[2,2],"padding":[0,0]},
        {"layer":"dropout","p":0.1},{"layer":"flatten"},{"layer":"linear","inputs":18,"outputs":3}]}"#;
    let layers = vec![
        layers::conv2d(1, 2, 3, 1, 1),
        layers::activation(&"relu".parse().unwrap()),
        layers::max_pool2d(2, 2),
        layers::dropout(0.1),
        layers::flatten(),
        layers::linear(18, 3),
    ];
    assert_eq!(read(old).unwrap(), Graph::chain([1, 6, 6], layers));
}

#[test]
fn a_file_that_makes_no_sense_says_where() {
    let net = |layers: &str, more: &str| {
        read(&format!(r#"{{"input":[1,1,4],"layers":[{layers}]{more}}}"#)).unwrap_err()
    };
    let flat = r#"{"layer":"flatten"}"#;
    for (layers, more, parts) in [
        (r#"{"layer":"attention"}"#, "", &["layer 0", "attention", "conv2d"][..]),
        (r#"{"layer":"linear","inputs":4}"#, "", &["layer 0", "`linear`", "outputs"]),
        (r#"{"layer":"linear","inputs":4,"outputs":2,"depth":3}"#, "", &["layer 0", "`linear`", "depth"]),
        (
            r#"{"layer":"flatten"},{"layer":"add","from":["0","later"]},{"layer":"flatten","name":"later"}"#,
            "",
            &["layer 1", "later"],
        ),
        (r#"{"inputs":4}"#, "", &["layer 0", "layer"]),
        (flat, r#","outputs":["7"]"#, &["no layer is called `7`"]),
        (flat, r#","heads":[]"#, &["heads"]),
    ] {
        let e = net(layers, more);
        assert!(parts.iter().all(|p| e.contains(p)), "{parts:?} in: {e}");
    }
}

#[test]
fn a_graph_that_makes_no_sense_names_the_node() {
    #[track_caller]
    fn refused(graph: &Graph, node: &str, part: &str) {
        let e = graph.build::<f32>(Key::new(1)).unwrap_err();
        assert!(matches!(e, NnError::Spec { .. }), "{e}");
        let text = e.to_string();
        assert!(text.contains(node) && text.contains(part), "{text}");
    }
    let mut unread = branched();
    unread.outputs = vec![5];
    unread.validate().unwrap();
    unread.nodes[5].inputs = vec![Source::Input];
    refused(&unread, "stem", "nothing reads its output");
    let mut twice = branched();
    twice.nodes[1].name = "stem".into();
    refused(&twice, "stem", "is taken");
    let mut forward = branched();
    forward.nodes[1].inputs = vec![Source::Node(3)];
    refused(&forward, "layer 1", "reads layers before it");
    let mut none = branched();
    none.nodes.push(Node { name: "x".into(), layer: layers::add(), inputs: Vec::new() });
    refused(&none, "layer x", "at least one");
    let mut input = branched();
    input.nodes[0].name = "input".into();
    refused(&input, "input", "no name");
    let mut outside = branched();
    outside.outputs = vec![9];
    refused(&outside, "9", "an output that is no layer");
    let mut shapes = branched();
    shapes.nodes[2].inputs[1] = Source::Input;
    let e = shapes.build::<f32>(Key::new(1)).unwrap_err();
    assert!(matches!(&e, NnError::Shape(_)) && e.to_string().contains("2 (add)"), "{e}");
}

/// A network with two outputs, one in the middle: both side by side on the engine, each alone as a network of its own, and a victim that says which there are.
#[test]
fn each_of_several_outputs_can_be_taken_alone() {
    let graph = branched();
    let net = graph.build::<f32>(Key::new(1)).unwrap();
    assert_eq!(graph.output_columns().unwrap(), [0..3, 3..35]);
    let x: Vec<f32> = (0..2 * 16).map(|i| (i % 7) as f32 / 7.0).collect();
    let outputs = |net: &Network| {
        let compiled = Compiled::new(net);
        let mut y = vec![0.0; 2 * compiled.outputs()];
        compiled.forward(&x, &mut y);
        y
    };
    let both = outputs(&net);
    for (name, columns, nodes) in [("5", 0..3, 6), ("1", 3..35, 2)] {
        let one = net.up_to(name).unwrap();
        one.graph().validate().unwrap();
        assert_eq!(one.graph().nodes.len(), nodes);
        let want: Vec<f32> = both.chunks(35).flat_map(|row| row[columns.clone()].to_vec()).collect();
        assert_eq!(outputs(&one), want, "{name}");
    }
    let e = Victim::new(&net, Bounds::UNIT).unwrap_err().to_string();
    assert!(e.contains("this network 5, 1") && e.contains("Network::up_to"), "{e}");
    assert!(Victim::new(&net.up_to("5").unwrap(), Bounds::UNIT).is_ok());
    assert!(graph.up_to("7").unwrap_err().to_string().contains("no layer is called so"));
    // What only the other output needs is left out, and what stays is counted anew.
    let mut graph = graph;
    graph.push_from(layers::flatten(), &[Source::Node(0)]);
    graph.outputs = vec![5, 6];
    let alone = graph.up_to("6").unwrap();
    assert_eq!(alone.nodes.iter().map(|n| &*n.name).collect::<Vec<_>>(), ["stem", "6"]);
    assert_eq!(alone.nodes[1].inputs, [Source::Node(0)]);
}

/// What has no kernel at its shapes is told: a window of more places than a byte counts runs on a tape.
#[test]
fn a_summary_says_what_runs_on_a_tape() {
    let layers = |k: usize| vec![layers::max_pool2d(k, 1), layers::avg_pool2d(2, 2), layers::flatten()];
    let runs = |k: usize| {
        let rows = Graph::chain([1, 30, 30], layers(k)).summary().unwrap().rows;
        rows.iter().map(|r| r.runs()).collect::<Vec<_>>()
    };
    assert_eq!(runs(3), ["compiled"; 3]);
    assert_eq!(runs(17), ["tape", "compiled", "compiled"]);
}

/// A layer whose parameters have one name: no file could hold both.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Namesakes {}

sparring_math::named! {
    Namesakes: "namesakes", [], "";
}

impl Layer for Namesakes {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        [1, 2].map(|n| ParamSpec::new("weight", ParamKind::Weight, &[n], ParamInit::Constant(0.0))).to_vec()
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        x[0]
    }
}

#[test]
fn two_parameters_of_one_name_are_refused_before_anything_is_trained() {
    let graph = Graph::chain([1, 2, 2], vec![layers::flatten(), Namesakes {}.into()]);
    let e = graph.build::<f32>(Key::new(1)).unwrap_err().to_string();
    assert!(e.contains("layer 1") && e.contains("called `weight`"), "{e}");
}
