//! A validation part: examples held out of a split, of each class its share.

use crate::Split;
use sparring_seed::Key;

impl Split {
    /// The split without `n` of its examples, and those: of each class as many as its share, rounded so that they add up to `n`; which ones is drawn by `key`.
    /// Both parts keep order and ids. Where all are asked for, none is left.
    ///
    /// ```
    /// use sparring_datasets::Mnist;
    /// use sparring_seed::Key;
    /// let train = Mnist::embedded().train;
    /// let (rest, held) = train.holdout(500, Key::new(1));
    /// assert_eq!((rest.len(), held.len()), (train.len() - 500, 500));
    /// ```
    #[must_use]
    pub fn holdout(&self, n: usize, key: Key) -> (Self, Self) {
        let n = n.min(self.len());
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for (i, class) in self.labels().into_iter().enumerate() {
            classes.resize_with(classes.len().max(class + 1), Vec::new);
            classes[class].push(i);
        }
        let mut held = vec![false; self.len()];
        for ((class, mut members), take) in (0..).zip(classes.clone()).zip(shares(&classes, n)) {
            key.child(class).rng(0).shuffle(&mut members);
            members[..take].iter().for_each(|&i| held[i] = true);
        }
        let of = |which: bool| {
            let part: Vec<usize> = (0..self.len()).filter(|&i| held[i] == which).collect();
            self.subset(&part)
        };
        (of(false), of(true))
    }
}

/// How many of each class: rounded down, and one more for the largest remainders, of equal ones for the first.
fn shares(classes: &[Vec<usize>], n: usize) -> Vec<usize> {
    let all = classes.iter().map(Vec::len).sum::<usize>().max(1) as u128;
    let exact = |class: &Vec<usize>| class.len() as u128 * n as u128;
    let mut take: Vec<usize> = classes.iter().map(|class| (exact(class) / all) as usize).collect();
    let missing = n - take.iter().sum::<usize>();
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&c| std::cmp::Reverse(exact(&classes[c]) % all));
    order.into_iter().take(missing).for_each(|c| take[c] += 1);
    take
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pixels;

    /// Classes of 50, 30, 19 and 1 examples, one after the other in turn.
    fn split() -> Split {
        let labels: Vec<u8> =
            (0..100).map(|i| if i == 99 { 3 } else { [0, 1, 0, 1, 0, 2, 0, 1, 0, 2][i % 10] }).collect();
        Split::new(Pixels::U8((0..100).collect()), [1, 1, 1], labels).unwrap()
    }

    #[test]
    fn every_class_gives_its_share() {
        let count = |split: &Split| {
            let labels = split.labels();
            [0, 1, 2, 3].map(|c| labels.iter().filter(|&&l| l == c).count())
        };
        assert_eq!(count(&split()), [50, 30, 19, 1]);
        for (n, want) in [
            (0, [0, 0, 0, 0]),
            (10, [5, 3, 2, 0]),
            (33, [17, 10, 6, 0]),
            (100, [50, 30, 19, 1]),
            (999, [50, 30, 19, 1]),
        ] {
            let (rest, held) = split().holdout(n, Key::new(3));
            assert_eq!(count(&held), want, "{n}");
            assert_eq!(count(&rest), [0, 1, 2, 3].map(|c| [50, 30, 19, 1][c] - want[c]));
        }
    }

    #[test]
    fn parts_are_disjoint_in_order_and_drawn_by_the_key() {
        let ids = |split: &Split| (0..split.len()).map(|i| split.id(i)).collect::<Vec<_>>();
        // A part of a part: ids are those of the whole.
        let all = split().range(20..90);
        let (rest, held) = all.holdout(14, Key::new(3));
        let mut both = [ids(&rest), ids(&held)].concat();
        assert!(ids(&rest).is_sorted() && ids(&held).is_sorted());
        both.sort_unstable();
        assert_eq!(both, ids(&all));
        assert_eq!(ids(&all.holdout(14, Key::new(3)).1), ids(&held));
        assert_ne!(ids(&all.holdout(14, Key::new(4)).1), ids(&held));
        assert_eq!(held.row(0)[0], held.id(0) as f32 / 255.0);
    }
}
