//! Gradients straight into a method that is element-wise, or into their place beside the weights.

use super::gradient::Gradients;
use super::program::Program;
use super::state::ROWS;
use super::update::{Of, Piece};
use crate::Method;
use sparring_optim::squares;
use sparring_tensor::{Array, Elem, elementwise, reduce};

/// The step of an element-wise method on a piece; `false` if its gradient is not finite, and then what is left of it stays as it is.
pub(super) fn step<E: Elem>(
    method: &Method,
    gradients: &Gradients<'_, E>,
    program: &Program<E>,
    piece: Piece<'_, E>,
    step: u64,
    lr: f64,
) -> bool {
    let Piece { of, kind, w, part, .. } = piece;
    let Of::Panel { block, q, rows } = of else {
        let mut g = Array::stale([w.len()]);
        whole(gradients, program, &of, g.as_mut_slice());
        let (g, all) = (g.as_mut_slice(), 0..w.len());
        return reduce::are_finite(g) && {
            method.step_elementwise(step, (kind, lr), w, g, &mut part.slots, all);
            true
        };
    };
    let width = w.len() / rows.len();
    let mut g = Array::stale([ROWS.min(rows.len()) * width]);
    let g = g.as_mut_slice();
    for k in rows.clone().step_by(ROWS) {
        let end = (k + ROWS).min(rows.end);
        let g = &mut g[..(end - k) * width];
        gradients.of_panel(program, block, q, k..end, width, g);
        if !reduce::are_finite(g) {
            return false;
        }
        let of = (k - rows.start) * width..(end - rows.start) * width;
        method.step_elementwise(step, (kind, lr), &mut w[of.clone()], g, &mut part.slots, of);
    }
    true
}

/// The gradient of a piece into its place, or added to what is there; `false` if it is not finite.
pub(super) fn collect<E: Elem>(
    gradients: &Gradients<'_, E>,
    program: &Program<E>,
    piece: Piece<'_, E>,
    adds: bool,
) -> bool {
    let Piece { of, part, w, .. } = piece;
    let sum = part.grad().as_mut_slice();
    let mut own = if adds { Some(Array::<E>::stale([w.len()])) } else { None };
    let g = own.as_mut().map_or(&mut *sum, |own| own.as_mut_slice());
    match of {
        Of::Panel { block, q, rows } => {
            let width = w.len() / rows.len();
            for k in rows.clone().step_by(ROWS) {
                let end = (k + ROWS).min(rows.end);
                let g = &mut g[(k - rows.start) * width..(end - rows.start) * width];
                gradients.of_panel(program, block, q, k..end, width, g);
            }
        }
        _ => whole(gradients, program, &of, g),
    }
    if let Some(own) = &own {
        elementwise::add_slice(sum, own.as_slice());
    }
    part.squares = squares(part.grad().as_slice());
    part.squares.is_finite() || reduce::are_finite(part.grad().as_slice())
}

fn whole<E: Elem>(gradients: &Gradients<'_, E>, program: &Program<E>, of: &Of, g: &mut [E]) {
    match *of {
        Of::Bias { block } => gradients.of_bias(program, block, g),
        Of::Plain(i) => gradients.of_plain(i, g),
        Of::Panel { .. } => unreachable!("panels are made block by block"),
    }
}
