//! Ten steps of Foolbox's and torchattacks' attacks from the images themselves: `golden/attacks/libraries.py`.

use crate::golden_attacks::{Cases, floats, load, read};
use safetensors::SafeTensors;
use sparring_attacks::{
    AdamPgd, AnyAttack, Attack, Bim, Goal, MiFgsm, NiFgsm, Pgd, Start, StepSize, Stop, Threat,
};
use sparring_models::FgsmRs;
use sparring_oracle::Batch;
use sparring_seed::Key;

#[test]
fn attacks_walk_as_in_the_libraries() {
    const N: usize = 3;
    let (net, cases) = (load(FgsmRs::default().spec(), "fgsm_rs"), Cases::open("fgsm_rs"));
    let x = &cases.get("x")[..N * 784];
    let (goal, batch) =
        (Goal::Untargeted(&cases.labels[..N]), Batch::new(x, [1, 28, 28], &cases.ids[..N]).unwrap());
    let bytes = read("library_cases");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let (linf, l2) = (Threat::linf(0.2).unwrap(), Threat::l2(1.5).unwrap());
    let (steps, stop, start) = (10, Stop::Never, Start::Clean);
    let [step_size, long] = [0.03, 0.3].map(StepSize::Absolute);
    let pgd = Pgd { steps, step_size, start, stop, ..Pgd::default() };
    let pgd_l2 = Pgd { step_size: long, ..pgd };
    let rows: [(&str, AnyAttack, Threat); 8] = [
        ("torchattacks.bim", Bim { steps, step_size, stop, ..Bim::default() }.into(), linf),
        ("torchattacks.pgd", pgd.into(), linf),
        ("torchattacks.pgd_l2", pgd_l2.into(), l2),
        ("torchattacks.mi_fgsm", MiFgsm { steps, step_size, ..MiFgsm::default() }.into(), linf),
        ("torchattacks.ni_fgsm", NiFgsm { steps, step_size, ..NiFgsm::default() }.into(), linf),
        ("foolbox.pgd", pgd.into(), linf),
        ("foolbox.pgd_l2", pgd_l2.into(), l2),
        ("foolbox.adam_pgd", AdamPgd { steps, step_size, start, stop, ..AdamPgd::default() }.into(), linf),
    ];
    let mut said = Vec::new();
    for (name, attack, threat) in rows {
        let mut adv = vec![0.0; x.len()];
        attack.perturb(&net.victim(), batch, goal, &threat, Key::new(0), &mut adv).unwrap();
        let want = floats(&file, name);
        assert!(want.iter().zip(x).any(|(a, b)| (a - b).abs() > 0.1), "{name}: something moves");
        let near = adv.iter().zip(&want).filter(|(a, b)| (**a - **b).abs() <= 1e-4).count();
        let share = near as f64 / want.len() as f64;
        if share < 0.999 {
            said.push(format!("{name}: {share} of the pixels agree"));
        }
    }
    assert!(said.is_empty(), "{said:#?}");
}
