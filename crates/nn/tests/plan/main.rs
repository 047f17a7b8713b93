//! A plan gives the numbers of the tape: the same bits forwards and at the input, the same weights after steps up to rounding.
#![allow(missing_docs)]

mod specs;

use sparring_autograd::{Tape, ops};
use sparring_losses::{CrossEntropy, RowLoss};
use sparring_nn::{AnyLayer, Cx, Graph, Head, Mode, Network, NnError, Optimizer, Plan, Stepper, layers};
use sparring_optim::{Adam, AnyRule, Sgd};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, team};
use specs::{act, agree, examples, labels, shaped, specs};
use std::sync::Arc;

#[test]
fn outputs_and_input_gradients_have_the_bits_of_the_tape() {
    fn check<E: Elem>(spec: &Graph, n: usize) {
        let net: Network<E> = spec.build(Key::new(3)).unwrap();
        let plan = Plan::new(&net, Mode::Eval).expect("a chain with a plan");
        let x = examples::<E>(spec, n);
        let tape = Tape::new();
        let input = tape.leaf(shaped(spec, &x));
        let z = net.forward(&Cx::eval(&tape), input);
        let mut y = vec![E::ZERO; z.value().len()];
        plan.forward(&x, &mut y);
        agree(spec, &y, z.value().as_slice());
        let seed = Array::from_fn(z.shape(), |i| E::of((i % 5) as f64 - 1.5));
        let mut grads = vec![E::ZERO; 2 * x.len()];
        plan.pullbacks(
            &x,
            2,
            &mut |k, y, dy| {
                agree(spec, y, z.value().as_slice());
                dy.iter_mut().zip(seed.as_slice()).for_each(|(d, &s)| *d = s * E::of(1.0 - 3.0 * k as f64));
            },
            &mut grads,
        );
        let once = tape.backward(z, seed.clone());
        let (first, second) = grads.split_at(x.len());
        agree(spec, first, once.get(input).unwrap().as_slice());
        let twice = tape.backward(z, sparring_tensor::elementwise::scale(&seed, E::of(-2.0)));
        agree(spec, second, twice.get(input).unwrap().as_slice());
    }
    for spec in specs() {
        for n in [1, 3, 33, 70] {
            check::<f32>(&spec, n);
        }
        check::<f64>(&spec, 5);
    }
}

/// Weights after some steps: on the tape, and by the plan.
fn trained<E: Elem>(spec: &Graph, rule: AnyRule, n: usize) -> [Vec<E>; 2] {
    let (x, net) = (examples::<E>(spec, n), |key| spec.build::<E>(Key::new(key)).unwrap());
    let (mut eager, mut planned) = (net(3), net(3));
    let mut stepper = Stepper::new(&planned, rule).expect("a chain with a plan");
    let mut optimizer = Optimizer::new(rule, None);
    let classes = stepper.plan().outputs();
    let labels = labels(n, classes);
    for _ in 0..4 {
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]);
        let z = eager.forward(&cx, tape.constant(shaped(spec, &x)));
        let loss = ops::mean(ops::row_loss(z, CrossEntropy, Arc::clone(&labels)));
        let mut grads = tape.backward(loss, Array::scalar(E::ONE));
        let value = loss.item().to_f64();
        drop(tape);
        optimizer.step(&mut eager, &mut grads, 1e-2).unwrap();
        let scale = E::of(1.0 / n as f64);
        let dim = x.len() / n;
        let row = |i: usize, to: &mut [E]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
        let [sum, ..] = stepper.gradients(n, row, |head| {
            let first = head.first;
            for (i, (z, dz, tally)) in head.iter().enumerate() {
                *tally = [CrossEntropy.eval(z, &labels[first + i], dz).to_f64(), 0.0, 0.0];
                dz.iter_mut().for_each(|d| *d *= scale);
            }
        });
        assert!((sum / n as f64 - value).abs() < 1e-4 * value.max(1.0), "{spec:?}: loss {sum} and {value}");
        stepper.update(&planned, 1e-2).unwrap();
    }
    stepper.store(&mut planned);
    [eager, planned].map(|net| {
        let mut all = Vec::new();
        net.params.iter().for_each(|p| all.extend_from_slice(p.value.as_slice()));
        all
    })
}

#[test]
fn steps_follow_the_tape() {
    let rules: [AnyRule; 2] =
        [Adam::default().into(), Sgd { momentum: 0.9, weight_decay: 1e-2, ..Sgd::default() }.into()];
    for spec in specs() {
        for (rule, n) in rules.iter().flat_map(|r| [(*r, 1), (*r, 37), (*r, 130)]) {
            let [eager, planned] = trained::<f64>(&spec, rule, n);
            for (e, p) in eager.iter().zip(&planned) {
                assert!((e - p).abs() < 1e-8, "{spec:?}, {rule}, {n}: {e} and {p}");
            }
        }
    }
}

#[test]
fn what_has_no_plan_says_so() {
    let dropout =
        Graph::chain([1, 1, 4], vec![layers::flatten(), layers::dropout(0.5), layers::linear(4, 2)]);
    let net = dropout.build::<f32>(Key::new(1)).unwrap();
    assert!(Plan::new(&net, Mode::Train).is_none());
    assert!(Plan::new(&net, Mode::Eval).is_some());
    let learnt = Graph::chain([1, 1, 4], vec![layers::flatten(), layers::linear(4, 2), act("prelu")]);
    assert!(Plan::new(&learnt.build::<f32>(Key::new(1)).unwrap(), Mode::Eval).is_none());
}

#[test]
fn a_gradient_that_is_not_finite_names_the_layer_and_changes_nothing() {
    let spec = Graph::chain(
        [1, 1, 4],
        vec![layers::flatten(), layers::linear(4, 3), act("relu"), layers::linear(3, 2)],
    );
    let mut net = spec.build::<f32>(Key::new(1)).unwrap();
    let before = spec.build::<f32>(Key::new(1)).unwrap();
    let mut stepper = Stepper::new(&net, Adam::default().into()).unwrap();
    let row = |_: usize, x: &mut [f32]| x.fill(0.5);
    // One sound step, so that the step in the message is not simply the first.
    stepper.gradients(2, row, |head| head.iter().for_each(|(_, dz, _)| dz.fill(0.0)));
    stepper.update(&net, 1e-3).unwrap();
    stepper.gradients(2, row, |head| head.iter().for_each(|(_, dz, _)| dz.fill(f32::NAN)));
    let Err(NnError::NonFinite { name, step }) = stepper.update(&net, 1e-3) else { panic!("refused") };
    assert_eq!((name.as_str(), step), ("3.weight", 2));
    stepper.store(&mut net);
    let numbers = |net: &Network| {
        let mut all = Vec::new();
        net.params.iter().for_each(|p| all.extend_from_slice(p.value.as_slice()));
        all
    };
    assert_eq!(numbers(&net), numbers(&before));
}

/// A loss that looks at each output by itself: Σ (y - t)² for targets made of the example's input and the column.
fn squares(head: &mut Head<'_, f32>, scale: f32) {
    let from = head.from;
    for (x, y, dy, tally) in head.iter_with_inputs() {
        *tally = [0.0; 3];
        for (j, (y, dy)) in y.iter().zip(dy).enumerate() {
            let d = y - 0.1 * x[(from + j) % x.len()];
            tally[0] += f64::from(d * d);
            *dy = 2.0 * d * scale;
        }
    }
}

#[test]
fn outputs_may_be_shown_in_parts_and_threads_change_no_bit() {
    let wide = |last: &[AnyLayer]| {
        let mut layers = vec![layers::flatten(), layers::linear(48, 40), act("relu"), layers::linear(40, 20)];
        layers.extend([act("tanh"), layers::linear(20, 300)]);
        layers.extend_from_slice(last);
        Graph::chain([3, 4, 4], layers)
    };
    for spec in [wide(&[]), wide(&[act("sigmoid")]), wide(&[act("gelu")])] {
        for n in [1, 30, 130] {
            let dim = 48;
            let x = examples::<f32>(&spec, n);
            let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&x[i * dim..(i + 1) * dim]);
            let run = |threads: usize, parts: bool| {
                team::with_threads(threads, || {
                    let mut net = spec.build::<f32>(Key::new(3)).unwrap();
                    let mut stepper = Stepper::new(&net, Adam::default().into()).unwrap();
                    let scale = 1.0 / n as f32;
                    let mut losses = Vec::new();
                    for _ in 0..3 {
                        let head = |head: &mut Head<'_, f32>| squares(head, scale);
                        let [sum, ..] = if parts {
                            stepper.gradients_by_parts(n, row, head)
                        } else {
                            stepper.gradients(n, row, head)
                        };
                        losses.push(sum as f32);
                        stepper.update(&net, 1e-3).unwrap();
                    }
                    stepper.store(&mut net);
                    net.params.iter().for_each(|p| losses.extend_from_slice(p.value.as_slice()));
                    losses
                })
            };
            let parts = run(1, true);
            assert!([2, 3, 7].iter().all(|&t| run(t, true) == parts), "{spec:?}, {n}: threads");
            let whole = run(1, false);
            assert!([2, 7].iter().all(|&t| run(t, false) == whole), "{spec:?}, {n}: threads");
            for (a, b) in parts.iter().zip(&whole) {
                assert!((a - b).abs() <= 2e-5 * (1.0 + b.abs()), "{spec:?}, {n}: {a} and {b}");
            }
        }
    }
}
