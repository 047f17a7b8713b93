//! Activation, pooling and noise behind a block's operation, forwards and backwards.

use super::Buffers;
use crate::engine::block::{Act, Block, BlockOp, NORMALS, Noise, PoolOp};
use crate::engine::program::{Pass, Program};
use crate::engine::relu;
use crate::{Mode, layers};
use sparring_activations::Activation;
use sparring_math::simd;
use sparring_tensor::{Elem, reduce, rows};

impl<E: Elem> Buffers<E> {
    /// Activation of image `r` where that works in place, activation and pooling where they are fused.
    pub fn finish_image(&mut self, block: &Block, r: usize) {
        if block.is_in_place() {
            relu::forward(self.image(block, r));
        }
        if let (Some(PoolOp::Max(pool)), true) = (block.pool, block.is_fused()) {
            let z = &self.z.as_slice()[..block.middle.len()];
            let p = self.p.as_mut().expect("a pooled block").as_mut_slice();
            let (y, at) = window(p, &mut self.winners, block, r);
            pool.relu_max(z, y, at);
        }
    }
    /// Activation, pooling and noise of all rows, but for what [`finish_image`](Self::finish_image) or the operation itself has done.
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
        self.disturb(block, pass, first, rows);
    }
    fn pool(&mut self, block: &Block, rows: usize) {
        let (Some(pool), false) = (block.pool, block.is_fused()) else { return };
        let x = self.a.as_ref().unwrap_or(&self.z).as_slice();
        let p = self.p.as_mut().expect("a pooled block").as_mut_slice();
        for r in 0..rows {
            let x = &x[r * block.middle.stride()..][..block.middle.len()];
            match pool {
                PoolOp::Max(pool) => {
                    let (y, at) = window(p, &mut self.winners, block, r);
                    pool.max(x, y, at);
                }
                PoolOp::Mean(pool) => pool.mean(x, &mut p[r * block.output.stride()..][..block.output.len()]),
            }
        }
    }
    fn disturb(&mut self, block: &Block, pass: &Pass<'_>, first: usize, rows: usize) {
        let (Some(noise), Mode::Train) = (block.noise, pass.mode) else { return };
        let (key, len, stride) =
            (pass.key.child(noise.node as u64), block.output.len(), block.output.stride());
        let mut all = std::mem::take(&mut self.words);
        for (r, words) in all.chunks_exact_mut(noise.stride(len).max(1)).take(rows).enumerate() {
            let y = &mut self.output_mut()[r * stride..][..len];
            let id = pass.id(first + r);
            match noise.noise {
                Noise::Dropout(p) => {
                    layers::words(key, id, &mut words[..noise.words]);
                    for from in noise.words..len {
                        words[from] = words[from - noise.words];
                    }
                    mask(p, words, y);
                }
                Noise::Added(std) => {
                    key.rng(id).fill_bits(words);
                    for_each_normal(words, y, |y, z| *y += E::of(std) * z);
                }
                Noise::Factor(std) => {
                    key.rng(id).fill_bits(words);
                    for_each_normal(words, y, |y, z| *y *= E::ONE + E::of(std) * z);
                }
            }
        }
        self.words = all;
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
        if let (Some(noise), Mode::Train) = (block.noise, pass.mode) {
            let all = std::mem::take(&mut self.words);
            for (r, words) in all.chunks_exact(noise.stride(m.len()).max(1)).take(rows).enumerate() {
                let dy = &mut self.output_gradient()[r * m.stride()..][..m.len()];
                match noise.noise {
                    Noise::Dropout(p) => mask(p, words, dy),
                    Noise::Added(_) => {}
                    Noise::Factor(std) => for_each_normal(words, dy, |d, z| *d *= E::ONE + E::of(std) * z),
                }
            }
            self.words = all;
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
                    PoolOp::Max(pool) => {
                        let at = &self.winners[r * m.len()..][..m.len()];
                        if block.is_fused() { pool.relu_unmax(dy, y, at, dx) } else { pool.unmax(dy, at, dx) }
                    }
                    PoolOp::Mean(pool) => pool.unmean(dy, dx),
                }
            }
        }
        let z = self.z.as_slice();
        if block.is_in_place() {
            // A batch normalisation masks by the value itself.
            if matches!(block.op, BlockOp::BatchNorm(_)) && pass.takes_statistics() {
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

/// `f(x, z)` for each number of an example, with the normal number that its random word makes.
fn for_each_normal<E: Elem>(words: &[u32], x: &mut [E], f: impl Fn(&mut E, E)) {
    const TOGETHER: usize = 16 * NORMALS;
    let mut normals = [0.0; TOGETHER];
    for (words, x) in words.chunks(TOGETHER).zip(x.chunks_mut(TOGETHER)) {
        let z = &mut normals[..x.len()];
        simd::normals(words, z);
        x.iter_mut().zip(z).for_each(|(x, z)| f(x, E::of(f64::from(*z))));
    }
}

/// Gradients below do not change a weight (the rules cut off at more than this), but their products with weights and derivatives would be subnormal.
pub(in crate::engine) fn floor<E: Elem>() -> E {
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
