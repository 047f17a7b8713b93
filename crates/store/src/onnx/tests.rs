//! Files that are refused, each in one line that says why.

use super::file::OnnxFile;
use super::proto::{
    Dimension, FLOAT, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TensorType, TypeProto, ValueInfoProto,
};
use super::writer::{float, int, ints};
use prost::Message;

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|&d| Dimension { dim_value: (d > 0).then_some(d), dim_param: (d < 0).then(|| "n".into()) });
    let shape = Some(TensorShapeProto { dim: dim.collect() });
    let tensor_type = Some(TensorType { elem_type: FLOAT, shape });
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type }) }
}

fn tensor(name: &str, dims: &[i64], numbers: &[f32]) -> TensorProto {
    let raw: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
    TensorProto {
        dims: dims.to_vec(),
        data_type: FLOAT,
        name: name.into(),
        raw_data: Some(raw.into()),
        ..TensorProto::default()
    }
}

fn whole(name: &str, numbers: &[i64]) -> TensorProto {
    let (dims, int64_data) = (vec![numbers.len() as i64], numbers.to_vec());
    TensorProto {
        dims,
        data_type: super::proto::INT64,
        name: name.into(),
        int64_data,
        ..TensorProto::default()
    }
}

fn node(op: &str, inputs: &[&str], output: &str) -> NodeProto {
    let input = inputs.iter().map(|i| i.to_string()).collect();
    NodeProto {
        input,
        output: vec![output.into()],
        name: format!("n_{output}"),
        op_type: op.into(),
        ..NodeProto::default()
    }
}

/// Two numbers by a matrix into three: a network that is read.
fn sound() -> ModelProto {
    let graph = GraphProto {
        node: vec![node("MatMul", &["x", "w"], "y")],
        name: "g".into(),
        initializer: vec![tensor("w", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])],
        input: vec![value("x", &[-1, 2])],
        output: vec![value("y", &[-1, 3])],
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
    ModelProto { ir_version: 8, graph: Some(graph), opset_import, ..ModelProto::default() }
}

fn read(model: &ModelProto) -> Result<usize, String> {
    let net = OnnxFile::parse(&model.encode_to_vec()).and_then(|file| file.network());
    net.map(|(net, _)| net.graph().nodes.len()).map_err(|e| e.to_string())
}

/// What a change of the sound file is refused with.
#[track_caller]
fn refused(change: impl FnOnce(&mut ModelProto, &mut GraphProto)) -> String {
    let mut model = sound();
    let mut graph = model.graph.take().unwrap();
    change(&mut model, &mut graph);
    model.graph = Some(graph);
    let told = read(&model).unwrap_err();
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

#[track_caller]
fn says(told: &str, words: &[&str]) {
    assert!(words.iter().all(|word| told.contains(word)), "{told}\nlacks one of {words:?}");
}

#[test]
fn graphs_that_are_none_are_refused() {
    assert_eq!(read(&sound()), Ok(2));
    says(&refused(|_, g| g.output.push(value("x", &[-1]))), &["2 outputs", "`y`, `x`"]);
    says(&refused(|_, g| g.output.clear()), &["no output"]);
    says(&refused(|_, g| g.input.clear()), &["no input"]);
    says(&refused(|_, g| g.input.push(value("z", &[-1, 2]))), &["2 inputs", "`x`, `z`"]);
    says(&refused(|_, g| g.input = vec![value("x", &[2])]), &["1 axes"]);
    says(&refused(|_, g| g.input = vec![value("x", &[-1, -1, 4])]), &["no fixed extent of axis 1: n"]);
    says(&refused(|_, g| g.input[0].r#type = None), &["no tensor"]);
    says(&refused(|m, _| m.opset_import[0].version = 6), &["version 6", "convert_version"]);
    says(
        &refused(|_, g| g.node[0].input[1] = "v".into()),
        &["`n_y` reads `v`", "nothing in the file is called so"],
    );
    says(&refused(|_, g| g.node[0].input[0] = "w".into()), &["n_y", "is a constant"]);
    says(&refused(|_, g| g.output = vec![value("w", &[2, 3])]), &["does not depend on its input"]);
    says(&refused(|_, g| g.output = vec![value("u", &[2, 3])]), &["nothing writes its output `u`"]);
    let circle = |_: &mut ModelProto, g: &mut GraphProto| {
        g.node = vec![node("Relu", &["b"], "a"), node("Relu", &["a"], "b"), node("MatMul", &["b", "w"], "y")];
    };
    says(&refused(circle), &["`n_a` reads `b`", "circle"]);
    let twice = |_: &mut ModelProto, g: &mut GraphProto| g.node.push(node("Relu", &["x"], "y"));
    says(&refused(twice), &["written already"]);
}

#[test]
fn all_operators_that_are_not_read_are_named_at_once() {
    let told = refused(|_, g| {
        g.node.insert(0, node("Erf", &["x"], "e"));
        g.node.insert(1, node("LSTM", &["e"], "l"));
        g.node.insert(2, NodeProto { domain: "com.microsoft".into(), ..node("Relu", &["l"], "m") });
        g.node[3].input[0] = "m".into();
        // One that the output does not need is none of ours.
        g.node.push(node("Loop", &["x"], "unused"));
    });
    says(&told, &["Erf (`n_e`)", "LSTM (`n_l`)", "com.microsoft.Relu (`n_m`)"]);
    assert!(!told.contains("Loop"), "{told}");
}

#[test]
fn tensors_that_do_not_hold_their_shape_are_refused() {
    says(&refused(|_, g| g.initializer[0].dims = vec![2, 4]), &["`w`", "24 bytes", "[2, 4]"]);
    says(&refused(|_, g| g.initializer[0].dims = vec![2, -3]), &["`w`", "no shape"]);
    says(&refused(|_, g| g.initializer[0].dims = vec![i64::MAX, i64::MAX]), &["no shape"]);
    says(&refused(|_, g| g.initializer[0].dims = vec![0, 1 << 60]), &["no shape"]);
    says(&refused(|_, g| g.initializer[0].dims = vec![3, 2]), &["[2] times a matrix that takes [3]"]);
    says(&refused(|_, g| g.initializer[0].data_type = 8), &["type 8"]);
    says(&refused(|_, g| g.initializer[0].raw_data = None), &["0 numbers"]);
    says(&refused(|_, g| g.initializer[0] = tensor("w", &[2, 1], &[f32::NAN, 1.0])), &["infinite or NaN"]);
    let outside = |_: &mut ModelProto, g: &mut GraphProto| {
        let place = StringStringEntryProto { key: "location".into(), value: "w.bin".into() };
        (g.initializer[0].data_location, g.initializer[0].external_data) = (Some(1), vec![place]);
    };
    says(&refused(outside), &["`w.bin`", "save_as_external_data=False"]);
    // Other widths are converted.
    let mut model = sound();
    let t = &mut model.graph.as_mut().unwrap().initializer[0];
    (t.data_type, t.raw_data, t.double_data) = (super::proto::DOUBLE, None, vec![0.5; 6]);
    let (net, notes) = OnnxFile::parse(&model.encode_to_vec()).unwrap().network().unwrap();
    assert_eq!(net.params[0].value.as_slice(), [0.5; 6]);
    says(&notes[0].to_string(), &["F64"]);
}

#[test]
fn operators_in_forms_that_are_not_read_say_so() {
    let with = |n: NodeProto, t: TensorProto| {
        move |_: &mut ModelProto, g: &mut GraphProto| {
            g.initializer.push(t);
            g.node.insert(0, n);
            g.node[1].input[0] = "a".into();
        }
    };
    let one = |v: f32| tensor("c", &[], &[v]);
    let attribute = |n: NodeProto, a| NodeProto { attribute: vec![a], ..n };
    for (n, t, words) in [
        (
            attribute(node("Gemm", &["x", "c"], "a"), int("transA", 1)),
            tensor("c", &[2, 2], &[0.0; 4]),
            &["n_a", "transA"][..],
        ),
        (node("MatMul", &["x", "x"], "a"), one(0.0), &["depend on the input"]),
        (node("Div", &["x", "c"], "a"), one(0.0), &["division by 0"]),
        (node("Div", &["c", "x"], "a"), one(1.0), &["a constant divided"]),
        (node("Add", &["x", "c"], "a"), tensor("c", &[3], &[0.0; 3]), &["[3]", "examples of [2]"]),
        (node("Reshape", &["x", "c"], "a"), whole("c", &[2, -1]), &["has to stay the batch"]),
        (node("Reshape", &["x", "c"], "a"), whole("c", &[-1]), &["has to stay the batch"]),
        (node("Reshape", &["x", "c"], "a"), whole("c", &[-1, 5]), &["has to stay the batch"]),
        (
            attribute(node("Transpose", &["x"], "a"), ints("perm", &[1, 0])),
            one(0.0),
            &["the batch has to stay"],
        ),
        (attribute(node("Flatten", &["x"], "a"), int("axis", 0)), one(0.0), &["joins the batch"]),
        (attribute(node("Softmax", &["x"], "a"), int("axis", 0)), one(0.0), &["over axis 0"]),
        (attribute(node("Softmax", &["x"], "a"), int("axis", 7)), one(0.0), &["axis 7 of 2"]),
        (node("Conv", &["x", "c"], "a"), tensor("c", &[1, 1, 1, 1], &[1.0]), &["no images"]),
        (node("PRelu", &["x", "c"], "a"), tensor("c", &[3], &[0.1; 3]), &["slopes of [3]"]),
        (attribute(node("Selu", &["x"], "a"), float("alpha", 2.0)), one(0.0), &["SELU"]),
        (attribute(node("Elu", &["x"], "a"), float("alpha", f64::NAN)), one(0.0), &["elu"]),
        (node("Greater", &["x", "c"], "a"), one(0.0), &["should depend on the network's input"]),
        (attribute(node("Cast", &["x"], "a"), int("to", 7)), one(0.0), &["whole numbers"]),
        (node("BatchNormalization", &["x", "c", "c", "c", "c"], "a"), one(1.0), &["2 are needed"]),
        (node("Gather", &["x", "c"], "a"), whole("c", &[0]), &["should be a constant"]),
    ] {
        says(&refused(with(n, t)), words);
    }
}

/// Lists that double are not followed.
#[test]
fn arithmetic_that_grows_without_end_is_refused() {
    let told = refused(|_, g| {
        g.initializer.push(whole("s0", &[2, 2]));
        let double = |i: usize| {
            let from = format!("s{i}");
            NodeProto {
                attribute: vec![int("axis", 0)],
                ..node("Concat", &[&from, &from], &format!("s{}", i + 1))
            }
        };
        let mut nodes: Vec<_> = (0..60).map(double).collect();
        nodes.push(node("Reshape", &["x", "s60"], "a"));
        nodes.push(node("MatMul", &["a", "w"], "y"));
        g.node = nodes;
    });
    says(&told, &["a list of", "numbers"]);
}

/// The network of the sound file with other nodes.
fn network(nodes: Vec<NodeProto>, more: Vec<TensorProto>) -> sparring_nn::Network<f32> {
    let mut model = sound();
    let graph = model.graph.as_mut().unwrap();
    graph.node = nodes;
    graph.initializer.extend(more);
    OnnxFile::parse(&model.encode_to_vec()).unwrap().network().unwrap().0
}

/// What is read under two names is not changed under one of them.
#[test]
fn nothing_is_folded_into_a_value_of_two_names() {
    let bias = tensor("bias", &[3], &[10.0, 20.0, 30.0]);
    let nodes = vec![
        node("MatMul", &["x", "w"], "p"),
        node("Identity", &["p"], "a"),
        node("Add", &["a", "bias"], "b"),
        node("Add", &["b", "p"], "y"),
    ];
    let mut y = [0.0; 3];
    sparring_nn::Compiled::new(&network(nodes, vec![bias])).forward(&[1.0, 1.0], &mut y);
    assert_eq!(y, [2.0 * 5.0 + 10.0, 2.0 * 7.0 + 20.0, 2.0 * 9.0 + 30.0]);
    let gate = vec![
        node("MatMul", &["x", "w"], "p"),
        node("Sigmoid", &["p"], "s"),
        node("Identity", &["s"], "i"),
        node("Mul", &["p", "i"], "m"),
        node("Add", &["m", "s"], "y"),
    ];
    sparring_nn::Compiled::new(&network(gate, vec![])).forward(&[0.1, -0.1], &mut y);
    let p = -0.3_f32;
    let s = 1.0 / (1.0 + (-p).exp());
    assert!((y[0] - (p * s + s)).abs() < 1e-5, "{y:?}");
}

/// Nodes of one name get short names of their own.
#[test]
fn many_nodes_of_one_name_are_told_apart() {
    let mut nodes = vec![node("MatMul", &["x", "w"], "v0")];
    nodes.extend((0..5000).map(|i| NodeProto {
        name: "a".into(),
        ..node(
            "Relu",
            &[&format!("v{i}")],
            if i == 4999 { "y".into() } else { format!("v{}", i + 1) }.as_str(),
        )
    }));
    let net = network(nodes, vec![]);
    assert!(net.graph().nodes.len() > 5000);
    assert!(net.graph().nodes.iter().all(|n| n.name.len() < 12));
}

/// Constants are joined place by place only where their shapes say so.
#[test]
fn constants_of_other_shapes_are_not_joined() {
    let told = refused(|_, g| {
        g.initializer.extend([tensor("c", &[3, 1], &[1.0; 3]), tensor("d", &[1, 3], &[2.0; 3])]);
        g.node = vec![
            node("Add", &["c", "d"], "e"),
            node("MatMul", &["x", "w"], "p"),
            node("Add", &["p", "e"], "y"),
        ];
    });
    says(&told, &["n_e", "constants"]);
}
