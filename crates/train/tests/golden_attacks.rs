//! PyTorch's weights in our nets: logits, input gradients and attacks against `golden/attacks`.

use safetensors::{Dtype, SafeTensors};
use sparring_attacks::{Apgd, ApgdT, Attack, Fgsm, Goal, Pgd, StepSize, Stop, Threat, predicted};
use sparring_losses::{AnyClassLoss, CrossEntropy, RowLoss};
use sparring_models::{ClassifierNet, FgsmRs, Mlp};
use sparring_nn::Graph;
use sparring_oracle::{Batch, Classifier as _, Differentiable};
use sparring_seed::Key;
use std::collections::BTreeSet;

pub fn read(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/attacks");
    std::fs::read(format!("{folder}/{name}.safetensors")).unwrap()
}

pub fn floats(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let view = file.tensor(name).unwrap();
    assert_eq!(view.dtype(), Dtype::F32, "{name}");
    view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

/// The net with PyTorch's weights: every tensor of the file is used, every parameter of ours is in it.
pub fn load(spec: Graph, name: &str) -> ClassifierNet {
    let mut net = ClassifierNet::new(spec, Key::new(1)).unwrap();
    let bytes = read(name);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut open: BTreeSet<String> = file.names().iter().map(|n| (*n).to_string()).collect();
    for p in &mut net.net.params {
        let name = &*p.name().to_string();
        assert!(open.remove(name), "{name} is not in the file");
        assert_eq!(file.tensor(name).unwrap().shape(), p.value.shape().dims(), "{name}");
        p.value.as_mut_slice().copy_from_slice(&floats(&file, name));
    }
    assert!(open.is_empty(), "left over: {open:?}");
    net
}

pub struct Cases {
    bytes: Vec<u8>,
    pub labels: Vec<usize>,
    pub ids: Vec<u64>,
}

impl Cases {
    pub fn open(name: &str) -> Self {
        let bytes = read(&format!("{name}_cases"));
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let view = file.tensor("labels").unwrap();
        assert_eq!(view.dtype(), Dtype::I64);
        let labels: Vec<usize> =
            view.data().chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap()) as usize).collect();
        let ids = (0..labels.len() as u64).collect();
        Self { labels, ids, bytes }
    }
    pub fn get(&self, name: &str) -> Vec<f32> {
        floats(&SafeTensors::deserialize(&self.bytes).unwrap(), name)
    }
    fn batch<'a>(&'a self, x: &'a [f32]) -> Batch<'a> {
        Batch::new(x, [1, 28, 28], &self.ids).unwrap()
    }
}

fn gap(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    // A NaN is an infinite gap.
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, |m, d| if d <= m { m } else { d })
}

/// Share of pixels that agree: the sign of a gradient of 1e-9 may differ.
fn agreement(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).filter(|(a, b)| (**a - **b).abs() <= 1e-5).count() as f64 / a.len() as f64
}

fn losses(net: &ClassifierNet, cases: &Cases, x: &[f32]) -> Vec<f32> {
    let mut z = vec![0.0; cases.ids.len() * 10];
    net.victim().logits(cases.batch(x), &mut z).unwrap();
    z.chunks_exact(10).zip(&cases.labels).map(|(z, y)| CrossEntropy.eval(z, y, &mut [0.0; 10])).collect()
}

#[track_caller]
fn same_losses(what: &str, got: &[f32], want: &[f32]) {
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        // Below 1e-3 a loss is the rounding of a sum close to 1: there the gap counts as it is.
        assert!((a - b).abs() <= 1e-3 * b.abs().max(1e-3), "{what}, example {i}: {a}, PyTorch {b}");
    }
}

fn check(name: &str, spec: Graph) {
    let (net, cases) = (load(spec, name), Cases::open(name));
    let (victim, x) = (net.victim(), cases.get("x"));
    let (batch, goal) = (cases.batch(&x), Goal::Untargeted(&cases.labels));
    assert_eq!(batch.len(), 32);

    let mut z = vec![0.0; 32 * 10];
    victim.logits(batch, &mut z).unwrap();
    assert!(gap(&z, &cases.get("logits")) <= 1e-4, "{name}: logits");

    let mut grad = vec![0.0; x.len()];
    let mut cotangent = |z: &[f32], dz: &mut [f32]| {
        for ((z, dz), y) in z.chunks_exact(10).zip(dz.chunks_exact_mut(10)).zip(&cases.labels) {
            CrossEntropy.eval(z, y, dz);
        }
    };
    victim.pullback(batch, &mut cotangent, &mut grad).unwrap();
    let want = cases.get("grad");
    assert!(want.iter().any(|g| g.abs() > 1e-2), "the gradients compared are not all tiny");
    assert!(gap(&grad, &want) <= 1e-4, "{name}: input gradients");
    same_losses("clean loss", &losses(&net, &cases, &x), &cases.get("loss_x"));

    let mut adv = vec![0.0; x.len()];
    let linf = Threat::linf(0.3).unwrap();
    Fgsm::default().perturb(&victim, batch, goal, &linf, Key::new(0), &mut adv).unwrap();
    let share = agreement(&adv, &cases.get("fgsm"));
    assert!(share >= 0.999, "{name}: FGSM agrees on {share} of the pixels");
    same_losses("fgsm loss", &losses(&net, &cases, &adv), &cases.get("loss_fgsm"));

    for (threat, start, kind, step) in
        [(linf, "start", "linf", 0.01), (Threat::l2(2.0).unwrap(), "l2_start", "l2", 0.2)]
    {
        for steps in [1, 10] {
            let pgd = Pgd { steps, step_size: StepSize::Absolute(step), stop: Stop::Never, ..Pgd::default() };
            pgd.perturb_from(&victim, batch, &cases.get(start), goal, &threat, &mut adv).unwrap();
            let want = cases.get(&format!("{kind}_{steps}"));
            if kind == "linf" {
                let share = agreement(&adv, &want);
                assert!(share >= 0.999, "{name}: PGD-{steps} agrees on {share} of the pixels");
            } else {
                let gap = gap(&adv, &want);
                assert!(gap <= 1e-4, "{name}: L2 PGD-{steps} differs by {gap}");
            }
        }
        same_losses(kind, &losses(&net, &cases, &adv), &cases.get(&format!("loss_{kind}_10")));
    }
}

#[test]
fn the_article_mlp_is_attacked_as_in_pytorch() {
    check("mlp", Mlp::default().spec());
}

#[test]
fn the_fgsm_rs_net_is_attacked_as_in_pytorch() {
    check("fgsm_rs", FgsmRs::default().spec());
}

/// Ten steps of APGD from given starts are those of its authors' code: `golden/attacks/apgd.py`.
fn check_apgd(name: &str, spec: Graph, budgets: [(&str, Threat); 3]) {
    const N: usize = 4;
    let (net, cases) = (load(spec, name), Cases::open(name));
    let x = &cases.get("x")[..N * 784];
    let labels = &cases.labels[..N];
    let batch = Batch::new(x, [1, 28, 28], &cases.ids[..N]).unwrap();
    let bytes = read("apgd_cases");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    for (norm, threat) in budgets {
        let start = floats(&file, &format!("{name}.{norm}.start"));
        for loss in ["ce", "dlr", "targeted"] {
            let mut adv = vec![0.0; x.len()];
            let (victim, goal) = (net.victim(), Goal::Untargeted(labels));
            if loss == "targeted" {
                let apgd = ApgdT { steps: 10, ..ApgdT::default() };
                apgd.perturb_from(&victim, batch, &start, goal, &threat, &mut adv).unwrap();
            } else {
                let loss = if loss == "ce" { AnyClassLoss::CrossEntropy } else { AnyClassLoss::Dlr };
                let apgd = Apgd { steps: 10, loss, ..Apgd::default() };
                apgd.perturb_from(&victim, batch, &start, goal, &threat, &mut adv).unwrap();
            }
            let want = floats(&file, &format!("{name}.{norm}.{loss}"));
            let fooled = file.tensor(&format!("{name}.{norm}.{loss}.fooled")).unwrap().data().to_vec();
            let mut z = vec![0.0; N * 10];
            victim.logits(Batch::new(&adv, [1, 28, 28], &cases.ids[..N]).unwrap(), &mut z).unwrap();
            for (i, z) in z.chunks_exact(10).enumerate() {
                let at = format!("{name} {norm} {loss}, example {i}");
                assert_eq!(predicted(z) != labels[i], fooled[8 * i] == 1, "{at}");
                // One that is fooled stays where it was first.
                if fooled[8 * i] == 0 {
                    let row = i * 784..(i + 1) * 784;
                    let near = |(a, b): &(&f32, &f32)| (**a - **b).abs() <= 1e-4;
                    let share = adv[row.clone()].iter().zip(&want[row]).filter(near).count() as f64 / 784.0;
                    // In L1 one element near the gradient's threshold changes the step of all that move: the authors' own walk, begun
                    // 1e-6 away, agrees with itself on 93 % of the pixels of an example.
                    let least = if norm == "L1" { 0.92 } else { 0.999 };
                    assert!(share >= least, "{at}: {share} of the pixels agree");
                }
            }
        }
    }
}

#[test]
fn apgd_walks_as_its_authors_do() {
    let budgets = |linf, l2, l1| {
        [
            ("Linf", Threat::linf(linf).unwrap()),
            ("L2", Threat::l2(l2).unwrap()),
            ("L1", Threat::l1(l1).unwrap()),
        ]
    };
    check_apgd("mlp", Mlp::default().spec(), budgets(0.03, 0.4, 4.0));
    check_apgd("fgsm_rs", FgsmRs::default().spec(), budgets(0.2, 1.5, 12.0));
}
