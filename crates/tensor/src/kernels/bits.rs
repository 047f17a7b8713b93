//! Bit masks of the nonzero elements of a row, 64 to a word.

use sparring_math::Real;

/// Bits of a word.
pub const WORD: usize = 64;

/// One bit for each of `n` numbers, in whole words.
///
/// # Safety
/// `n` numbers are readable and `n` / 64, rounded up, words writable.
#[inline(always)]
pub(super) unsafe fn plain<E: Real>(x: *const E, n: usize, to: *mut u64) {
    for (w, from) in (0..n).step_by(WORD).enumerate() {
        let mut word = 0;
        for j in 0..(n - from).min(WORD) {
            // SAFETY: from + j < n.
            word |= u64::from(unsafe { *x.add(from + j) } != E::ZERO) << j;
        }
        // SAFETY: as many words as steps.
        unsafe { *to.add(w) = word }
    }
}

/// Steps up to the last bit that is set.
pub(super) fn reach(words: &[u64]) -> usize {
    let last = words.iter().rposition(|&w| w != 0);
    last.map_or(0, |i| (i + 1) * WORD - words[i].leading_zeros() as usize)
}

/// Bit `j` of word `i` becomes bit `i` of word `j`.
pub fn transpose(words: &mut [u64; WORD]) {
    let (mut half, mut low) = (WORD / 2, u64::MAX >> (WORD / 2));
    while half > 0 {
        for i in (0..WORD).filter(|i| i & half == 0) {
            let swapped = (words[i] >> half ^ words[i + half]) & low;
            words[i] ^= swapped << half;
            words[i + half] ^= swapped;
        }
        half /= 2;
        low ^= low << half;
    }
}

/// A bit for each byte of `word` that is not 0.
#[inline(always)]
pub fn bytes_set(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let high = (((word & LOW) + LOW) | word) & !LOW;
    // The eight top bits, 8 apart, gathered.
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_transposed() {
        let mut state = 1u64;
        let words: [u64; WORD] = std::array::from_fn(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state
        });
        let mut transposed = words;
        transpose(&mut transposed);
        for i in 0..WORD {
            for j in 0..WORD {
                assert_eq!(words[i] >> j & 1, transposed[j] >> i & 1);
            }
        }
        for word in [words[3], 0, u64::MAX, 0x8000_0001_0000_ff00] {
            let expected = (0..8).filter(|b| word >> (8 * b) & 0xff != 0).map(|b| 1 << b).sum::<u64>();
            assert_eq!(bytes_set(word), expected, "{word:x}");
        }
        assert_eq!([reach(&[]), reach(&[0, 0]), reach(&[1, 0]), reach(&[1, 4])], [0, 0, 1, 67]);
    }
}
