//! Cross-entropy and log-odds of many short rows at once: sixteen rows side by side, each treated as `eval` treats one.

use crate::RowLoss;
use crate::peak::cutoff;
use crate::targets::{assert_class, assert_rows};
use crate::temperature::{sharpness, towards};
use sparring_math::{Real, simd};

/// Rows side by side.
const LANES: usize = 16;
/// Rows must be no longer: then the sum of a row is one fold of lanes, whose order the tree below repeats.
const LONGEST: usize = 16;

/// Which exponentials of a row are summed, and what that makes of its gradient.
pub(crate) trait Form: Copy {
    /// Is the target's logit left out?
    const WITHOUT_TARGET: bool;
}

/// All of them: cross-entropy.
#[derive(Clone, Copy)]
pub(crate) struct WholeRow;
impl Form for WholeRow {
    const WITHOUT_TARGET: bool = false;
}

/// All but the target's: log-odds.
#[derive(Clone, Copy)]
pub(crate) struct Rivals;
impl Form for Rivals {
    const WITHOUT_TARGET: bool = true;
}

/// [`RowLoss::eval_rows`] of a loss of this form: groups of short rows side by side, longer rows by `eval`.
#[track_caller]
#[inline]
pub(crate) fn eval_rows<'t, E: Real, F: Form>(
    loss: &impl RowLoss<E, Target = usize>,
    form: F,
    z: &[E],
    cols: usize,
    targets: &dyn Fn(usize) -> &'t usize,
    losses: &mut [E],
    dz: &mut [E],
) {
    assert_rows(loss.name(), z.len(), cols, losses.len(), dz.len());
    // Whole groups of short rows side by side; what is left, and long rows, one by one, to the same bits.
    let short = (if F::WITHOUT_TARGET { 2 } else { 1 }..=LONGEST).contains(&cols);
    let whole = if short { losses.len() / LANES * LANES } else { 0 };
    // Classes by the block on the stack: one dispatch for 256 rows.
    let mut classes = [0; 16 * LANES];
    for done in (0..whole).step_by(classes.len()) {
        let rows = (whole - done).min(classes.len());
        for (i, class) in classes[..rows].iter_mut().enumerate() {
            *class = *targets(done + i);
            assert_class(loss.name(), *class, cols);
        }
        let numbers = done * cols..(done + rows) * cols;
        let (classes, losses) = (&classes[..rows], &mut losses[done..done + rows]);
        let (z, dz) = (&z[numbers.clone()], &mut dz[numbers]);
        simd::dispatch(Groups { form, z, cols, classes, losses, dz, cutoff: cutoff() });
    }
    let left = losses.len() - whole;
    if short && left > 1 {
        // The rows that are left, side by side with rows of zeros.
        let (mut zs, mut dzs) = ([E::ZERO; LANES * LONGEST], [E::ZERO; LANES * LONGEST]);
        let (mut classes, mut values) = ([0; LANES], [E::ZERO; LANES]);
        zs[..left * cols].copy_from_slice(&z[whole * cols..]);
        for (i, class) in classes[..left].iter_mut().enumerate() {
            *class = *targets(whole + i);
            assert_class(loss.name(), *class, cols);
        }
        let (z, padded) = (&zs[..LANES * cols], &mut dzs[..LANES * cols]);
        let (classes, losses_of) = (&classes[..], &mut values[..]);
        simd::dispatch(Groups { form, z, cols, classes, losses: losses_of, dz: padded, cutoff: cutoff() });
        dz[whole * cols..].copy_from_slice(&dzs[..left * cols]);
        losses[whole..].copy_from_slice(&values[..left]);
    } else {
        for (i, value) in losses.iter_mut().enumerate().skip(whole) {
            let row = i * cols..(i + 1) * cols;
            *value = loss.eval(&z[row.clone()], targets(i), &mut dz[row]);
        }
    }
}

/// `z` holds whole groups of [`LANES`] rows, each with its class in `classes`.
struct Groups<'a, E, F> {
    form: F,
    z: &'a [E],
    cols: usize,
    classes: &'a [usize],
    losses: &'a mut [E],
    dz: &'a mut [E],
    cutoff: E,
}

impl<E: Real, F: Form> simd::Kernel for Groups<'_, E, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { form, z, cols, classes, losses, dz, cutoff } = self;
        let groups = z.chunks_exact(LANES * cols).zip(dz.chunks_exact_mut(LANES * cols));
        let rows = classes.as_chunks::<LANES>().0.iter().zip(losses.as_chunks_mut::<LANES>().0);
        for ((z, dz), (classes, losses)) in groups.zip(rows) {
            group(form, z, cols, classes, losses, dz, cutoff);
        }
    }
}

#[inline(always)]
fn group<E: Real, F: Form>(
    _form: F,
    z: &[E],
    cols: usize,
    classes: &[usize; LANES],
    losses: &mut [E; LANES],
    dz: &mut [E],
    cutoff: E,
) {
    let mut x = [[E::ZERO; LANES]; LONGEST];
    for l in 0..LANES {
        for (x, &z) in x.iter_mut().zip(&z[l * cols..][..cols]) {
            x[l] = z;
        }
    }
    let (mut low, mut target) = ([E::INFINITY; LANES], [E::ZERO; LANES]);
    if F::WITHOUT_TARGET {
        let class = classes.map(|class| class as u32);
        for (j, x) in x[..cols].iter_mut().enumerate() {
            for l in 0..LANES {
                low[l] = if x[l] < low[l] { x[l] } else { low[l] };
                let hit = class[l] == j as u32;
                target[l] = if hit { x[l] } else { target[l] };
                x[l] = if hit { -E::INFINITY } else { x[l] };
            }
        }
    }
    let x = &x[..cols];
    let mut max = [-E::INFINITY; LANES];
    for x in x {
        for l in 0..LANES {
            max[l] = if max[l].is_nan() | (max[l] > x[l]) { max[l] } else { x[l] };
        }
    }
    // The first place of the largest; 0 where a NaN makes none equal.
    let mut at = [0u32; LANES];
    for (j, x) in x.iter().enumerate().rev() {
        for l in 0..LANES {
            at[l] = if x[l] == max[l] { j as u32 } else { at[l] };
        }
    }
    let mut sharp = [E::ONE; LANES];
    if F::WITHOUT_TARGET {
        for l in 0..LANES {
            sharp[l] = sharpness(low[l], max[l], target[l]);
        }
    }
    let mut e = [[E::ZERO; LANES]; LONGEST];
    for (j, (e, x)) in e.iter_mut().zip(x).enumerate() {
        for l in 0..LANES {
            let d = (x[l] - max[l]) * sharp[l];
            let other = if d < cutoff { E::ZERO } else { d.exp_nonpos() };
            // A peak that is not finite is NaN here and reaches every result.
            let peak = if max[l].is_finite() { E::ZERO } else { E::of(f64::NAN) };
            e[l] = if at[l] == j as u32 { peak } else { other };
        }
    }
    let mut sums = e;
    let mut half = LONGEST / 2;
    while half > 0 {
        let (low, high) = sums.split_at_mut(half);
        for (low, high) in low.iter_mut().zip(high) {
            for l in 0..LANES {
                low[l] += high[l];
            }
        }
        half /= 2;
    }
    let rest = sums[0];
    let (mut scale, mut log) = ([E::ZERO; LANES], [E::ZERO; LANES]);
    for l in 0..LANES {
        scale[l] = E::ONE / (E::ONE + rest[l]);
        log[l] = rest[l].ln_1p();
    }
    for e in &mut e[..cols] {
        for l in 0..LANES {
            e[l] *= scale[l];
        }
    }
    for l in 0..LANES {
        let dz = &mut dz[l * cols..][..cols];
        for (dz, e) in dz.iter_mut().zip(&e) {
            *dz = e[l];
        }
        let (at, y) = (at[l] as usize, classes[l]);
        if F::WITHOUT_TARGET {
            dz[at] = scale[l];
            dz[y] = towards(z[l * cols + y]);
        } else if y == at {
            dz[at] = -(rest[l] * scale[l]);
        } else {
            dz[at] = scale[l];
            dz[y] -= E::ONE;
        }
        // Divided by 1 the logarithm stays as it is.
        losses[l] = (max[l] - z[l * cols + y]) + log[l] / sharp[l];
    }
}
