//! Every attack at the edges: two classes, one example, all of them wrong already, a ball as large as the box.

use crate::models::{Mlp, Points, all_attacks, budgets, own_labels};
use sparring_attacks::{AnyAttack, AnyNorm, Attack, Goal, Threat};
use sparring_oracle::Bounds;
use sparring_seed::Key;

#[test]
fn two_classes_wrong_labels_and_the_whole_box() {
    let model = Mlp::random(9, 8, 2, 1);
    let p = Points::new(12, 9, 2);
    let right = own_labels(&model, p.batch());
    let wrong: Vec<usize> = right.iter().map(|y| 1 - y).collect();
    let named = ["di-fgsm(rate=0.5, decay=1)", "pgd(restarts=2, eot=3)", "apgd-t(order=malt)"];
    let named = named.map(|name| name.parse::<AnyAttack>().unwrap());
    for attack in all_attacks().into_iter().chain(named) {
        for &norm in AnyNorm::ALL.iter().filter(|norm| attack.info().norms.contains(norm)) {
            for n in [1, 12] {
                let x = p.batch().slice(0..n);
                let whole = norm.get().largest(Bounds::UNIT, 9) as f32;
                for (labels, eps) in [(&wrong, 0.1), (&right, whole), (&wrong, whole), (&right, 0.0)] {
                    let threat = budgets(attack.info(), &[Threat { norm, eps }])[0];
                    for goal in [Goal::Untargeted(&labels[..n]), Goal::Targeted(&labels[..n])] {
                        let mut out = vec![f32::NAN; n * 9];
                        attack.perturb(&model, x, goal, &threat, Key::new(3), &mut out).unwrap();
                        for i in 0..n {
                            let kept = threat.check(x.row(i), Bounds::UNIT, &out[i * 9..(i + 1) * 9]);
                            assert_eq!(kept, Ok(()), "{attack} {threat} {goal:?}");
                        }
                    }
                }
            }
        }
    }
}
