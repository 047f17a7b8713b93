//! The rule of one operation, called on values.

use crate::contract::{Node, Recording};
use crate::{Handled, Op, Saved, Sinks, Tape, Vjp};
use sparring_tensor::{Array, Elem};

/// Which rule the plain backward pass uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// `accumulate` where an operation has one.
    Fast,
    /// Always `vjp`, the definition: the reference in tests.
    Definition,
}

/// Adds to the cotangents of the inputs of `node` what its own `cotangent` gives.
pub(crate) fn pull_back<E: Elem>(
    recording: &Recording<E>,
    node: &Node<E>,
    cotangent: &Array<E>,
    path: Path,
    cotangents: &mut [Option<Array<E>>],
) {
    let Some(op) = node.op.as_ref().filter(|_| node.needs) else { return };
    let inputs = recording.inputs(node);
    let value = |id: u32| &recording.nodes[id as usize].value;
    let wants = |id: u32| recording.nodes[id as usize].needs;
    let mut call = |values: &[&Array<E>], wants: &[bool]| {
        let at = Saved { inputs: values, output: &node.value, grad: cotangent };
        call_rule(&**op, at, path, &mut Sinks { slots: cotangents, inputs, wants });
    };
    match *inputs {
        [a] => call(&[value(a)], &[wants(a)]),
        [a, b] => call(&[value(a), value(b)], &[wants(a), wants(b)]),
        [a, b, c] => call(&[value(a), value(b), value(c)], &[wants(a), wants(b), wants(c)]),
        _ => {
            let values: Vec<_> = inputs.iter().map(|&id| value(id)).collect();
            let wants: Vec<_> = inputs.iter().map(|&id| wants(id)).collect();
            call(&values, &wants);
        }
    }
}

/// Adds the cotangents of the inputs to `sinks`, by `accumulate` or, evaluated on a temporary tape, by `vjp`.
fn call_rule<E: Elem>(op: &dyn Op<E>, at: Saved<'_, E>, path: Path, sinks: &mut Sinks<'_, E>) {
    if path == Path::Fast && op.accumulate(at, sinks) == Handled::Yes {
        return;
    }
    let scratch = Tape::new();
    let xs: Vec<_> = at.inputs.iter().map(|&v| scratch.constant(v.clone())).collect();
    let output = scratch.constant(at.output.clone());
    let grad = scratch.constant(at.grad.clone());
    let cotangents = op.vjp(Vjp { inputs: &xs, output, grad, wants: sinks.wants });
    debug_assert_eq!(cotangents.len(), xs.len(), "{}: one cotangent an input", op.name());
    for (k, g) in cotangents.into_iter().enumerate() {
        if let Some(g) = g {
            sinks.add(k, || g.value());
        }
    }
}
