//! Rules, schedules and clipping against PyTorch in f64; `golden/optim/make.py` made the files.

use sparring_optim::{
    Adadelta, Adagrad, Adam, AdamW, Adamax, Adan, AmsGrad, AnyRule, AnySchedule, Asgd, Better, Lamb, Lion,
    MomentumKind, Muon, NAdam, OptimisticAdam, RAdam, RmsProp, Rprop, Rule, Schedule, Sgd, WholeTensor,
    clip_global_norm,
};

const STEPS: &str = include_str!("../../../golden/optim/steps.csv");
const GRADIENTS: &str = include_str!("../../../golden/optim/gradients.csv");
const SCHEDULES: &str = include_str!("../../../golden/optim/schedules.csv");
const CLIP: &str = include_str!("../../../golden/optim/clip.csv");

fn numbers(line: &str) -> Vec<f64> {
    line.split(',').map(|s| s.parse().unwrap()).collect()
}

/// The variants of the script, with their learning rates.
fn variants() -> Vec<(&'static str, f64, AnyRule)> {
    let nesterov = Sgd { momentum: 0.9, kind: MomentumKind::Nesterov, ..Sgd::default() };
    let dampened = Sgd { momentum: 0.9, dampening: 0.3, weight_decay: 0.01, ..Sgd::default() };
    let strong = AdamW { beta1: 0.8, beta2: 0.95, eps: 1e-6, weight_decay: 0.3 };
    let nadam = NAdam { beta1: 0.8, beta2: 0.95, momentum_decay: 0.5, weight_decay: 0.1, ..NAdam::default() };
    let rmsprop = RmsProp::default();
    let adagrad = Adagrad { lr_decay: 0.05, initial: 0.25, weight_decay: 0.1, ..Adagrad::default() };
    let rprop = Rprop { shrink: 0.7, grow: 1.5, smallest: 5e-3, largest: 0.04, ..Rprop::default() };
    let optimistic =
        OptimisticAdam { beta1: 0.5, beta2: 0.9, weight_decay: 0.1, ..OptimisticAdam::default() };
    vec![
        ("sgd", 1e-3, Sgd::default().into()),
        ("sgd-decay", 1e-3, Sgd { weight_decay: 0.1, ..Sgd::default() }.into()),
        ("sgd-momentum", 1e-3, Sgd { momentum: 0.9, ..Sgd::default() }.into()),
        ("sgd-dampening", 1e-3, dampened.into()),
        ("sgd-nesterov", 1e-3, nesterov.into()),
        ("sgd-nesterov-decay", 1e-3, Sgd { momentum: 0.8, weight_decay: 0.05, ..nesterov }.into()),
        ("adam", 1e-3, Adam::default().into()),
        ("adam-decay", 1e-2, Adam { weight_decay: 0.1, ..Adam::default() }.into()),
        ("adam-gan", 2e-4, Adam::gan().into()),
        ("adam-no-memory", 1e-3, Adam { beta1: 0.0, beta2: 0.9, eps: 1e-4, ..Adam::default() }.into()),
        ("adamw", 1e-3, AdamW::default().into()),
        ("adamw-strong", 1e-2, strong.into()),
        ("amsgrad", 1e-3, AmsGrad::default().into()),
        (
            "amsgrad-decay",
            1e-2,
            AmsGrad { beta1: 0.8, beta2: 0.9, weight_decay: 0.1, ..AmsGrad::default() }.into(),
        ),
        ("adamax", 2e-3, Adamax::default().into()),
        ("adamax-decay", 1e-2, Adamax { beta1: 0.5, beta2: 0.9, eps: 1e-6, weight_decay: 0.1 }.into()),
        ("nadam", 2e-3, NAdam::default().into()),
        ("nadam-decay", 1e-2, nadam.into()),
        ("radam", 1e-3, RAdam::default().into()),
        (
            "radam-decay",
            1e-2,
            RAdam { beta1: 0.8, beta2: 0.95, weight_decay: 0.1, ..RAdam::default() }.into(),
        ),
        ("rmsprop", 1e-3, RmsProp::default().into()),
        (
            "rmsprop-momentum",
            1e-3,
            RmsProp { alpha: 0.9, momentum: 0.8, weight_decay: 0.1, ..rmsprop }.into(),
        ),
        ("rmsprop-centered", 1e-3, RmsProp { centered: true, ..rmsprop }.into()),
        ("rmsprop-both", 1e-3, RmsProp { centered: true, momentum: 0.9, eps: 1e-4, ..rmsprop }.into()),
        ("adagrad", 1e-2, Adagrad::default().into()),
        ("adagrad-decay", 0.1, adagrad.into()),
        ("adadelta", 1.0, Adadelta::default().into()),
        ("adadelta-decay", 0.5, Adadelta { rho: 0.8, eps: 1e-4, weight_decay: 0.1 }.into()),
        ("rprop", 1e-2, Rprop::default().into()),
        ("rprop-limits", 1e-2, rprop.into()),
        ("asgd", 1e-3, Asgd::default().into()),
        ("asgd-average", 1e-3, Asgd { lambda: 0.1, alpha: 0.5, t0: 10.0, weight_decay: 0.01 }.into()),
        ("lion", 1e-3, Lion::default().into()),
        ("lion-decay", 1e-2, Lion { beta1: 0.95, beta2: 0.98, weight_decay: 0.3 }.into()),
        ("adan", 1e-3, Adan::default().into()),
        (
            "adan-decay",
            1e-2,
            Adan { beta1: 0.9, beta2: 0.8, beta3: 0.95, eps: 1e-6, weight_decay: 0.1 }.into(),
        ),
        ("lamb", 1e-2, Lamb::default().into()),
        ("lamb-decay", 1e-2, Lamb { beta1: 0.8, beta2: 0.95, eps: 1e-4, weight_decay: 0.3 }.into()),
        ("muon-2x3", 1e-2, Muon { adam_rate: 1.0, ..Muon::default() }.into()),
        (
            "muon-3x2",
            1e-2,
            Muon { momentum: 0.8, kind: MomentumKind::Classical, weight_decay: 0.0, ..Muon::default() }
                .into(),
        ),
        ("muon-vector", 1e-2, Muon { adam_rate: 1.0, ..Muon::default() }.into()),
        ("optimistic-adam", 1e-3, OptimisticAdam::default().into()),
        ("optimistic-adam-decay", 1e-2, optimistic.into()),
    ]
}

#[test]
fn a_hundred_steps_of_every_rule() {
    let gradients: Vec<Vec<f64>> = GRADIENTS.lines().map(numbers).collect();
    let rows: Vec<(&str, usize, Vec<f64>)> = STEPS
        .lines()
        .map(|line| {
            let mut parts = line.splitn(3, ',');
            let (name, step) = (parts.next().unwrap(), parts.next().unwrap().parse().unwrap());
            (name, step, numbers(parts.next().unwrap()))
        })
        .collect();
    let mut compared = 0;
    for (name, lr, rule) in variants() {
        rule.validate().unwrap();
        let mut w = rows[0].2.clone();
        let mut state = vec![vec![0.0; w.len()]; rule.slots()];
        for (i, g) in gradients.iter().enumerate() {
            let mut slots: Vec<&mut [f64]> = state.iter_mut().map(|s| &mut s[..]).collect();
            let shape: &[usize] = match name {
                "muon-2x3" => &[2, 3],
                "muon-3x2" => &[3, 2],
                _ => &[6],
            };
            rule.update_tensor(WholeTensor::new(shape), i as u64 + 1, lr, &mut w, g, &mut slots);
            for (_, _, want) in rows.iter().filter(|r| r.0 == name && r.1 == i + 1) {
                for (a, b) in w.iter().zip(want) {
                    let off = (a - b).abs() / b.abs().max(1.0);
                    assert!(off <= 1e-12, "{name}, step {}: {w:?}, PyTorch {want:?}", i + 1);
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, rows.len() - 1, "a variant of the script is not tested");
}

#[test]
fn schedules() {
    const STEPS: u64 = 70;
    for line in SCHEDULES.lines() {
        let (text, factors) = line.split_once(';').unwrap();
        let schedule: AnySchedule = text.parse().unwrap();
        let factors = numbers(factors);
        assert_eq!(factors.len() as u64, STEPS);
        for (step, want) in (1..).zip(factors) {
            let got = schedule.lr(1.0, step, STEPS);
            assert!((got - want).abs() <= 1e-12, "{text}, step {step}: {got}, PyTorch {want}");
        }
    }
}

#[test]
fn plateaus() {
    let mut lines = include_str!("../../../golden/optim/plateau.csv").lines();
    let figures = numbers(lines.next().unwrap());
    for line in lines {
        let [text, mode, rates]: [&str; 3] = line.split(';').collect::<Vec<_>>().try_into().unwrap();
        let schedule: AnySchedule = text.parse().unwrap();
        let plateau = schedule.plateau().unwrap();
        let (mut state, better) =
            (plateau.begin(0.8), if mode == "min" { Better::Lower } else { Better::Higher });
        for (epoch, (figure, want)) in figures.iter().zip(numbers(rates)).enumerate() {
            let before = state.lr;
            assert_eq!(state.observe(plateau, *figure, better), state.lr != before);
            assert!((state.lr - want).abs() <= 1e-15, "{text}, epoch {epoch}: {}, PyTorch {want}", state.lr);
        }
        assert!(state.lr < 0.8, "{text} cuts");
    }
}

#[test]
fn clipping() {
    let first = numbers(GRADIENTS.lines().next().unwrap());
    assert_eq!(CLIP.lines().count(), 3);
    for line in CLIP.lines() {
        let want = numbers(line);
        let mut g = first.clone();
        let (a, b) = g.split_at_mut(2);
        let norm = clip_global_norm(&mut [a, b], want[0]);
        assert!((norm / want[1] - 1.0).abs() <= 1e-14, "{norm} {line}");
        for (g, w) in g.iter().zip(&want[2..]) {
            assert!((g - w).abs() <= 1e-12 * w.abs(), "{g} {line}");
        }
    }
}
