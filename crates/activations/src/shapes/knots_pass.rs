//! Passes over elements of linear splines that share their parameters in groups.

use super::knots::{Knots, Table};
use crate::learnt::Sharing;
use sparring_math::Real;
use sparring_math::simd::{Kernel, dispatch};

/// Elements whose segments are found together.
const BLOCK: usize = 64;

/// What a pass computes of each element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// f.
    Value,
    /// dy · f'.
    InputGrad,
    /// dy · f'; Σ dy · ∂f/∂p.
    Gradients,
    /// 0; Σ dy · ∂f'/∂p.
    SlopeGrad,
    /// dy · (∂f'/∂p · v) and ∂f/∂p · v.
    Along,
}

/// A pass over elements that share their parameters in groups.
pub(crate) struct Pass<'a, E> {
    pub(crate) knots: Knots<E>,
    pub(crate) wanted: Wanted,
    pub(crate) sharing: Sharing,
    /// `[groups, params]`.
    pub(crate) p: &'a [E],
    /// As p where it is used.
    pub(crate) v: &'a [E],
    pub(crate) x: &'a [E],
    /// As x where it is used.
    pub(crate) dy: &'a [E],
    pub(crate) out: &'a mut [E],
    /// As x where it is used.
    pub(crate) second: &'a mut [E],
    /// As p where it is used.
    pub(crate) dp: &'a mut [E],
}

impl<E: Real> Pass<'_, E> {
    /// Runs it, on the widest instruction set.
    pub(crate) fn go(self) {
        dispatch(self);
    }
}

impl<E: Real> Kernel for Pass<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let (s, k) = (self.sharing, self.knots.params());
        let groups: Vec<Table<E>> = self
            .p
            .chunks_exact(k)
            .enumerate()
            .map(|(g, p)| match self.wanted {
                Wanted::Along => self.knots.along(p, &self.v[g * k..][..k]),
                _ => self.knots.table(p),
            })
            .collect();
        let summed = matches!(self.wanted, Wanted::Gradients | Wanted::SlopeGrad);
        let mut sums = vec![[0.0f64; 2]; if summed { groups.len() * (k - 1) } else { 0 }];
        let run = if s.groups == 1 { self.x.len().max(1) } else { s.run };
        for (i, start) in (0..self.x.len()).step_by(run).enumerate() {
            let g = i % s.groups;
            let sums = if summed { &mut sums[g * (k - 1)..][..k - 1] } else { &mut [][..] };
            for from in (start..start + run).step_by(BLOCK) {
                self.block(&groups[g], sums, from, (start + run - from).min(BLOCK));
            }
        }
        if summed {
            for (g, p) in self.p.chunks_exact(k).enumerate() {
                let sums = &sums[g * (k - 1)..][..k - 1];
                self.knots.gather(p, sums, &mut self.dp[g * k..][..k]);
            }
        }
    }
}

impl<E: Real> Pass<'_, E> {
    #[inline(always)]
    fn block(&mut self, table: &Table<E>, sums: &mut [[f64; 2]], from: usize, len: usize) {
        let mut segments = [0; BLOCK];
        let (x, out) = (&self.x[from..from + len], &mut self.out[from..from + len]);
        self.knots.locate(x, &mut segments[..len]);
        let segments = &segments[..len];
        if self.wanted == Wanted::Value {
            for ((out, &x), &j) in out.iter_mut().zip(x).zip(segments) {
                *out = table.value(j, x);
            }
            return;
        }
        let dy = &self.dy[from..from + len];
        for i in 0..len {
            let (j, x, dy) = (segments[i], x[i], dy[i]);
            let wide = dy.to_f64();
            match self.wanted {
                Wanted::Value | Wanted::InputGrad => out[i] = dy * table.slope(j, x),
                Wanted::Gradients => {
                    out[i] = dy * table.slope(j, x);
                    let [_, knot, _] = table.lines[j as usize];
                    let sum = &mut sums[j as usize];
                    *sum = [sum[0] + wide, sum[1] + wide * (x - knot).to_f64()];
                }
                Wanted::SlopeGrad => {
                    out[i] = dy * (if x.is_nan() { x } else { E::ZERO });
                    sums[j as usize][1] += wide;
                }
                Wanted::Along => {
                    out[i] = dy * table.slope(j, x);
                    self.second[from + i] = table.value(j, x);
                }
            }
        }
    }
}
