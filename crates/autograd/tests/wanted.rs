//! Cotangents that are not wanted are not computed, and values that are not needed are not kept.

use sparring_autograd::{Handled, Op, Saved, Sinks, Tape, Var, Vjp, ops};
use sparring_tensor::{Array, Elem, Trans, matmul};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// How often the cotangent of each input was computed.
type Counts = Arc<[AtomicUsize; 2]>;

/// A matrix product that counts.
#[derive(Debug)]
struct Counted(Counts, Handled);

impl<E: Elem> Op<E> for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }
    fn forward(&self, x: &[&Array<E>]) -> Array<E> {
        matmul(x[0], Trans::No, x[1], Trans::No)
    }
    fn vjp<'t>(&self, at: Vjp<'_, 't, E>) -> Vec<Option<Var<'t, E>>> {
        let count = |i: usize| self.0[i].fetch_add(1, SeqCst);
        vec![
            at.when(0, || {
                count(0);
                ops::matmul_t(at.grad, Trans::No, at.inputs[1], Trans::Yes)
            }),
            at.when(1, || {
                count(1);
                ops::matmul_t(at.inputs[0], Trans::Yes, at.grad, Trans::No)
            }),
        ]
    }
    fn accumulate(&self, at: Saved<'_, E>, sinks: &mut Sinks<'_, E>) -> Handled {
        if self.1 == Handled::Yes {
            let count = |i: usize| self.0[i].fetch_add(1, SeqCst);
            sinks.add(0, || {
                count(0);
                matmul(at.grad, Trans::No, at.inputs[1], Trans::Yes)
            });
            sinks.add(1, || {
                count(1);
                matmul(at.inputs[0], Trans::Yes, at.grad, Trans::No)
            });
        }
        self.1
    }
}

/// Cotangents of x and of the weights computed in a backward pass over two layers.
fn computed(how: Handled, x_wanted: bool, weights_wanted: bool) -> [[usize; 2]; 2] {
    let tape = Tape::<f64>::new();
    let enter = |wanted: bool, a: Array<f64>| if wanted { tape.leaf(a) } else { tape.constant(a) };
    let counts: [Counts; 2] = Default::default();
    let mut x = enter(x_wanted, Array::ones([4, 3]));
    for (count, shape) in counts.iter().zip([[3, 5], [5, 2]]) {
        let w = tape.bind(shape[0] as u64, &Array::ones(shape), weights_wanted);
        x = tape.apply(Counted(Arc::clone(count), how), &[x, w]);
    }
    let grads = tape.backward(x, Array::ones([4, 2]));
    assert_eq!(grads.param(3).is_some(), weights_wanted);
    counts.map(|c| [c[0].load(SeqCst), c[1].load(SeqCst)])
}

#[test]
fn training_computes_no_gradient_of_its_input_and_an_attack_none_of_its_weights() {
    for how in [Handled::Yes, Handled::No] {
        assert_eq!(computed(how, false, true), [[0, 1], [1, 1]], "training");
        assert_eq!(computed(how, true, false), [[1, 0], [1, 0]], "attack");
        assert_eq!(computed(how, true, true), [[1, 1], [1, 1]]);
        assert_eq!(computed(how, false, false), [[0, 0], [0, 0]], "none is wanted");
    }
}

#[test]
fn a_backward_pass_that_resets_gives_the_same_gradients() {
    let (w, x) = (Array::from_fn([3, 3], |i| 0.1 * i as f64 - 0.4), Array::from_fn([2, 3], |i| i as f64));
    let chain = |tape: &Tape<f64>| {
        let (w, x) = (tape.bind(1, &w, true), tape.leaf(x.clone()));
        let h = ops::matmul(x, w);
        let y = ops::sum(ops::square(ops::matmul(ops::exp(h), w) * h));
        // Recorded after the root: never walked.
        let _ = ops::ln(y);
        (x.id(), y.id())
    };
    let mut tape = Tape::new();
    let (x_id, y_id) = chain(&tape);
    let root = tape.backward_and_reset(y_id, Array::scalar(1.0));
    assert!(tape.is_empty());
    // The tape is as good as new, twice.
    for _ in 0..2 {
        let (x_again, y_again) = chain(&tape);
        assert_eq!((x_again, y_again), (x_id, y_id));
        let other = tape.backward_and_reset(y_again, Array::scalar(1.0));
        assert_eq!(other.param(1), root.param(1));
        assert_eq!(other.leaf(x_id), root.leaf(x_id));
    }
    let plain = Tape::new();
    let (leaf, h) = (plain.leaf(x.clone()), plain.bind(1, &w, true));
    let p = ops::matmul(leaf, h);
    let y = ops::sum(ops::square(ops::matmul(ops::exp(p), h) * p));
    let kept = plain.backward(y, Array::scalar(1.0));
    assert_eq!((kept.get(leaf), kept.param(1)), (root.leaf(x_id), root.param(1)));
    assert!(kept.get(leaf).is_some());
}

#[test]
#[should_panic(expected = "with a seed")]
fn a_seed_of_another_shape_is_refused() {
    let mut tape = Tape::<f32>::new();
    let id = tape.leaf(Array::ones([2])).id();
    tape.backward_and_reset(id, Array::ones([3]));
}
