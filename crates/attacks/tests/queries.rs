//! What black boxes ask is what their parameters say.

use crate::models::{Linear, Points, own_labels};
use sparring_attacks::{
    AnyBlackBox, Attack, BoundaryAttack, Counting, Goal, HopSkipJump, Nes, OnePixel, Spatial, SpatialSearch,
    Spsa, Threat,
};
use sparring_oracle::{Bounds, Classifier};
use sparring_seed::Key;

/// Queries that an attack spends on one example.
fn spent(model: &Linear, attack: impl Into<AnyBlackBox>, threat: Threat) -> u64 {
    let attack = attack.into();
    let p = Points::new(1, model.w[0].len(), 2);
    let y = own_labels(model, p.batch());
    let (counting, mut out) = (Counting::new(model), p.data.clone());
    attack.perturb(&counting, p.batch(), Goal::Untargeted(&y), &threat, Key::new(1), &mut out).unwrap();
    assert_eq!(counting.counts().backwards, 0);
    counting.counts().forwards
}

/// One class wins everywhere, so that no walk ends early.
fn stubborn() -> Linear {
    let mut model = Linear::random(2, 12, Bounds::UNIT, 1);
    model.b = vec![1e3, 0.0];
    model
}

#[test]
fn on_a_model_that_is_never_fooled_all_of_them() {
    let (model, linf, l0) = (stubborn(), Threat::linf(0.3).unwrap(), Threat::l0(2.0).unwrap());
    let whole = Threat::linf(1.0).unwrap();
    assert_eq!(spent(&model, Spsa { steps: 3, samples: 8, ..Spsa::default() }, linf), 3 * 9 + 1);
    assert_eq!(spent(&model, Nes { queries: 100, samples: 10, ..Nes::default() }, linf), 100);
    assert_eq!(spent(&model, Nes { queries: 111, samples: 10, ..Nes::default() }, linf), 111);
    assert_eq!(spent(&model, Nes { queries: 1, ..Nes::default() }, linf), 1);
    let pixels = OnePixel { population: 10, generations: 4, ..OnePixel::default() };
    assert_eq!(spent(&model, pixels, l0), 1 + 10 * 5);
    assert_eq!(spent(&model, Spatial { rotations: 2, ..Spatial::default() }, whole), 1 + 2 * 25);
    assert_eq!(spent(&model, Spatial { search: SpatialSearch::Random, ..Spatial::default() }, whole), 1 + 10);
    // No start is found.
    assert_eq!(
        spent(&model, BoundaryAttack { tries: 9, ..Default::default() }, Threat::l2(1.0).unwrap()),
        10
    );
    assert_eq!(spent(&model, HopSkipJump { tries: 9, ..Default::default() }, linf), 10);
    assert_eq!(spent(&model, HopSkipJump { queries: 7, ..Default::default() }, linf), 7);
}

#[test]
fn walks_by_labels_keep_to_their_budget() {
    let model = Linear::random(2, 12, Bounds::UNIT, 3);
    for threat in [Threat::linf(1.0).unwrap(), Threat::l2(3.0).unwrap()] {
        for queries in [1, 2, 20, 200, 1000, 5000] {
            let all = spent(&model, HopSkipJump { queries, ..Default::default() }, threat);
            assert!(all <= queries as u64, "{all} of {queries}");
            // The last step that is left out could have had 32 halvings.
            assert!(queries < 1000 || all as f64 > 0.4 * queries as f64, "{all} of {queries}");
        }
    }
    let all = spent(
        &model,
        BoundaryAttack { steps: 100, tries: 1000, ..Default::default() },
        Threat::l2(3.0).unwrap(),
    );
    assert!((121..=121 + 1000).contains(&all) && (all - 121) < 50, "the start is near: {all}");
    assert_eq!(model.classes(), 2);
}
