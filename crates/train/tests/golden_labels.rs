//! Attacks by labels alone beside Foolbox's, from the same starts: `golden/attacks/labels.py`.

use crate::golden_attacks::{Cases, load};
use sparring_attacks::{AnyNorm, BoundaryAttack, Goal, HopSkipJump, Threat, predicted};
use sparring_models::{ClassifierNet, FgsmRs, Mlp};
use sparring_oracle::{Batch, Classifier as _};
use sparring_seed::Key;

const N: usize = 12;
const DIM: usize = 784;

/// The first images that the net gets right, their labels, and of each the next of them of another class.
fn images(net: &ClassifierNet, name: &str) -> (Vec<f32>, Vec<usize>, Vec<f32>) {
    let cases = Cases::open(name);
    let (x, ids) = (cases.get("x"), (0..cases.labels.len() as u64).collect::<Vec<_>>());
    let mut z = vec![0.0; ids.len() * 10];
    net.victim().logits(Batch::new(&x, [1, 28, 28], &ids).unwrap(), &mut z).unwrap();
    let right: Vec<usize> =
        (0..ids.len()).filter(|&i| predicted(&z[i * 10..(i + 1) * 10]) == cases.labels[i]).take(N).collect();
    let of = |rows: &[usize]| -> Vec<f32> {
        rows.iter().flat_map(|i| &x[i * DIM..(i + 1) * DIM]).copied().collect()
    };
    let y: Vec<usize> = right.iter().map(|&i| cases.labels[i]).collect();
    let other = |i: usize| (1..N).map(|j| (i + j) % N).find(|&k| y[k] != y[i]).unwrap();
    let starts: Vec<usize> = (0..N).map(|i| right[other(i)]).collect();
    (of(&right), y, of(&starts))
}

/// The middle size is within 10 % of the mean of Foolbox's three.
fn check(name: &str, net: &ClassifierNet, foolbox: [(&str, AnyNorm, [f64; 3]); 3]) {
    let (x, y, start) = images(net, name);
    let ids: Vec<u64> = (0..N as u64).collect();
    let (batch, goal, victim) =
        (Batch::new(&x, [1, 28, 28], &ids).unwrap(), Goal::Untargeted(&y), net.victim());
    for (attack, norm, theirs) in foolbox {
        let (threat, mut out) = (Threat { norm, eps: 28.0 }, vec![f32::NAN; x.len()]);
        if attack == "boundary" {
            let attack = BoundaryAttack { steps: 3000, ..BoundaryAttack::default() };
            attack.perturb_from(&victim, batch, &start, goal, &threat, Key::new(1), &mut out).unwrap();
        } else {
            let attack = HopSkipJump { steps: 16, ..HopSkipJump::default() };
            attack.perturb_from(&victim, batch, &start, goal, &threat, Key::new(1), &mut out).unwrap();
        }
        let change = |i: usize| -> Vec<f32> { (i * DIM..(i + 1) * DIM).map(|j| out[j] - x[j]).collect() };
        let mut sizes: Vec<f64> = (0..N).map(|i| norm.get().size(&change(i))).collect();
        sizes.sort_by(f64::total_cmp);
        // PyTorch's median is the lower of the two in the middle.
        let (ours, theirs) = (sizes[N / 2 - 1], theirs.iter().sum::<f64>() / 3.0);
        assert!((ours / theirs - 1.0).abs() < 0.1, "{name} {attack} {norm}: {ours}, Foolbox {theirs}");
    }
}

#[test]
fn sizes_on_the_article_mlp_are_those_of_foolbox() {
    let foolbox = [
        ("hop-skip-jump", AnyNorm::L2, [1.1891, 1.2159, 1.2067]),
        ("hop-skip-jump", AnyNorm::Linf, [0.06681, 0.06658, 0.06713]),
        ("boundary", AnyNorm::L2, [1.9518, 1.8760, 2.0076]),
    ];
    check("mlp", &load(Mlp::default().spec(), "mlp"), foolbox);
}

#[test]
fn sizes_on_the_fgsm_rs_net_are_those_of_foolbox() {
    let foolbox = [
        ("hop-skip-jump", AnyNorm::L2, [3.4654, 3.4198, 3.4094]),
        ("hop-skip-jump", AnyNorm::Linf, [0.3202, 0.3181, 0.3156]),
        ("boundary", AnyNorm::L2, [4.4044, 4.5168, 4.4481]),
    ];
    check("fgsm_rs", &load(FgsmRs::default().spec(), "fgsm_rs"), foolbox);
}
