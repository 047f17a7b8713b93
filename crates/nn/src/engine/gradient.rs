//! From the shards of a batch to the gradient at some rows of a panel.

use super::batch::Loaded;
use super::block::Block;
use super::cut::Cut;
use super::first_matmul::FirstMatmul;
use super::last_matmul::{LastMatmul, NEIGHBOURS};
use super::program::Program;
use sparring_tensor::{Array, Elem, Mat, Panels, accumulate_outer, elementwise, write_outer};
use std::ops::Range;

/// The shards after their backward pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gradients<'a, E: Elem> {
    pub shards: &'a [Loaded<E>],
    pub cut: Cut,
    pub first: Option<&'a FirstMatmul<E>>,
    pub last: Option<&'a LastMatmul<E>>,
    /// Gradients of plain parameters over the whole batch.
    pub whole: &'a [(usize, Array<E>)],
}

impl<E: Elem> Gradients<'_, E> {
    /// Examples of the batch.
    pub fn examples(&self) -> usize {
        self.shards.iter().map(|l| l.shard.rows).sum()
    }
    /// The gradient at some rows of panel `q` of the weight of block `i`.
    pub fn of_panel(
        &self,
        program: &Program<E>,
        i: usize,
        q: usize,
        rows: Range<usize>,
        width: usize,
        g: &mut [E],
    ) {
        let block = &program.blocks[i];
        let weight = &program.weights[block.weight().expect("a block with a weight")];
        if weight.sums_by_shard() {
            let from = q * weight.depth() * width + rows.start * width;
            for (l, Loaded { shard, .. }) in self.shards.iter().enumerate() {
                let dw = shard.buffers[i].dw.as_ref().expect("made on the way back");
                let dw = &dw.as_slice()[from..][..g.len()];
                if l == 0 { g.copy_from_slice(dw) } else { elementwise::add_slice(g, dw) }
            }
            return;
        }
        let mut later: Option<Array<E>> = None;
        for (l, Loaded { shard, .. }) in self.shards.iter().enumerate() {
            let begins = self.cut.begins_chain(shard.first);
            if begins && let Some(chain) = &later {
                elementwise::add_slice(g, chain.as_slice());
            }
            if begins && l > 0 {
                later.get_or_insert_with(|| Array::stale([g.len()]));
            }
            let to = later.as_mut().map_or(&mut *g, |a| a.as_mut_slice());
            self.outer(program, i, q, &rows, width, l, !begins, to);
        }
        if let Some(chain) = &later {
            elementwise::add_slice(g, chain.as_slice());
        }
    }
    /// Writes or adds what shard `l` gives to the gradient at some rows of a panel of a matmul's weight.
    fn outer(
        &self,
        program: &Program<E>,
        i: usize,
        q: usize,
        rows: &Range<usize>,
        width: usize,
        l: usize,
        adds: bool,
        g: &mut [E],
    ) {
        let (block, Loaded { x, shard }) = (&program.blocks[i], &self.shards[l]);
        let (dz, stride) = self.at_matmul(block, i, program, l, q, width);
        let (x, x_stride) = match self.first {
            Some(first) if i == 0 && first.support(q, l).pays() => {
                let (input, x) = (block.input(), first.examples(q, l));
                let x = Mat::with_strides(x, shard.rows, input.len(), input.stride(), 1);
                first.support(q, l).outer(x, rows.start, dz, stride, adds, g);
                return;
            }
            Some(first) if i == 0 => (first.examples(q, l), block.input().stride()),
            _ => shard.input(program, i, (x.as_slice(), program.dim)),
        };
        let x = Mat::with_strides(&x[rows.start..], shard.rows, rows.len(), x_stride, 1);
        if adds { accumulate_outer(x, dz, stride, g) } else { write_outer(x, dz, stride, g) }
    }
    /// The gradient at the matmul of block `i` for a shard's examples, from panel `q` on, and the distance of its rows.
    fn at_matmul(
        &self,
        block: &Block,
        i: usize,
        program: &Program<E>,
        shard: usize,
        q: usize,
        width: usize,
    ) -> (&[E], usize) {
        let middle = block.middle;
        match self.last {
            Some(last) if i + 1 == program.blocks.len() => last.gradient(q, shard, middle.len()),
            _ => {
                // No further than the shard's own rows: what lies behind is of another batch.
                let shard = &self.shards[shard].shard;
                let end = shard.rows * middle.stride();
                (&shard.buffers[i].gradient()[q * width..end], middle.stride())
            }
        }
    }
    /// The gradient at the bias of block `i`.
    pub fn of_bias(&self, program: &Program<E>, i: usize, g: &mut [E]) {
        let block = &program.blocks[i];
        let weight = &program.weights[block.weight().expect("a block with a weight")];
        g.fill(E::ZERO);
        if weight.sums_by_shard() {
            for Loaded { shard, .. } in self.shards {
                let db = shard.buffers[i].db.as_ref().expect("made on the way back");
                elementwise::add_slice(g, db.as_slice());
            }
            return;
        }
        let width = Panels::<E>::zeros(0, 0).width();
        let panels = if self.last.is_some() { NEIGHBOURS } else { g.len().div_ceil(width) };
        let mut chain = Array::<E>::zeros([panels * width]);
        for (b, g) in g.chunks_mut(panels * width).enumerate() {
            let chain = &mut chain.as_mut_slice()[..g.len()];
            for (l, Loaded { shard, .. }) in self.shards.iter().enumerate() {
                if self.cut.begins_chain(shard.first) && l > 0 {
                    elementwise::add_slice(g, chain);
                    chain.fill(E::ZERO);
                }
                let (dz, stride) = self.at_matmul(block, i, program, l, b * panels, width);
                dz.chunks(stride)
                    .take(shard.rows)
                    .for_each(|dz| elementwise::add_slice(chain, &dz[..chain.len()]));
            }
            elementwise::add_slice(g, chain);
            chain.fill(E::ZERO);
        }
    }
    /// The gradient at the plain parameter with this position.
    pub fn of_plain(&self, place: usize, g: &mut [E]) {
        g.fill(E::ZERO);
        if let Some((_, whole)) = self.whole.iter().find(|w| w.0 == place) {
            elementwise::add_slice(g, whole.as_slice());
        }
        for Loaded { shard, .. } in self.shards {
            for (_, part) in shard.buffers.iter().flat_map(|b| &b.grads).filter(|p| p.0 == place) {
                elementwise::add_slice(g, part.as_slice());
            }
        }
    }
}
