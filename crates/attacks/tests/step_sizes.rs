//! How long steps are: by rule, by share, by paper.

use crate::models::{Mlp, Points, own_labels};
use sparring_attacks::{
    AnyAttack, AnyNorm, Attack, Bim, Goal, PRESETS, Pgd, Preset, Start, StepSize, Stop, Threat, Titled, Walk,
};
use sparring_seed::Key;

#[test]
fn the_default_follows_from_steps_eps_and_norm() {
    for (steps, eps) in [(1, 0.3f32), (10, 0.1), (40, 0.3), (40, 2.0), (1000, 8.0 / 255.0)] {
        for (norm, total) in [(AnyNorm::Linf, 4.0), (AnyNorm::L2, 7.5)] {
            let want = total * f64::from(eps) / steps as f64;
            let got = f64::from(StepSize::default().at(norm, eps, steps));
            assert!((got / want - 1.0).abs() < 1e-6, "{norm}, {steps} steps at {eps}: {got}");
        }
    }
    // What tables and flags say of it.
    let said =
        format!("steps of {} eps/steps (l2: {})", AnyNorm::Linf.get().walk(), AnyNorm::L2.get().walk());
    for attack in [AnyAttack::from(Pgd::default()), Bim::default().into()] {
        assert!(attack.info().defaults.contains(&said), "{}", attack.info().defaults);
    }
    let shown =
        [StepSize::Auto, StepSize::Total(4.0), StepSize::Relative(1.0 / 30.0), StepSize::Absolute(0.01)];
    let want = ["(linf:4,l2:7.5)*eps/steps", "4*eps/steps", "eps/30", "0.01"];
    assert_eq!(shown.map(|s| s.to_string()), want);
    for bad in [StepSize::Total(0.0), StepSize::Total(f32::NAN), StepSize::Total(-1.0)] {
        assert!(Pgd { step_size: bad, ..Pgd::default() }.validate().is_err());
    }
}

/// How far one step of an attack moves an example, in its norm.
fn moved(attack: &AnyAttack, threat: &Threat) -> f64 {
    let model = Mlp::random(12, 16, 3, 1);
    let mut p = Points::new(1, 12, 2);
    p.data.fill(0.5);
    let y = own_labels(&model, p.batch());
    let mut out = vec![0.0; 12];
    attack.perturb(&model, p.batch(), Goal::Untargeted(&y), threat, Key::new(1), &mut out).unwrap();
    let delta: Vec<f32> = out.iter().zip(&p.data).map(|(a, x)| a - x).collect();
    threat.norm.get().size(&delta)
}

#[test]
fn steps_are_as_long_as_said_in_each_norm() {
    for threat in [Threat::linf(0.2).unwrap(), Threat::l2(0.2).unwrap()] {
        for (step_size, length) in
            [(StepSize::Total(0.5), 0.1), (StepSize::Relative(0.25), 0.05), (StepSize::Absolute(0.03), 0.03)]
        {
            let one = Pgd { steps: 1, step_size, start: Start::Clean, stop: Stop::Never, ..Pgd::default() };
            assert!((moved(&one.into(), &threat) - length).abs() < 1e-6, "{threat} {step_size}");
        }
    }
}

#[test]
fn presets_are_the_papers_values() {
    let of = |name: &str, eps: f32| Preset::find(name).unwrap().at(eps).attack;
    let walk = |attack: AnyAttack, eps: f32| {
        let settings = Attack::<Mlp>::settings(&attack);
        let Walk { step_size, .. } = settings.walk.unwrap();
        (settings.steps, settings.restarts, step_size.at(AnyNorm::Linf, eps, settings.steps))
    };
    assert_eq!(of("pgd-madry-mnist", 0.3), Pgd::madry_mnist().into());
    assert_eq!(walk(of("pgd-madry-mnist", 0.3), 0.3), (40, 1, 0.01));
    assert_eq!(walk(of("PGD-Madry-CIFAR10", 0.03), 0.03), (20, 1, 2.0 / 255.0));
    assert_eq!(walk(of("pgd-fast-mnist", 0.3), 0.3), (50, 10, 0.01));
    // The libraries' signatures.
    assert_eq!(walk(of("pgd-foolbox", 0.3), 0.3), (40, 1, 0.01));
    assert_eq!(walk(of("pgd-art", 0.3), 0.3), (100, 1, 0.1));
    for name in ["bim", "pgd", "mi-fgsm", "ni-fgsm", "di-fgsm"] {
        assert_eq!(walk(of(&format!("{name}-torchattacks"), 0.03), 0.03), (10, 1, 2.0 / 255.0), "{name}");
    }
    // Kurakin et al.: eps is 8, 16 and 76.5 of 255, the number of steps min(eps + 4, 1.25 eps).
    for (levels, steps) in [(8.0, 10), (16.0, 20), (76.5, 80), (0.2, 1)] {
        let eps = levels / 255.0;
        assert_eq!(walk(of("bim-kurakin", eps), eps), (steps, 1, 1.0 / 255.0), "{levels}");
        assert_eq!(Bim::kurakin(eps).steps, steps);
    }
}

#[test]
fn presets_are_shown_under_their_own_names() {
    assert!(Preset::find("pgd").is_none());
    for (i, preset) in PRESETS.iter().enumerate() {
        assert!(PRESETS[..i].iter().all(|other| other.info.name != preset.info.name));
        assert!(preset.info.name.parse::<AnyAttack>().is_err(), "{} is an attack's name", preset.info.name);
        let titled: Titled = preset.at(preset.eps);
        let settings = Attack::<Mlp>::settings(&titled);
        assert_eq!(Attack::<Mlp>::about(&titled).name, preset.info.name);
        assert!(titled.attack.info().name != preset.info.name);
        // From the example itself, every walk reaches the rim of the ball it was made for.
        for &norm in preset.info.norms {
            let threat = Threat { norm, eps: preset.eps };
            let length = settings.walk.map(|walk| walk.length_and_need(settings.steps, &threat).0);
            assert!(length.is_none_or(|length| length >= preset.eps), "{}", preset.info.name);
            assert!(titled.attack.info().norms.contains(&norm), "{}", preset.info.name);
        }
    }
}
