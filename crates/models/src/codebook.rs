//! The nearest vectors of a table.

use sparring_tensor::par;

/// For each place of codes `z` `[n, dim · places]`, channels first, the entry of `vectors` `[entries, dim]` with the least squared distance, `[n, places]`; of equally near ones the first, of
/// a NaN the first of all.
pub(crate) fn nearest(vectors: &[f32], z: &[f32], dim: usize, places: usize) -> Vec<u32> {
    let (k, code) = (vectors.len() / dim, dim * places);
    assert!(z.len().is_multiple_of(code), "vq-vae: {} numbers for codes of {code}", z.len());
    // Entries side by side, so that distances to all of them are one loop.
    let columns: Vec<f32> = (0..dim * k).map(|i| vectors[i % k * dim + i / k]).collect();
    let mut out = vec![0; z.len() / dim];
    par::for_each_chunk(&mut out, places, z.len() * k, |i, out| {
        let mut far = vec![0.0; k];
        for (p, out) in out.iter_mut().enumerate() {
            far.fill(0.0);
            for (c, column) in columns.chunks_exact(k).enumerate() {
                let v = z[i * code + c * places + p];
                far.iter_mut().zip(column).for_each(|(far, e)| *far += (v - e) * (v - e));
            }
            let mut best = 0;
            for (e, &d) in far.iter().enumerate() {
                if d < far[best] {
                    best = e;
                }
            }
            *out = best as u32;
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use sparring_tensor::team;

    #[test]
    fn it_is_the_nearest_on_any_number_of_threads() {
        let mut rng = sparring_seed::Key::new(1).rng(0);
        let mut made = |n: usize| (0..n).map(|_| rng.uniform()).collect::<Vec<f32>>();
        let (vectors, z) = (made(33 * 5), made(40 * 5 * 6));
        let found = nearest(&vectors, &z, 5, 6);
        for (at, &got) in found.iter().enumerate() {
            let (i, p) = (at / 6, at % 6);
            let far = |k: usize| -> f32 {
                (0..5).map(|c| (z[i * 30 + c * 6 + p] - vectors[k * 5 + c]).powi(2)).sum()
            };
            assert!((0..33).all(|k| far(got as usize) <= far(k)), "{at}");
        }
        for threads in [1, 3] {
            assert_eq!(team::with_threads(threads, || nearest(&vectors, &z, 5, 6)), found);
        }
        assert_eq!(nearest(&[1.0, 1.0, 0.0], &[1.0], 1, 1), [0]);
    }
}
