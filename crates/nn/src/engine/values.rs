//! What a lane remembers of a block.

use super::compile::{Block, Chain, Op};
use super::lane::Wanted;
use super::relu;
use super::weight::{Form, Weight};
use sparring_activations::{Activation, AnyActivation};
use sparring_tensor::{Array, Elem, reduce};

/// Values and gradients of a block for the examples of a lane, rows `stride` apart.
#[derive(Debug)]
pub(super) struct Values<E: Elem> {
    /// After the product; of one image only where activation and pooling are [fused](is_fused), after the activation where that is
    /// [in place](is_in_place).
    pub z: Array<E>,
    /// After the activation, where that is apart.
    pub a: Option<Array<E>>,
    /// After the pooling, and which element of each window it was.
    pub p: Option<Array<E>>,
    at: Vec<u8>,
    /// Gradients at the same places.
    pub dz: Option<Array<E>>,
    da: Option<Array<E>>,
    dp: Option<Array<E>>,
    /// Gradients of a convolution's weight (as its panels) and bias over this lane's images.
    pub dw: Option<Array<E>>,
    pub db: Option<Array<E>>,
}

/// A buffer for what a block's product puts out.
fn middle<E: Elem>(block: &Block, rows: usize) -> Array<E> {
    Array::zeros([rows * block.middle.stride()])
}

/// ReLU and pooling in one pass right behind a convolution: its output never leaves the nearest cache.
pub(super) fn is_fused(block: &Block) -> bool {
    matches!((block.op, block.act, block.pool), (Op::Conv(_), Some(AnyActivation::Relu(_)), Some(_)))
}

/// ReLU without pooling: the value tells the slope, and half the memory is half the way to it.
pub(super) fn is_in_place(block: &Block) -> bool {
    matches!((block.act, block.pool), (Some(AnyActivation::Relu(_)), None))
}

/// An activation that writes somewhere else than it reads.
fn apart(block: &Block) -> Option<AnyActivation> {
    block.act.filter(|_| !is_fused(block) && !is_in_place(block))
}

/// Whether the update of the weight wants the gradient at the product: a convolution's is made on the way back.
fn gradient_stays(block: &Block) -> bool {
    matches!(block.op, Op::Dense(_))
}

impl<E: Elem> Values<E> {
    /// Without any room.
    pub fn empty() -> Self {
        let z = Array::zeros([0]);
        Self { z, a: None, p: None, at: Vec::new(), dz: None, da: None, dp: None, dw: None, db: None }
    }
    /// Room for `rows` examples on their way forward.
    pub fn new(block: &Block, rows: usize) -> Self {
        let mut this = Self::empty();
        if block.pool.is_some() {
            this.at = vec![0; rows * block.output.len()];
            this.p = Some(Array::zeros([rows * block.output.stride()]));
        }
        this.a = apart(block).map(|_| middle(block, rows));
        this.z = middle(block, if is_fused(block) { 1 } else { rows });
        this
    }
    /// Room for gradients on their way.
    pub fn prepare_way_back(&mut self, block: &Block, rows: usize) {
        if self.da.is_none() && self.dp.is_none() {
            self.da = apart(block).map(|_| middle(block, rows));
            self.dp = block.pool.map(|_| Array::zeros([rows * block.output.stride()]));
        }
    }
    /// Room for everything that goes from lane to lane.
    pub fn passing(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.prepare_way_back(block, rows);
        this.dz = Some(middle(block, rows));
        this
    }
    /// Exchanges what nobody reads once a lane has passed: what lies before an activation, gradients on the way, outputs that no product reads,
    /// gradients at convolutions. So it can go from lane to lane, and stays in a near cache.
    pub fn exchange_passing(&mut self, other: &mut Self, block: &Block) {
        use std::mem::swap;
        swap(&mut self.da, &mut other.da);
        swap(&mut self.dp, &mut other.dp);
        let (apart, pooled) = (apart(block).is_some(), block.pool.is_some());
        if !block.feeds_product || apart || pooled {
            swap(&mut self.z, &mut other.z);
        }
        if !block.feeds_product || pooled {
            swap(&mut self.a, &mut other.a);
        }
        if !block.feeds_product {
            swap(&mut self.p, &mut other.p);
        }
        swap(&mut self.at, &mut other.at);
        if !gradient_stays(block) {
            swap(&mut self.dz, &mut other.dz);
        }
    }
    /// The room that [`exchange_passing`](Self::exchange_passing) leaves with the lane.
    pub fn without_passing(block: &Block, rows: usize) -> Self {
        let mut this = Self::new(block, rows);
        this.exchange_passing(&mut Self::empty(), block);
        this
    }
    /// Room for the gradients that stay with the lane.
    pub fn prepare_gradients(&mut self, block: &Block, rows: usize, wanted: Wanted, weights: &[Weight<E>]) {
        if wanted != Wanted::Weights || gradient_stays(block) {
            self.dz.get_or_insert_with(|| middle(block, rows));
        }
        if let (Op::Conv(w), Wanted::Weights) = (block.op, wanted) {
            let new = |n: usize| Array::zeros([n]);
            let weight = &weights[w];
            self.dw.get_or_insert_with(|| new(weight.forward.as_slice().len())).as_mut_slice().fill(E::ZERO);
            self.db.get_or_insert_with(|| new(weight.row.len())).as_mut_slice().fill(E::ZERO);
        }
    }
    /// What the next block reads.
    pub fn output(&self) -> &[E] {
        self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z).as_slice()
    }
    /// Where the next block writes the gradient.
    pub fn gradient_place(&mut self) -> &mut [E] {
        let place = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        place.expect("prepared for gradients").as_mut_slice()
    }
    /// Output and place of its gradient.
    pub fn ends(&mut self) -> (&[E], &mut [E]) {
        let y = self.p.as_ref().or(self.a.as_ref()).unwrap_or(&self.z);
        let dy = self.dp.as_mut().or(self.da.as_mut()).or(self.dz.as_mut());
        (y.as_slice(), dy.expect("prepared for gradients").as_mut_slice())
    }
    /// Where image `r` goes before the activation.
    pub fn image(&mut self, block: &Block, r: usize) -> &mut [E] {
        let r = if is_fused(block) { 0 } else { r };
        &mut self.z.as_mut_slice()[r * block.middle.stride()..][..block.middle.len()]
    }
    /// Activation of image `r` where that is in place, activation and pooling where they are fused.
    pub fn finish_image(&mut self, block: &Block, r: usize) {
        if is_in_place(block) {
            relu::forward(self.image(block, r));
        }
        if let (Some(pool), true) = (block.pool, is_fused(block)) {
            let (y, at) = pooled(&mut self.p, &mut self.at, block, r);
            pool.relu_max(&self.z.as_slice()[..block.middle.len()], y, at);
        }
    }
    /// The activation of all rows, but where [`finish_image`](Self::finish_image) has seen to it.
    pub fn activate(&mut self, block: &Block, rows: usize) {
        let all = rows * block.middle.stride();
        if is_in_place(block) && !matches!(block.op, Op::Conv(_)) {
            relu::forward(&mut self.z.as_mut_slice()[..all]);
        }
        if let (Some(act), Some(a)) = (block.act, &mut self.a) {
            act.forward(&self.z.as_slice()[..all], &mut a.as_mut_slice()[..all]);
        }
    }
    /// Pooling of all images where it is not fused.
    pub fn pool_rows(&mut self, block: &Block, rows: usize) {
        let (Some(pool), false) = (block.pool, is_fused(block)) else { return };
        let x = self.a.as_ref().unwrap_or(&self.z).as_slice();
        for r in 0..rows {
            let (y, at) = pooled(&mut self.p, &mut self.at, block, r);
            pool.max(&x[r * block.middle.stride()..][..block.middle.len()], y, at);
        }
    }
    /// The gradient at the product from that at the output. With `flush`, what is too small in it to teach anything becomes 0, and whether it is
    /// finite is the result.
    pub fn through_pool_and_activation(&mut self, block: &Block, rows: usize, flush: bool) -> bool {
        let (n, m) = (block.middle, block.output);
        let all = rows * n.stride();
        let dz = self.dz.as_mut().expect("prepared for gradients").as_mut_slice();
        if let (Some(pool), Some(dp), Some(p)) = (block.pool, &self.dp, &self.p) {
            for r in 0..rows {
                let [dy, y] = [dp, p].map(|a| &a.as_slice()[r * m.stride()..][..m.len()]);
                let at = &self.at[r * m.len()..][..m.len()];
                let range = r * n.stride()..r * n.stride() + n.len();
                match &mut self.da {
                    _ if is_fused(block) => pool.relu_unmax(dy, y, at, &mut dz[range]),
                    Some(da) => pool.unmax(dy, at, &mut da.as_mut_slice()[range]),
                    None => pool.unmax(dy, at, &mut dz[range]),
                }
            }
        }
        let z = self.z.as_slice();
        if is_in_place(block) {
            if flush {
                return relu::backward_flushed(&z[..all], &mut dz[..all], floor());
            }
            relu::backward(&z[..all], &mut dz[..all]);
        }
        if let (Some(act), Some(da)) = (block.act, &self.da) {
            act.backward(&z[..all], &da.as_slice()[..all], &mut dz[..all]);
        }
        !flush || reduce::flush_small(&mut dz[..all], floor())
    }
    /// Whether the gradient at the output is finite; what is too small in it to teach anything becomes 0.
    pub fn flush_output(&mut self, block: &Block, rows: usize) -> bool {
        let all = rows * block.output.stride();
        reduce::flush_small(&mut self.gradient_place()[..all], floor())
    }
    /// Adds the images' gradients at a kernel.
    pub fn learn<'x>(
        &mut self,
        chain: &Chain<E>,
        block: &Block,
        input: impl FnOnce() -> (&'x [E], usize),
        rows: usize,
    ) {
        let Op::Conv(w) = block.op else { return };
        let (n, stride) = (block.middle.len(), block.middle.stride());
        let Form::Conv(conv) = chain.weights[w].form else { unreachable!("compiled as a convolution") };
        let (x, from) = input();
        let dz = self.dz.as_ref().expect("prepared for gradients").as_slice();
        let dw = self.dw.as_mut().expect("prepared for weights").as_mut_slice();
        let db = self.db.as_mut().expect("prepared for weights").as_mut_slice();
        conv.weight_grad_of_rows(rows, x, dz, [from, stride], dw);
        for r in 0..rows {
            conv.bias_grad(&dz[r * stride..][..n], db);
        }
    }
}

/// Gradients below do not change a weight (the rules cut off at more than this), but their products with weights and slopes would be subnormal.
pub(super) fn floor<E: Elem>() -> E {
    E::of(if E::EPSILON.to_f64() > 1e-10 { 2f64.powi(-63) } else { 2f64.powi(-500) })
}

/// Where the pooled image `r` goes, and its winners.
fn pooled<'a, E: Elem>(
    p: &'a mut Option<Array<E>>,
    at: &'a mut [u8],
    block: &Block,
    r: usize,
) -> (&'a mut [E], &'a mut [u8]) {
    let (m, p) = (block.output, p.as_mut().expect("a pooled block").as_mut_slice());
    (&mut p[r * m.stride()..][..m.len()], &mut at[r * m.len()..][..m.len()])
}
