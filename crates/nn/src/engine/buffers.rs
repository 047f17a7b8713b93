//! What a shard remembers of a block.

use super::block::{Act, Block, Op, Pool};
use super::program::{Pass, Program};
use super::relu;
use super::tape_run::TapeRun;
use crate::{Mode, layers};
use sparring_activations::Activation;
use sparring_tensor::normalize::{GradSums, Moments};
use sparring_tensor::{Array, Elem, reduce, rows};
use std::sync::Mutex;

/// What a backward pass is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The gradient at the input.
    Input,
    /// The gradients at the outputs of all matmuls, and those of all other parameters.
    Weights,
    /// As `Weights`, but the last block is run elsewhere, between the forward and the backward pass.
    WeightsButLast,
}

/// Values and gradients of a block for the examples of a shard, rows `stride` apart.
#[derive(Debug)]
pub(super) struct Buffers<E: Elem> {
    /// After the operation; of one image only where activation and pooling are fused, after the activation where that works in place.
    pub z: Array<E>,
    /// After the activation, where that is apart.
    pub a: Option<Array<E>>,
    /// After the pooling, and which element of each window was the largest.
    pub p: Option<Array<E>>,
    winners: Vec<u8>,
    /// Random words of dropout, one for each number of the output.
    words: Vec<u32>,
    /// Gradients at the same places.
    pub dz: Option<Array<E>>,
    da: Option<Array<E>>,
    dp: Option<Array<E>>,
    /// Gradients of a convolution's weight (as its panels) and bias over this shard's images.
    pub dw: Option<Array<E>>,
    pub db: Option<Array<E>>,
    /// Gradients of plain parameters over this shard's examples: each with its position in the program.
    pub grads: Vec<(usize, Array<E>)>,
    /// Mean and reciprocal deviation of each row of a layer normalisation.
    pub stats: [Vec<E>; 2],
    /// Statistics of a batch normalisation's input, and what its gradient needs, over this shard.
    pub moments: Option<Moments>,
    pub sums: Option<GradSums>,
    /// The tape of a layer without instructions.
    pub tape: Mutex<TapeRun<E>>,
}

/// A buffer for what a block's operation puts out.
fn middle<E: Elem>(block: &Block, rows: usize) -> Array<E> {
    Array::zeros([rows * block.middle.stride()])
}

/// A buffer for what a block puts out.
fn output<E: Elem>(block: &Block, rows: usize) -> Array<E> {
    Array::zeros([rows * block.output.stride()])
}

impl<E: Elem> Default for Buffers<E> {
    fn default() -> Self {
        Self {
            z: Array::zeros([0]),
            a: None,
            p: None,
            winners: Vec::new(),
            words: Vec::new(),
            dz: None,
            da: None,
            dp: None,
            dw: None,
            db: None,
            grads: Vec::new(),
            stats: [Vec::new(), Vec::new()],
            moments: None,
            sums: None,
            tape: Mutex::default(),
        }
    }
}

impl<E: Elem> Buffers<E> {
    /// Buffers for `rows` examples in the forward pass.
    pub fn new(block: &Block, rows: usize) -> Self {
        let mut this = Self::default();
        if block.pool.is_some() {
            this.p = Some(output(block, rows));
        }
        if let Some(Pool::Max(_)) = block.pool {
            this.winners = vec![0; rows * block.output.len()];
        }
        if block.dropout.is_some() {
            this.words = vec![0; rows * block.output.len()];
        }
        this.a = block.act_apart().map(|_| middle(block, rows));
        this.z = middle(block, if block.is_fused() { 1 } else { rows });
        this
    }
    /// Buffers for gradients between a block's output and its operation.
    pub fn prepare_epilogue(&mut self, block: &Block, rows: usize) {
        if self.da.is_none() && self.dp.is_none() {
            self.da = block.act_apart().map(|_| middle(block, rows));
            self.dp = block.pool.map(|_| output(block, rows));
        }
    }
    /// The scratch buffers that may go from shard to shard.
    pub fn scratch(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.prepare_epilogue(block, rows);
        this.dz = Some(middle(block, rows));
        this
    }
    /// Exchanges what nobody reads after a shard's backward pass: values before an activation, gradients inside the network, outputs that no matmul reads,
    /// gradients at convolutions. So it can go from shard to shard, and stays in a near cache.
    pub fn exchange_scratch(&mut self, other: &mut Self, block: &Block) {
        use std::mem::swap;
        swap(&mut self.da, &mut other.da);
        swap(&mut self.dp, &mut other.dp);
        let (apart, pooled) = (block.act_apart().is_some(), block.pool.is_some());
        if !block.feeds_matmul || apart || pooled {
            swap(&mut self.z, &mut other.z);
        }
        if !block.feeds_matmul || pooled {
            swap(&mut self.a, &mut other.a);
        }
        if !block.feeds_matmul {
            swap(&mut self.p, &mut other.p);
        }
        swap(&mut self.winners, &mut other.winners);
        if !block.keeps_gradient() {
            swap(&mut self.dz, &mut other.dz);
        }
    }
    /// The buffers that [`exchange_scratch`](Self::exchange_scratch) leaves with the shard.
    pub fn without_scratch(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.exchange_scratch(&mut Self::default(), block);
        this
    }
    /// A buffer for the gradient at the operation, where it `stays` with the shard.
    pub fn prepare_gradient(&mut self, block: &Block, rows: usize, stays: bool) {
        if stays {
            self.dz.get_or_insert_with(|| middle(block, rows));
        }
    }
    /// Buffers for the gradients of parameters that are summed within the shard, zero.
    pub fn prepare_sums(&mut self, block: &Block, program: &Program<E>) {
        let zero = |place: &mut Option<Array<E>>, n: usize| {
            place.get_or_insert_with(|| Array::zeros([n])).as_mut_slice().fill(E::ZERO);
        };
        if let Op::Conv(w) | Op::ConvTranspose(w) = block.op {
            let weight = &program.weights[w];
            zero(&mut self.dw, weight.forward.as_slice().len());
            zero(&mut self.db, weight.row.len());
        }
        if self.grads.is_empty() {
            let mut places = Vec::new();
            match block.op {
                Op::LayerNorm(n) => places.extend(program.layer_norms[n].params),
                Op::Tape(t) => places.extend(program.tapes[t].params.clone()),
                _ => {}
            }
            if let Some(Act::Learnt(a)) = block.act {
                places.push(program.learnt[a].params);
            }
            let zeros = |&i: &usize| (i, Array::zeros(program.plains[i].value.shape()));
            self.grads = places.iter().map(zeros).collect();
        } else {
            self.grads.iter_mut().for_each(|(_, g)| g.as_mut_slice().fill(E::ZERO));
        }
    }
    /// What the next block reads.
    pub fn output(&self) -> &[E] {
        self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z).as_slice()
    }
    fn output_mut(&mut self) -> &mut [E] {
        self.p.as_mut().or(self.a.as_mut()).unwrap_or(&mut self.z).as_mut_slice()
    }
    /// Where the next block writes the gradient.
    pub fn output_gradient(&mut self) -> &mut [E] {
        let place = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        place.expect("prepared for gradients").as_mut_slice()
    }
    /// Output and place of its gradient.
    pub fn ends(&mut self) -> (&[E], &mut [E]) {
        let y = self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z);
        let dy = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        (y.as_slice(), dy.expect("prepared for gradients").as_mut_slice())
    }
    /// The gradient at the operation.
    pub fn gradient(&self) -> &[E] {
        self.dz.as_ref().expect("prepared for gradients").as_slice()
    }
    /// Where image `r` goes before the activation.
    pub fn image(&mut self, block: &Block, r: usize) -> &mut [E] {
        let r = if block.is_fused() { 0 } else { r };
        &mut self.z.as_mut_slice()[r * block.middle.stride()..][..block.middle.len()]
    }
    /// Activation of image `r` where that works in place, activation and pooling where they are fused.
    pub fn finish_image(&mut self, block: &Block, r: usize) {
        if block.is_in_place() {
            relu::forward(self.image(block, r));
        }
        if let (Some(Pool::Max(pool)), true) = (block.pool, block.is_fused()) {
            let z = &self.z.as_slice()[..block.middle.len()];
            let p = self.p.as_mut().expect("a pooled block").as_mut_slice();
            let (y, at) = window(p, &mut self.winners, block, r);
            pool.relu_max(z, y, at);
        }
    }
    /// Activation, pooling and dropout of all rows, but for what [`finish_image`](Self::finish_image) or the operation itself has done.
    pub fn finish(
        &mut self,
        program: &Program<E>,
        block: &Block,
        pass: &Pass<'_>,
        first: usize,
        rows: usize,
    ) {
        let all = rows * block.middle.stride();
        if block.is_in_place() && !block.rectifies_itself() {
            relu::forward(&mut self.z.as_mut_slice()[..all]);
        }
        if let (Some(act), Some(a)) = (block.act_apart(), &mut self.a) {
            let (z, a) = (&self.z.as_slice()[..all], &mut a.as_mut_slice()[..all]);
            match act {
                Act::Fixed(function) => function.forward(z, a),
                Act::Learnt(l) => {
                    let learnt = &program.learnt[l];
                    learnt.function.forward_with(
                        program.plains[learnt.params].value.as_slice(),
                        learnt.sharing,
                        z,
                        a,
                    );
                }
            }
        }
        self.pool(block, rows);
        self.drop(block, pass, first, rows);
    }
    fn pool(&mut self, block: &Block, rows: usize) {
        let (Some(pool), false) = (block.pool, block.is_fused()) else { return };
        let x = self.a.as_ref().unwrap_or(&self.z).as_slice();
        let p = self.p.as_mut().expect("a pooled block").as_mut_slice();
        for r in 0..rows {
            let x = &x[r * block.middle.stride()..][..block.middle.len()];
            match pool {
                Pool::Max(pool) => {
                    let (y, at) = window(p, &mut self.winners, block, r);
                    pool.max(x, y, at);
                }
                Pool::Mean(pool) => pool.mean(x, &mut p[r * block.output.stride()..][..block.output.len()]),
            }
        }
    }
    fn drop(&mut self, block: &Block, pass: &Pass<'_>, first: usize, rows: usize) {
        let (Some(dropout), Mode::Train) = (block.dropout, pass.mode) else { return };
        let (key, len, stride) =
            (pass.key.child(dropout.node as u64), block.output.len(), block.output.stride());
        let mut words = std::mem::take(&mut self.words);
        for (r, words) in words.chunks_exact_mut(len.max(1)).take(rows).enumerate() {
            layers::words(key, pass.id(first + r), words);
            mask(dropout.p, words, &mut self.output_mut()[r * stride..][..len]);
        }
        self.words = words;
    }
    /// The gradient at the operation from that at the output. With `flush`, what is too small in it to teach anything becomes 0, and whether it is
    /// finite is the result.
    pub fn epilogue_backward(
        &mut self,
        program: &Program<E>,
        block: &Block,
        pass: &Pass<'_>,
        rows: usize,
        flush: bool,
    ) -> bool {
        let (n, m) = (block.middle, block.output);
        let all = rows * n.stride();
        if let (Some(dropout), Mode::Train) = (block.dropout, pass.mode) {
            let words = std::mem::take(&mut self.words);
            for (r, words) in words.chunks_exact(m.len().max(1)).take(rows).enumerate() {
                mask(dropout.p, words, &mut self.output_gradient()[r * m.stride()..][..m.len()]);
            }
            self.words = words;
        }
        let dz = self.dz.as_mut().expect("prepared for gradients").as_mut_slice();
        if let (Some(pool), Some(dp), Some(p)) = (block.pool, &self.dp, &self.p) {
            for r in 0..rows {
                let [dy, y] = [dp, p].map(|a| &a.as_slice()[r * m.stride()..][..m.len()]);
                let range = r * n.stride()..r * n.stride() + n.len();
                let dx = match &mut self.da {
                    Some(da) if !block.is_fused() => &mut da.as_mut_slice()[range],
                    _ => &mut dz[range],
                };
                match pool {
                    Pool::Max(pool) => {
                        let at = &self.winners[r * m.len()..][..m.len()];
                        if block.is_fused() { pool.relu_unmax(dy, y, at, dx) } else { pool.unmax(dy, at, dx) }
                    }
                    Pool::Mean(pool) => pool.unmean(dy, dx),
                }
            }
        }
        let z = self.z.as_slice();
        if block.is_in_place() {
            // A batch normalisation masks by the value itself.
            if matches!(block.op, Op::BatchNorm(_)) && pass.takes_statistics() {
                return true;
            }
            if flush {
                return relu::backward_flushed(&z[..all], &mut dz[..all], floor());
            }
            relu::backward(&z[..all], &mut dz[..all]);
        }
        if let (Some(act), Some(da)) = (block.act_apart(), &self.da) {
            let (z, da, dz) = (&z[..all], &da.as_slice()[..all], &mut dz[..all]);
            match act {
                Act::Fixed(function) => function.backward(z, da, dz),
                Act::Learnt(l) => {
                    let learnt = &program.learnt[l];
                    let p = program.plains[learnt.params].value.as_slice();
                    match self.grads.iter_mut().find(|g| g.0 == learnt.params) {
                        Some((_, dp)) => {
                            // Numbers between the examples do not count.
                            let (len, stride) = (n.len(), n.stride());
                            let rows = z.chunks(stride).zip(da.chunks(stride)).zip(dz.chunks_mut(stride));
                            for ((z, da), dz) in rows {
                                learnt.function.backward_with(
                                    p,
                                    learnt.sharing,
                                    &z[..len],
                                    &da[..len],
                                    &mut dz[..len],
                                    dp.as_mut_slice(),
                                );
                            }
                        }
                        None => learnt.function.input_grad_with(p, learnt.sharing, z, da, dz),
                    }
                }
            }
        }
        !flush || reduce::flush_small(&mut dz[..all], floor())
    }
    /// Whether the gradient at the output is finite; what is too small in it to teach anything becomes 0.
    pub fn flush_output(&mut self, block: &Block, rows: usize) -> bool {
        let all = rows * block.output.stride();
        reduce::flush_small(&mut self.output_gradient()[..all], floor())
    }
}

/// Dropout of an example's numbers, or of their gradients.
fn mask<E: Elem>(p: f64, words: &[u32], x: &mut [E]) {
    rows::dropout_in_place(words, rows::drop_threshold(p), E::of(1.0 / (1.0 - p)), x);
}

/// Gradients below do not change a weight (the rules cut off at more than this), but their products with weights and derivatives would be subnormal.
pub(super) fn floor<E: Elem>() -> E {
    E::of(if E::EPSILON.to_f64() > 1e-10 { 2f64.powi(-63) } else { 2f64.powi(-500) })
}

/// Where the pooled image `r` goes, and its winners.
fn window<'a, E>(
    p: &'a mut [E],
    winners: &'a mut [u8],
    block: &Block,
    r: usize,
) -> (&'a mut [E], &'a mut [u8]) {
    let m = block.output;
    (&mut p[r * m.stride()..][..m.len()], &mut winners[r * m.len()..][..m.len()])
}
