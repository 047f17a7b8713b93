//! A layer of another crate, with parameters: registered, in a graph, trained, written, read back and attacked.

use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyAttack, Pgd, Threat, evaluate};
use sparring_autograd::{Var, ops};
use sparring_datasets::Mnist;
use sparring_math::named::{Named, Range};
use sparring_models::ClassifierNet;
use sparring_nn::{Cx, Graph, Layer, NnError, ParamInit, ParamKind, ParamSpec, ShapeError, layers, register};
use sparring_oracle::Batch;
use sparring_seed::Key;
use sparring_tensor::{Elem, Shape};
use sparring_train::{Recipe, accuracy, fit};

/// y = x · (1 + gain · w²) with a weight for each number of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    numbers: usize,
    gain: f64,
}

impl Default for Gate {
    fn default() -> Self {
        Self { numbers: 1, gain: 1.0 }
    }
}

sparring_math::named! {
    Gate: "gate", [], "";
    numbers: Range::COUNT, "numbers of an example", required;
    gain: Range::FINITE, "factor of the weight's square";
}

impl Layer for Gate {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match *inputs[0].dims() {
            [_, k] if k == self.numbers => Ok(inputs[0]),
            _ => Err(ShapeError::new(
                Self::NAME,
                format!("expected [batch, {}], got {}", self.numbers, inputs[0]),
            )),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("weight", ParamKind::Weight, &[self.numbers], ParamInit::Constant(0.1))]
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let gate = ops::scale(ops::square(p[0]), E::of(self.gain));
        x[0] + x[0] * ops::reshape(gate, [1, self.numbers])
    }
}

fn graph(numbers: usize) -> Graph {
    let relu = layers::activation(&"relu".parse().unwrap());
    let gate = Gate { numbers, gain: 0.8 };
    Graph::chain(
        [1, 28, 28],
        vec![layers::flatten(), layers::linear(784, 48), gate.into(), relu, layers::linear(48, 10)],
    )
}

#[test]
fn a_layer_of_another_crate_trains_is_stored_and_is_attacked() {
    // Unregistered it can be written, not read.
    let text = serde_json::to_string(&graph(48)).unwrap();
    let e = serde_json::from_str::<Graph>(&text).unwrap_err().to_string();
    assert!(e.contains("no layer is called `gate`") && e.contains("layer 2"), "{e}");
    register::<Gate>();
    register::<Gate>();
    assert!(layers::tags().contains(&"gate"));
    assert_eq!(serde_json::from_str::<Graph>(&text).unwrap(), graph(48));
    // What its own checks say names its place.
    let NnError::Shape(e) = graph(47).build::<f32>(Key::new(1)).unwrap_err() else { panic!("a shape error") };
    assert!(e.to_string().contains("2 (gate)") && e.to_string().contains("[batch, 47]"), "{e}");

    let data = Mnist::embedded();
    let mut model = ClassifierNet::new(graph(48), Key::new(1)).unwrap();
    assert!(!model.summary().rows[2].compiled && model.summary().rows[1].compiled);
    let before = accuracy(&model, &data.test.first(500)).unwrap();
    let recipe = Recipe { epochs: 3, batch: 64, lr: 3e-3, ..Recipe::default() };
    let done = fit(&mut model, &data.train.first(1500), &recipe).unwrap();
    let after = accuracy(&model, &data.test.first(500)).unwrap();
    assert!(done.train_loss() < 0.5 && after > 0.8 && before < 0.4, "{before}, {after}, {done:?}");
    let gate = &model.net.params.get("2.weight").unwrap().value;
    assert!(gate.as_slice().iter().all(|&w| w.is_finite() && w != 0.1), "every weight moved: {gate:?}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.safetensors");
    sparring_store::write(&path, "classifier", &[("", &model.net)], serde_json::Value::Null).unwrap();
    let net = sparring_store::read(&path).unwrap().build("").unwrap();
    for (a, b) in net.params.iter().zip(&model.net.params) {
        assert_eq!((a.name(), a.value.as_slice()), (b.name(), b.value.as_slice()));
    }
    let mut read = ClassifierNet::new(graph(48), Key::new(9)).unwrap();
    read.net = net;

    let test = data.test.first(100).all();
    let x = Batch::new(&test.x, test.shape, &test.ids).unwrap();
    let suite = [AnyAttack::from(Pgd { steps: 10, ..Pgd::default() })];
    let threat = Threat::linf(0.1).unwrap();
    let reports = [&model, &read]
        .map(|m| evaluate(&m.victim(), x, &test.labels, &suite, &threat, Key::new(7)).unwrap());
    assert!(reports[0].clean > 0.8 && reports[0].robust_accuracy < reports[0].clean - 0.3, "{}", reports[0]);
    assert_eq!(reports[0].robust_accuracy, reports[1].robust_accuracy);
}
