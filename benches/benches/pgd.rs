//! PGD against the FGSM-RS net at batch 128. Elements = examples times steps.
#![allow(missing_docs)] // criterion_group! makes an undocumented function

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sparring_attacks::{Attack, Goal, Pgd, Stop, Threat};
use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, FgsmRs};
use sparring_oracle::Batch;
use sparring_seed::Key;

const BATCH: usize = 128;

fn pgd(c: &mut Criterion) {
    let data = Mnist::embedded().test.first(BATCH);
    let all = data.all();
    let x = Batch::new(&all.x, all.shape, &all.ids).expect("a batch of the set itself");
    let net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(1)).expect("a net of the catalogue");
    let (victim, threat) = (net.victim(), Threat::linf(0.3).expect("a sound budget"));
    let mut out = vec![0.0; x.data().len()];
    let mut group = c.benchmark_group("pgd");
    for steps in [1, 10] {
        // No example leaves the batch, so that every step is a whole one.
        let attack = Pgd { steps, stop: Stop::Never, ..Pgd::default() };
        group.throughput(Throughput::Elements((BATCH * steps) as u64));
        group.bench_function(format!("{steps} steps"), |b| {
            b.iter(|| {
                let goal = Goal::Untargeted(&all.labels);
                attack.perturb(&victim, x, goal, &threat, Key::new(7), &mut out).expect("a sound attack");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pgd);
criterion_main!(benches);
