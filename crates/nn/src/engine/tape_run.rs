//! A layer on a tape inside a program.

use super::program::{OnTape, Pass, Program};
use crate::{Bind, Cx, Learned, Mode, Span};
use sparring_autograd::Tape;
use sparring_tensor::{Array, Elem, Shape};

/// The tape of a pass, from forward to backward.
#[derive(Debug, Default)]
pub(super) struct TapeRun<E: Elem> {
    tape: Tape<E>,
    /// Leaves that are the inputs, and the output.
    inputs: Vec<u32>,
    root: u32,
}

/// Gradients of a pass: of each input, and of each parameter of the layer; `None` where nothing depends on it.
type TapeGradients<E> = (Vec<Option<Array<E>>>, Vec<Option<Array<E>>>);

impl<E: Elem> TapeRun<E> {
    /// Runs the layer on inputs of whole examples (channels first, without gaps); `first` is the position of the first one in the batch. Parameters are leaves if
    /// gradients of them are wanted. Running statistics go to `learned`.
    pub fn forward(
        &mut self,
        program: &Program<E>,
        on: &OnTape,
        pass: &Pass<'_>,
        first: usize,
        inputs: Vec<Array<E>>,
        learned: Option<&Learned<E>>,
    ) -> Array<E> {
        let rows = inputs.first().map_or(0, |x| x.shape()[0]);
        let ids: Vec<u64> = (first..first + rows).map(|i| pass.id(i)).collect();
        self.tape.reset();
        let tape = &self.tape;
        let bind = if pass.batch { Bind::Free } else { Bind::Frozen };
        let mode = if on.span == Span::Batch && !pass.batch { Mode::Eval } else { pass.mode };
        let cx = Cx::with(tape, bind, mode, pass.key, &ids).layer(on.node);
        let bound = |i: usize| {
            let p = &program.plains[i];
            tape.bind(p.id, &p.value, bind == Bind::Free && p.kind != crate::ParamKind::Buffer)
        };
        let params: Vec<_> = on.params.clone().map(bound).collect();
        let x: Vec<_> = inputs.into_iter().map(|x| tape.leaf(x)).collect();
        self.inputs = x.iter().map(|x| x.id()).collect();
        let y = match learned {
            Some(learned) => on.layer.forward(&cx.learning(learned), &params, &x),
            None => on.layer.forward(&cx, &params, &x),
        };
        self.root = y.id();
        y.value()
    }
    /// The shape of the output.
    pub fn output_shape(&self) -> Shape {
        self.tape.var(self.root).shape()
    }
    /// The gradients from that at the output.
    pub fn backward(&mut self, program: &Program<E>, on: &OnTape, dy: Array<E>) -> TapeGradients<E> {
        // A layer that gives back an input has that as its root.
        let dy = dy.reshape(self.output_shape());
        let grads = self.tape.backward(self.tape.var(self.root), dy);
        let inputs = self.inputs.iter().map(|&id| grads.leaf(id).cloned()).collect();
        let params = on.params.clone().map(|i| grads.param(program.plains[i].id).cloned()).collect();
        (inputs, params)
    }
}

/// Rows without gaps as one array.
pub(super) fn gathered<E: Elem>(x: &[E], len: usize, stride: usize, shape: Shape, rows: usize) -> Array<E> {
    let mut dims = shape.dims().to_vec();
    dims[0] = rows;
    let mut out = Array::stale(Shape::new(&dims));
    for (to, x) in out.as_mut_slice().chunks_mut(len.max(1)).zip(x.chunks(stride)).take(rows) {
        to.copy_from_slice(&x[..len]);
    }
    out
}
