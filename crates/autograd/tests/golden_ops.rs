//! Values and gradients of every case under `golden/ops` against PyTorch's, in `f64`.

use safetensors::{Dtype, SafeTensors};
use sparring_autograd::{Path, Tape, Var, ops};
use sparring_tensor::{Array, ConvGeometry, PoolGeometry, Shape};
use std::collections::BTreeSet;

/// Relative to the largest element of the tensor compared: what `golden/README.md` promises of the files.
const TOLERANCE: f64 = 1e-12;

struct Case<'a> {
    file: &'a SafeTensors<'a>,
    name: &'a str,
}

impl Case<'_> {
    fn array(&self, key: &str) -> Option<Array<f64>> {
        let view = self.file.tensor(&format!("{}/{key}", self.name)).ok()?;
        assert_eq!(view.dtype(), Dtype::F64, "{}/{key}", self.name);
        let numbers: Vec<f64> =
            view.data().chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
        Some(Array::try_from_slice(view.shape(), &numbers).unwrap())
    }
    fn pair(&self, key: &str) -> [usize; 2] {
        let view = self.file.tensor(&format!("{}/{key}", self.name)).unwrap();
        assert_eq!(view.dtype(), Dtype::I64);
        let numbers: Vec<usize> = view
            .data()
            .chunks_exact(8)
            .map(|b| usize::try_from(i64::from_le_bytes(b.try_into().unwrap())).unwrap())
            .collect();
        numbers.try_into().unwrap()
    }
    fn conv(&self) -> ConvGeometry {
        ConvGeometry { stride: self.pair("stride"), padding: self.pair("padding") }
    }
    fn pool(&self) -> PoolGeometry {
        let [kernel, stride, padding] = ["kernel_size", "stride", "padding"].map(|k| self.pair(k));
        PoolGeometry { kernel, stride, padding }
    }
    /// Whether the case works along axis 1 of a tensor of rank 3.
    fn middle(&self) -> bool {
        let view = self.file.tensor(&format!("{}/dim", self.name)).unwrap();
        i64::from_le_bytes(view.data().try_into().unwrap()) == 1
    }
}

fn along<'t>(middle: bool, x: Var<'t, f64>, f: impl Fn(Var<'t, f64>) -> Var<'t, f64>) -> Var<'t, f64> {
    if middle { ops::permute(f(ops::permute(x, &[0, 2, 1])), &[0, 2, 1]) } else { f(x) }
}

/// The operation of a case; `out` is the shape of PyTorch's result.
fn apply<'t>(op: &str, case: &Case<'_>, x: &[Var<'t, f64>], out: Shape) -> Var<'t, f64> {
    match op {
        "conv2d" => ops::conv2d(x[0], x[1], Some(x[2]), case.conv()),
        // What `nn::layers::ConvTranspose2d` does.
        "conv_transpose2d" => {
            ops::conv2d_input_grad(x[0], x[1], out, case.conv()) + ops::reshape(x[2], [1, out[1], 1, 1])
        }
        "max_pool2d" => ops::max_pool2d(x[0], case.pool()),
        "avg_pool2d" => ops::avg_pool2d(x[0], case.pool()),
        "linear" => ops::linear(x[0], x[1], Some(x[2])),
        "softmax" => along(case.middle(), x[0], ops::softmax),
        "log_softmax" => along(case.middle(), x[0], ops::log_softmax),
        "sum" => ops::sum_to(x[0], out),
        "mean" => ops::scale(ops::sum_to(x[0], out), out.numel() as f64 / x[0].shape().numel() as f64),
        "add" => x[0] + x[1],
        "mul" => x[0] * x[1],
        "div" => x[0] / x[1],
        "matmul" => ops::matmul(x[0], x[1]),
        _ => panic!("golden/ops holds `{op}`, which this test does not know"),
    }
}

#[track_caller]
fn close(what: &str, got: &Array<f64>, want: &Array<f64>) {
    assert_eq!(got.shape(), want.shape(), "{what}");
    let scale = want.as_slice().iter().fold(0.0f64, |m, v| m.max(v.abs())).max(f64::MIN_POSITIVE);
    for (i, (a, b)) in got.as_slice().iter().zip(want.as_slice()).enumerate() {
        let gap = (a - b).abs() / scale;
        // NaN must fail too.
        assert!(gap <= TOLERANCE, "{what}, element {i}: {a}, PyTorch {b}, gap {gap:.1e}");
    }
}

#[test]
fn values_and_gradients_are_pytorchs() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/ops/ops.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let names: BTreeSet<String> =
        file.names().iter().map(|n| n.rsplit_once('/').unwrap().0.to_string()).collect();
    assert_eq!(names.len(), 58);
    for name in &names {
        let case = Case { file: &file, name };
        let op = name.split('/').next().unwrap();
        let keys: Vec<&str> = ["x", "w", "b"].into_iter().filter(|k| case.array(k).is_some()).collect();
        let (y, dy) = (case.array("y").unwrap(), case.array("dy").unwrap());
        let tape = Tape::new();
        let inputs: Vec<_> = keys.iter().map(|k| tape.leaf(case.array(k).unwrap())).collect();
        let out = apply(op, &case, &inputs, y.shape());
        close(&format!("{name}/y"), &out.value(), &y);
        // The three roads to a gradient: in place, by definition, recorded.
        let fast = tape.backward_by(out, dy.clone(), Path::Fast);
        let defined = tape.backward_by(out, dy.clone(), Path::Definition);
        let recorded = tape.grad_with(out, tape.constant(dy), &inputs);
        for ((key, &x), recorded) in keys.iter().zip(&inputs).zip(recorded) {
            let want = case.array(&format!("d{key}")).unwrap();
            close(&format!("{name}/d{key}"), fast.get(x).unwrap(), &want);
            close(&format!("{name}/d{key} by definition"), defined.get(x).unwrap(), &want);
            close(&format!("{name}/d{key} recorded"), &recorded.value(), &want);
        }
    }
}
