//! One of two sides.

use sparring_seed::Stream;

/// 1 or -1, with chance 1/2 each.
pub(super) fn sign(random: &mut Stream) -> f64 {
    if random.below(2) == 1 { 1.0 } else { -1.0 }
}
