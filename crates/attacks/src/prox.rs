//! Proximal maps of the norms: argmin over z of ½ ‖z − v‖₂² + μ ‖z‖.
//!
//! source   Parikh and Boyd 2014, Proximal algorithms, section 6.5; the 2/3 norm: Matyasko and Chau 2021, arXiv:2106.01538

use crate::{AnyNorm, L1, L2, Norm};

/// Overwrites `v` by its proximal map; in L0 that of Σ |z_i|^(2/3).
pub(crate) fn proximal(norm: AnyNorm, mu: f32, v: &mut [f32]) {
    match norm {
        AnyNorm::L1 => v.iter_mut().for_each(|v| *v = (v.abs() - mu).max(0.0).copysign(*v)),
        AnyNorm::L2 => {
            let keep = (1.0 - f64::from(mu) / L2.size(v)).max(0.0) as f32;
            v.iter_mut().for_each(|v| *v *= keep);
        }
        // v minus the projection onto the L1 ball of radius μ: Moreau's identity.
        AnyNorm::Linf => {
            let mut inside = v.to_vec();
            L1.project(&mut inside, mu);
            v.iter_mut().zip(inside).for_each(|(v, i)| *v -= i);
        }
        AnyNorm::L0 => v.iter_mut().for_each(|v| *v = two_thirds(f64::from(*v), f64::from(mu)) as f32),
    }
}

/// The largest root of the optimality condition of ½ (z − v)² + μ |z|^(2/3), or 0 where there is none.
fn two_thirds(v: f64, mu: f64) -> f64 {
    let square = v * v / 16.0;
    let a = (square * square - 8.0 * mu.powi(3) / 729.0).sqrt();
    let b = 2.0 * ((square + a).cbrt() + (square - a).cbrt());
    let root = b.sqrt();
    let z = ((2.0 * v.abs() / root - b).sqrt() + root).powi(3) / 8.0;
    if z.is_finite() { z.copysign(v) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No other point near the map, nor 0, has a lower objective.
    #[test]
    fn the_map_is_where_the_objective_is_least() {
        for norm in [AnyNorm::L1, AnyNorm::L2, AnyNorm::Linf, AnyNorm::L0] {
            for mu in [0.01_f32, 0.1, 0.7] {
                let v = [0.9_f32, -0.3, 0.05, 0.0];
                let objective = |z: &[f32]| {
                    let size = match norm {
                        AnyNorm::L0 => z.iter().map(|z| f64::from(*z).abs().powf(2.0 / 3.0)).sum(),
                        _ => norm.get().size(z),
                    };
                    let far: f64 = z.iter().zip(&v).map(|(z, v)| f64::from(z - v).powi(2)).sum();
                    0.5 * far + f64::from(mu) * size
                };
                let mut z = v;
                proximal(norm, mu, &mut z);
                let least = objective(&z);
                for i in 0..4 {
                    for by in [-0.2, -0.01, -1e-3, 1e-3, 0.01, 0.2, -z[i]] {
                        let mut other = z;
                        other[i] += by;
                        assert!(objective(&other) >= least - 2e-6, "{norm} {mu}: {z:?}, {other:?}");
                    }
                }
                assert!(objective(&[0.0; 4]) >= least - 2e-6, "{norm} {mu}");
            }
        }
        let mut zeros = [0.0; 3];
        AnyNorm::ALL.iter().for_each(|&norm| proximal(norm, 0.1, &mut zeros));
        assert_eq!(zeros, [0.0; 3]);
    }
}
