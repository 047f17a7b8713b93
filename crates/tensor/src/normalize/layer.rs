//! Layer normalisation of rows.

use crate::Elem;
use crate::extent::inside;
use sparring_math::simd;

/// Partial sums side by side.
const LANES: usize = 16;

/// Layer normalisation of rows of `len` numbers (Ba, Kiros and Hinton, 2016): y = gain · x̂ + bias with x̂ = (x − mean) · rstd and
/// rstd = 1 / √(variance + eps), mean and biased variance those of the row.
///
/// The calls take `n` rows; `apart` is the distance in numbers between the beginnings of neighbouring rows, one entry for each slice of rows in the order of
/// the arguments.
///
/// ```
/// use sparring_tensor::normalize::LayerNormBlock;
/// let (mut y, mut mean, mut rstd) = ([0.0f32; 2], [0.0], [0.0]);
/// LayerNormBlock::new(2, 0.0).forward(1, &[1.0, 5.0], &mut y, [2, 2], &[1.0, 3.0], &[0.0, 0.5], &mut mean, &mut rstd);
/// assert_eq!((y, mean, rstd), ([-1.0, 3.5], [3.0], [0.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNormBlock {
    len: usize,
    eps: f64,
}

impl LayerNormBlock {
    /// Rows of `len` numbers; `eps` is added to the variance.
    pub fn new(len: usize, eps: f64) -> Self {
        Self { len, eps }
    }
    /// The normalised rows, and `mean` and `rstd` of each (`[n]`) for the backward pass.
    ///
    /// # Panics
    /// If a slice is too short, rows of `y` overlap, or `gain` or `bias` is not of `len` numbers.
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "the arrays of the formula")]
    pub fn forward<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        y: &mut [E],
        apart: [usize; 2],
        gain: &[E],
        bias: &[E],
        mean: &mut [E],
        rstd: &mut [E],
    ) {
        let what = "layer norm forward";
        self.fits(what, n, &[gain.len(), bias.len()], &[(x.len(), apart[0])], (y.len(), apart[1]));
        self.statistics(what, n, &[mean.len(), rstd.len()]);
        simd::dispatch(Forward { block: *self, n, x, y, apart, gain, bias, mean, rstd });
    }
    /// The gradients: dx written, `dgain` and `dbias` (`[len]`) added to, row after row.
    ///
    /// # Panics
    /// If a slice is too short, rows of `dx` overlap, or `gain`, `dgain` or `dbias` is not of `len` numbers.
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "the arrays of the formula")]
    pub fn backward<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        dx: &mut [E],
        apart: [usize; 3],
        gain: &[E],
        mean: &[E],
        rstd: &[E],
        dgain: &mut [E],
        dbias: &mut [E],
    ) {
        let what = "layer norm backward";
        let (numbers, rows) =
            ([gain.len(), dgain.len(), dbias.len()], [(x.len(), apart[0]), (dy.len(), apart[1])]);
        self.fits(what, n, &numbers, &rows, (dx.len(), apart[2]));
        self.statistics(what, n, &[mean.len(), rstd.len()]);
        let parameters = Some((dgain, dbias));
        simd::dispatch(Backward { block: *self, n, x, dy, dx, apart, gain, mean, rstd, parameters });
    }
    /// The gradient of x alone, as [`backward`](Self::backward) writes it: for attacks.
    ///
    /// # Panics
    /// As [`backward`](Self::backward).
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "the arrays of the formula")]
    pub fn input_grad<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        dy: &[E],
        dx: &mut [E],
        apart: [usize; 3],
        gain: &[E],
        mean: &[E],
        rstd: &[E],
    ) {
        let what = "layer norm input_grad";
        self.fits(what, n, &[gain.len()], &[(x.len(), apart[0]), (dy.len(), apart[1])], (dx.len(), apart[2]));
        self.statistics(what, n, &[mean.len(), rstd.len()]);
        simd::dispatch(Backward { block: *self, n, x, dy, dx, apart, gain, mean, rstd, parameters: None });
    }

    #[track_caller]
    fn fits(
        &self,
        what: &'static str,
        n: usize,
        numbers: &[usize],
        x: &[(usize, usize)],
        (y, to): (usize, usize),
    ) {
        let len = self.len;
        assert!(
            numbers.iter().all(|&n| n == len),
            "{what}: {numbers:?} parameters for rows of {len} numbers"
        );
        assert!(to >= len, "{what}: rows of {len} numbers overlap {to} apart");
        inside(what, [(n, to), (len, 1)], y);
        for &(x, apart) in x {
            inside(what, [(n, apart), (len, 1)], x);
        }
    }
    #[track_caller]
    fn statistics(&self, what: &'static str, n: usize, lengths: &[usize]) {
        assert!(lengths.iter().all(|&l| l == n), "{what}: {lengths:?} statistics of {n} rows");
    }
}

struct Forward<'a, E> {
    block: LayerNormBlock,
    n: usize,
    x: &'a [E],
    y: &'a mut [E],
    apart: [usize; 2],
    gain: &'a [E],
    bias: &'a [E],
    mean: &'a mut [E],
    rstd: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Forward<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let LayerNormBlock { len, eps } = self.block;
        let count = E::of(len.max(1) as f64);
        for i in 0..self.n {
            let x = &self.x[i * self.apart[0]..][..len];
            let mean = sum([x], |[x]| x) / count;
            let squares = sum([x], |[x]| (x - mean) * (x - mean));
            let rstd = E::ONE / (squares / count + E::of(eps)).sqrt();
            (self.mean[i], self.rstd[i]) = (mean, rstd);
            let y = &mut self.y[i * self.apart[1]..][..len];
            crate::span::span(y, [x, self.gain, self.bias], |_, [x, gain, bias]| {
                (x - mean) * rstd * gain + bias
            });
        }
    }
}

struct Backward<'a, E> {
    block: LayerNormBlock,
    n: usize,
    x: &'a [E],
    dy: &'a [E],
    dx: &'a mut [E],
    apart: [usize; 3],
    gain: &'a [E],
    mean: &'a [E],
    rstd: &'a [E],
    /// dgain and dbias.
    parameters: Option<(&'a mut [E], &'a mut [E])>,
}

impl<E: Elem> simd::Kernel for Backward<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let len = self.block.len;
        let count = E::of(len.max(1) as f64);
        for i in 0..self.n {
            let (x, dy) = (&self.x[i * self.apart[0]..][..len], &self.dy[i * self.apart[1]..][..len]);
            let (gain, mean, rstd) = (&self.gain[..len], self.mean[i], self.rstd[i]);
            let s = sum([dy, gain], |[dy, gain]| dy * gain);
            let t = sum([x, dy, gain], |[x, dy, gain]| dy * gain * (x - mean));
            // dx = rstd · (g − mean of g − x̂ · mean of g x̂)
            let (level, tilt) = (s / count, t / count * rstd * rstd);
            let dx = &mut self.dx[i * self.apart[2]..][..len];
            crate::span::span(dx, [x, dy, gain], |_, [x, dy, gain]| {
                rstd * (dy * gain - level - (x - mean) * tilt)
            });
            if let Some((dgain, dbias)) = &mut self.parameters {
                crate::span::span(dgain, [x, dy], |dgain, [x, dy]| dgain + dy * ((x - mean) * rstd));
                crate::span::span(dbias, [dy], |dbias, [dy]| dbias + dy);
            }
        }
    }
}

/// Σ term over the elements of rows of one length: element l in lane l mod 16, the lanes then added as a tree of halves.
#[inline(always)]
fn sum<E: Elem, const S: usize>(x: [&[E]; S], term: impl Fn([E; S]) -> E) -> E {
    let n = x[0].len();
    let x: [&[E]; S] = std::array::from_fn(|s| &x[s][..n]);
    let mut lanes = [E::ZERO; LANES];
    for block in 0..n / LANES {
        let x: [&[E; LANES]; S] = std::array::from_fn(|s| &x[s].as_chunks().0[block]);
        for l in 0..LANES {
            lanes[l] += term(std::array::from_fn(|s| x[s][l]));
        }
    }
    for l in n / LANES * LANES..n {
        lanes[l % LANES] += term(std::array::from_fn(|s| x[s][l]));
    }
    let mut half = LANES / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] += lanes[l + half];
        }
        half /= 2;
    }
    lanes[0]
}
