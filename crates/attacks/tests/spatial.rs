//! A rotation that was planted is found, and an answer to small budgets is refused.

use crate::models::own_labels;
use sparring_attacks::{
    AnyBlackBox, Attack, AttackError, Counting, Goal, Spatial, SpatialSearch, Threat, evaluate,
};
use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
use sparring_seed::Key;

/// Class 1 for one picture of 5 × 5, class 0 for what is far from it.
struct Only([f32; 25]);
impl Classifier for Only {
    fn shape(&self) -> [usize; 3] {
        [1, 5, 5]
    }
    fn classes(&self) -> usize {
        2
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, z) in out.chunks_exact_mut(2).enumerate() {
            z[0] = x.row(i).iter().zip(&self.0).map(|(a, b)| (a - b).powi(2)).sum();
            z[1] = 0.1;
        }
        Ok(())
    }
}

/// An L standing in the middle, and the same rotated by 90 degrees to the left and shifted a row down.
#[rustfmt::skip]
const STANDING: [f32; 25] = [
    0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.9, 0.0, 0.0, 0.0,
    0.0, 0.9, 0.0, 0.0, 0.0,
    0.0, 0.9, 0.6, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0,
];
#[rustfmt::skip]
const LYING: [f32; 25] = [
    0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.6, 0.0,
    0.0, 0.9, 0.9, 0.9, 0.0,
];

#[test]
fn the_rotation_and_shift_that_were_planted() {
    let x = Batch::new(&STANDING, [1, 5, 5], &[0]).unwrap();
    let mut out = STANDING;
    let (goal, whole) = (Goal::Untargeted(&[0]), Threat::linf(1.0).unwrap());
    let grid =
        Spatial { rotation: 90.0, rotations: 3, translation: 1.0, translations: 3, ..Spatial::default() };
    grid.perturb(&Only(LYING), x, goal, &whole, Key::new(1), &mut out).unwrap();
    assert!(out.iter().zip(LYING).all(|(a, b)| (a - b).abs() < 1e-6), "{out:?}");
    // Without the rotation nothing is near; at random, some of many tries are.
    Spatial { rotation: 10.0, ..grid }.perturb(&Only(LYING), x, goal, &whole, Key::new(1), &mut out).unwrap();
    assert_eq!(own_labels(&Only(LYING), x.with_data(&out).unwrap()), [0]);
    let random = Spatial { search: SpatialSearch::Random, samples: 20_000, ..grid };
    random.perturb(&Only(LYING), x, goal, &whole, Key::new(1), &mut out).unwrap();
    assert_eq!(own_labels(&Only(LYING), x.with_data(&out).unwrap()), [1]);
}

#[test]
fn a_budget_of_pixels_is_refused_before_anything_is_attacked() {
    let x = Batch::new(&STANDING, [1, 5, 5], &[0]).unwrap();
    let suite: Vec<AnyBlackBox> = ["square", "spatial"].map(|name| name.parse().unwrap()).to_vec();
    let counting = Counting::new(Only(LYING));
    let refused = evaluate(&counting, x, &[0], &suite, &Threat::linf(0.3).unwrap(), Key::new(1));
    assert!(matches!(refused, Err(AttackError::WholeBox { .. })));
    assert_eq!(counting.counts().forwards, 0);
    let told = |eps| {
        let mut out = STANDING;
        Spatial::default().perturb(
            &Only(LYING),
            x,
            Goal::Untargeted(&[0]),
            &Threat::linf(eps).unwrap(),
            Key::new(1),
            &mut out,
        )
    };
    let refused = told(0.3).unwrap_err();
    assert!(
        matches!(refused, AttackError::WholeBox { .. }) && refused.to_string().ends_with("give --eps 1"),
        "{refused}"
    );
    told(1.0).unwrap();
}
