//! The definition: a network on one tape, and a rule on its parameters one after the other.

use sparring_autograd::Tape;
use sparring_nn::{Cx, Learned, Mode, Network, Objective, OutputRows, ParamKind};
use sparring_optim::{AnyRule, Rule};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

/// What a pass gives.
pub struct Passed<E: Elem> {
    /// Of all outputs, side by side.
    pub y: Vec<E>,
    #[allow(dead_code)] // Of the tests that share this file, one reads it.
    pub metrics: [f64; 3],
    pub dx: Vec<E>,
    /// In the order of the parameters; empty for buffers.
    pub grads: Vec<Vec<E>>,
}

/// As [`pass_by`]; the gradient at the outputs is `seed(outputs)`.
#[allow(dead_code)] // Of the tests that share this file, one has its objective.
pub fn pass<E: Elem>(
    net: &mut Network<E>,
    x: &[E],
    how: (Mode, Key, &[u64]),
    seed: impl Fn(&[E]) -> Vec<E> + Sync,
) -> Passed<E> {
    let objective = |rows: &mut OutputRows<'_, E>| {
        let (y, dy, metrics) = rows.whole().expect("a whole batch");
        dy.copy_from_slice(&seed(y));
        metrics.fill([0.0; 3]);
    };
    pass_by(net, x, how, &objective)
}

/// Forward and backward. In training running statistics are committed.
pub fn pass_by<E: Elem>(
    net: &mut Network<E>,
    x: &[E],
    (mode, key, ids): (Mode, Key, &[u64]),
    objective: &dyn Objective<E>,
) -> Passed<E> {
    let [c, h, w] = net.graph().input;
    let n = x.len() / (c * h * w);
    let (tape, learned) = (Tape::new(), Learned::default());
    let cx = Cx::train(&tape, key, ids).in_mode(mode).learning(&learned);
    let input = tape.leaf(Array::from_slice([n, c, h, w], x));
    let outputs = net.forward_all(&cx, input);
    let rows = |i: usize| {
        let of = |y: &Array<E>| y.as_slice()[i * y.len() / n..(i + 1) * y.len() / n].to_vec();
        outputs.iter().flat_map(|y| of(&y.value())).collect::<Vec<_>>()
    };
    let y = (0..n).flat_map(rows).collect();
    let (loss, metrics) = sparring_nn::loss(&outputs, input, objective);
    let grads = tape.backward(loss, Array::scalar(E::ONE));
    let zeros = || vec![E::ZERO; x.len()];
    let dx = grads.get(input).map_or_else(zeros, |g| g.as_slice().to_vec());
    let of = |p: &sparring_nn::Param<E>| match grads.param(p.id()) {
        Some(g) => g.as_slice().to_vec(),
        None if p.kind() == ParamKind::Buffer => Vec::new(),
        None => vec![E::ZERO; p.value.len()],
    };
    let grads = net.params.iter().map(of).collect();
    drop(tape);
    if mode == Mode::Train {
        for (node, place, value) in learned.into_inner() {
            let name = format!("{}.", net.graph().nodes[node].name);
            let first = net.params.iter().position(|p| p.name().starts_with(&name)).unwrap();
            net.params[first + place].value = value;
        }
    }
    Passed { y, metrics, dx, grads }
}

/// A rule's slots for every parameter.
pub struct Steps<E: Elem> {
    rule: AnyRule,
    slots: Vec<Vec<Vec<E>>>,
    step: u64,
}

impl<E: Elem> Steps<E> {
    pub fn new(rule: AnyRule, net: &Network<E>) -> Self {
        let of = |p: &sparring_nn::Param<E>| vec![vec![E::ZERO; p.value.len()]; rule.slots()];
        Self { rule, slots: net.params.iter().map(of).collect(), step: 0 }
    }
    pub fn step(&mut self, net: &mut Network<E>, grads: &[Vec<E>], lr: f64) {
        self.step += 1;
        for ((p, g), slots) in net.params.iter_mut().zip(grads).zip(&mut self.slots) {
            let rule = if p.kind() == ParamKind::Activation { self.rule.without_decay() } else { self.rule };
            if p.is_trained() {
                let mut slots: Vec<&mut [E]> = slots.iter_mut().map(Vec::as_mut_slice).collect();
                rule.update(self.step, E::of(lr), p.value.as_mut_slice(), g, &mut slots);
            }
        }
    }
}
