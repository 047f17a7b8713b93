//! Activations on slices that are kept, spread over the threads as the layers spread them; softmax and its logarithm over rows of 10; and
//! a copy.
//!
//! `fwd` reads x and writes y; `fwdbwd` also writes dx, in a second sweep as a training step does: from dy and y where the slope of a
//! curve is known from its value, which saves an exponential, else from dy and x, as on PyTorch's side. The loss is the mean of the last
//! thing written. x is uniform in [-4, 4), dy in [0, 1).

use crate::numbers::{mean, uniform};
use crate::pace::Metric;
use crate::repeat::passes;
use crate::row::{Row, Run};
use crate::setting::{Outcome, Setting};
use sparring_activations::{Activation, AnyActivation};
use sparring_autograd::{Tape, Var, ops};
use sparring_tensor::{Tensor, par, softmax};

/// Elements of the rows: in the second-level cache, and in memory.
const SIZES: [usize; 2] = [1 << 16, 1 << 24];
/// Elements a worker takes at a time, and what one costs in additions: as in the layers.
const CHUNK: usize = 8192;
const COST: usize = 16;
/// Classes of the softmax.
const CLASSES: usize = 10;

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for size in SIZES {
        for &act in AnyActivation::ALL {
            rows.push(row(format!("act_{}_fwd", act.name()), size, 8.0, forward(act, size)));
            rows.push(row(format!("act_{}_fwdbwd", act.name()), size, 20.0, both(act, size)));
        }
        let (soft, log) = (softmax::softmax, softmax::log_softmax);
        rows.push(row("act_softmax_fwd".into(), size, 8.0, rows_forward(soft, size)));
        rows.push(row("act_softmax_fwdbwd".into(), size, 20.0, rows_both(ops::softmax, size)));
        rows.push(row("act_log_softmax_fwd".into(), size, 8.0, rows_forward(log, size)));
        rows.push(row("act_log_softmax_fwdbwd".into(), size, 20.0, rows_both(ops::log_softmax, size)));
        rows.push(row("copy".into(), size, 8.0, copy(size)));
    }
    rows
}

fn row(id: String, size: usize, bytes: f64, run: Run) -> Row {
    Row { elements: Some(size), bytes: Some(bytes), ..Row::new(id, Metric::Rate("elements/s"), run) }
}

/// x, and two places to write to, the first of which holds dy where that is needed.
struct Slices {
    x: Vec<f32>,
    dy: Vec<f32>,
    y: Vec<f32>,
    dx: Vec<f32>,
}

impl Slices {
    fn new(setting: &Setting, size: usize, backward: bool) -> Self {
        let n = setting.size(size, 1 << 10);
        let m = if backward { n } else { 0 };
        Self { x: uniform(1, n, -4.0, 4.0), dy: uniform(2, m, 0.0, 1.0), y: vec![0.0; n], dx: vec![0.0; m] }
    }
}

fn spread(out: &mut [f32], cost: usize, f: impl Fn(std::ops::Range<usize>, &mut [f32]) + Sync + Send) {
    let work = cost * out.len();
    par::for_each_chunk(out, CHUNK, work, |i, out| f(i * CHUNK..i * CHUNK + out.len(), out));
}

fn forward(act: AnyActivation, size: usize) -> Run {
    Box::new(move |setting, pace| {
        let mut s = Slices::new(setting, size, false);
        let n = s.x.len() as f64;
        let step = |s: &mut Slices| spread(&mut s.y, COST, |part, y| act.forward(&s.x[part], y));
        passes(setting, pace, &mut s, n, step, |s| mean(&s.y));
        Ok(Outcome::Done)
    })
}

fn both(act: AnyActivation, size: usize) -> Run {
    Box::new(move |setting, pace| {
        let mut s = Slices::new(setting, size, true);
        let n = s.x.len() as f64;
        let curved = act.about().curvature != Some(0.0);
        let step = |s: &mut Slices| {
            spread(&mut s.y, COST, |part, y| act.forward(&s.x[part], y));
            spread(&mut s.dx, COST, |part, dx| {
                let dy = &s.dy[part.clone()];
                if !(curved && act.backward_of_value(&s.y[part.clone()], dy, dx)) {
                    act.backward(&s.x[part], dy, dx);
                }
            });
        };
        passes(setting, pace, &mut s, n, step, |s| mean(&s.dx));
        Ok(Outcome::Done)
    })
}

fn copy(size: usize) -> Run {
    Box::new(move |setting, pace| {
        let mut s = Slices::new(setting, size, false);
        let n = s.x.len() as f64;
        let step = |s: &mut Slices| spread(&mut s.y, 1, |part, y| y.copy_from_slice(&s.x[part]));
        passes(setting, pace, &mut s, n, step, |s| mean(&s.y));
        Ok(Outcome::Done)
    })
}

/// As many whole rows as fit into `size` numbers.
fn logits(setting: &Setting, size: usize) -> Tensor {
    let rows = setting.size(size, 1 << 10) / CLASSES;
    Tensor::from_slice([rows, CLASSES], &uniform(1, rows * CLASSES, -4.0, 4.0))
}

fn rows_forward(f: fn(&Tensor) -> Tensor, size: usize) -> Run {
    Box::new(move |setting, pace| {
        let x = logits(setting, size);
        let mut y = Tensor::zeros(x.shape());
        let n = x.len() as f64;
        // The old result goes back to the pool, from which the next one takes its memory.
        passes(setting, pace, &mut y, n, |y| *y = f(&x), |y| checksum(y.as_slice()));
        Ok(Outcome::Done)
    })
}

fn rows_both(op: for<'t> fn(Var<'t, f32>) -> Var<'t, f32>, size: usize) -> Run {
    Box::new(move |setting, pace| {
        let x = logits(setting, size);
        let dy = Tensor::from_slice(x.shape(), &uniform(2, x.len(), 0.0, 1.0));
        let mut state = (Tape::new(), Tensor::zeros(x.shape()));
        let n = x.len() as f64;
        let step = |(tape, dx): &mut (Tape<f32>, Tensor)| {
            {
                let input = tape.leaf(x.clone());
                let mut grads = tape.backward(op(input), dy.clone());
                if let Some(g) = grads.take(input) {
                    *dx = g;
                }
            }
            tape.reset();
        };
        passes(setting, pace, &mut state, n, step, |(_, dx)| checksum(dx.as_slice()));
        Ok(Outcome::Done)
    })
}

/// The mean of the first column: the mean of all is 1/10 for every softmax and 0 for every gradient of one.
fn checksum(x: &[f32]) -> f64 {
    let first: Vec<f32> = x.iter().step_by(CLASSES).copied().collect();
    mean(&first)
}
