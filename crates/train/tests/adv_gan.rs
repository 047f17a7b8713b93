//! AdvGAN: gradients against differences of plain loops, budgets that hold, what is refused.

use sparring_attacks::{AnyNorm, Attack as _, Goal, Threat};
use sparring_datasets::{Pixels, Split};
use sparring_models::{AdvGanSpec, Mlp};
use sparring_nn::{Graph, layers};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use sparring_train::{AdvGan, AdvGanRecipe, Quiet, TrainError, adv_gan_session, fit_adv_gan};

mod digits;

const DIM: usize = 4;
const HIDDEN: usize = 3;
const CLASSES: usize = 3;

/// Two affine maps with tanh between them, weight by weight.
fn run(net: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    let affine = |w: &[f64], b: &[f64], x: &[f64]| -> Vec<f64> {
        let row = |(w, b): (&[f64], &f64)| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b;
        w.chunks(x.len()).zip(b).map(row).collect()
    };
    let hidden: Vec<f64> = affine(&net[0], &net[1], x).iter().map(|v| v.tanh()).collect();
    affine(&net[2], &net[3], &hidden)
}

/// A classifier of no framework: loops, and the gradient by hand.
struct ByHand {
    net: Vec<Vec<f64>>,
    shape: [usize; 3],
    spoilt: bool,
}

impl ByHand {
    fn new(key: u64) -> Self {
        let mut rng = Key::new(key).rng(0);
        let sizes = [HIDDEN * DIM, HIDDEN, CLASSES * HIDDEN, CLASSES];
        let mut draw = |n: usize| (0..n).map(|_| 4.0 * f64::from(rng.uniform()) - 2.0).collect();
        Self { net: sizes.map(&mut draw).to_vec(), shape: [1, 1, DIM], spoilt: false }
    }
}

impl Classifier for ByHand {
    fn shape(&self) -> [usize; 3] {
        self.shape
    }
    fn classes(&self) -> usize {
        CLASSES
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, out) in out.chunks_exact_mut(CLASSES).enumerate() {
            let x: Vec<f64> = x.row(i).iter().map(|&v| f64::from(v)).collect();
            out.iter_mut().zip(run(&self.net, &x)).for_each(|(to, z)| *to = z as f32);
            if self.spoilt {
                out[0] = f32::NAN;
            }
        }
        Ok(())
    }
}

impl Differentiable for ByHand {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let (mut z, mut dz) = (vec![0.0; x.len() * CLASSES], vec![0.0; x.len() * CLASSES]);
        self.logits(x, &mut z)?;
        cotangent(&z, &mut dz);
        for (i, grad) in grad.chunks_exact_mut(DIM).enumerate() {
            let (x, dz) = (x.row(i), &dz[i * CLASSES..(i + 1) * CLASSES]);
            for (j, grad) in grad.iter_mut().enumerate() {
                let mut sum = 0.0;
                for h in 0..HIDDEN {
                    let a: f64 = (0..DIM).map(|k| self.net[0][h * DIM + k] * f64::from(x[k])).sum::<f64>();
                    let slope = 1.0 - (a + self.net[1][h]).tanh().powi(2);
                    let back: f64 =
                        (0..CLASSES).map(|c| self.net[2][c * HIDDEN + h] * f64::from(dz[c])).sum();
                    sum += back * slope * self.net[0][h * DIM + j];
                }
                *grad = sum as f32;
            }
        }
        Ok(())
    }
}

fn tiny(threat: Threat, key: u64) -> AdvGan {
    let tanh = || layers::activation(&"tanh".parse().unwrap());
    let net = |out: usize, ends: bool| {
        let mut all =
            vec![layers::flatten(), layers::linear(DIM, HIDDEN), tanh(), layers::linear(HIDDEN, out)];
        all.extend(ends.then(tanh));
        Graph::chain([1, 1, DIM], all)
    };
    let spec = AdvGanSpec { generator: net(DIM, true), discriminator: net(1, false) };
    let mut model = AdvGan::new(spec, threat, Key::new(key)).unwrap();
    // Weights of some size, so that nothing is nearly linear.
    for net in [&mut model.generator, &mut model.discriminator] {
        net.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 2.0));
    }
    model
}

fn numbers(net: &sparring_nn::Network<f32>) -> Vec<Vec<f64>> {
    net.params.iter().map(|p| p.value.as_slice().iter().map(|&w| f64::from(w)).collect()).collect()
}

fn split(pixels: Vec<f32>, labels: Vec<u8>) -> Split {
    Split::new(Pixels::F32(pixels.into()), [1, 1, DIM], labels).unwrap()
}

/// What an example becomes, and ‖δ‖.
fn perturbed(generator: &[Vec<f64>], threat: &Threat, x: &[f64]) -> (Vec<f64>, f64) {
    let t: Vec<f64> = run(generator, x).iter().map(|v| v.tanh()).collect();
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let factor = match threat.norm {
        AnyNorm::L2 => f64::from(threat.eps) / length(&t).max(1.0),
        _ => f64::from(threat.eps),
    };
    let delta: Vec<f64> = t.iter().map(|t| factor * t).collect();
    (x.iter().zip(&delta).map(|(x, d)| (x + d).clamp(0.0, 1.0)).collect(), length(&delta))
}

/// Discriminator's and generator's loss on what it says of an example as it is and perturbed.
fn gan_losses(name: &str, real: f64, fake: f64) -> [f64; 2] {
    let softplus = |v: f64| v.max(0.0) + (-v.abs()).exp().ln_1p();
    match name {
        "lsgan" => [0.5 * (real - 1.0).powi(2) + 0.5 * fake.powi(2), 0.5 * (fake - 1.0).powi(2)],
        "non-saturating" => [softplus(-real) + softplus(fake), softplus(-fake)],
        "relativistic" => [softplus(fake - real), softplus(real - fake)],
        other => panic!("{other}"),
    }
}

/// max(∓L, −κ).
fn fooling(recipe: &AdvGanRecipe, z: &[f64], label: usize) -> f64 {
    let class = recipe.towards.unwrap_or(label);
    let value = match recipe.fooling.loss.to_string().as_str() {
        "margin" => {
            let others = (0..z.len()).filter(|&k| k != class).map(|k| z[k]);
            others.fold(f64::NEG_INFINITY, f64::max) - z[class]
        }
        "cross-entropy" => z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[class],
        other => panic!("{other}"),
    };
    (if recipe.towards.is_some() { value } else { -value }).max(-recipe.fooling.kappa)
}

/// A loss of the weights of a network.
type Loss<'a> = &'a dyn Fn(&[Vec<f64>]) -> f64;

#[test]
fn a_step_is_along_the_differences_of_the_losses() {
    let n = 5;
    let mut rng = Key::new(9).rng(0);
    // Numbers at the rim of the box too, where half of the perturbations are cut.
    let pixels: Vec<f32> = (0..n * DIM)
        .map(|i| match i % 5 {
            0 => 0.0,
            1 => 1.0,
            _ => rng.uniform(),
        })
        .collect();
    let labels: Vec<u8> = vec![0, 1, 2, 1, 0];
    let data = split(pixels.clone(), labels.clone());
    let x: Vec<Vec<f64>> = pixels.chunks(DIM).map(|x| x.iter().map(|&v| v.into()).collect()).collect();
    let target = ByHand::new(2);
    for (norm, eps, loss, fool, kappa, towards) in [
        (AnyNorm::Linf, 0.3, "lsgan", "margin", 50.0, None),
        (AnyNorm::Linf, 0.5, "non-saturating", "cross-entropy", 50.0, None),
        (AnyNorm::Linf, 0.3, "relativistic", "margin", 0.0, None),
        (AnyNorm::Linf, 0.3, "lsgan", "cross-entropy", 0.0, Some(2)),
        (AnyNorm::L2, 0.8, "lsgan", "margin", 50.0, Some(1)),
        (AnyNorm::L2, 0.4, "relativistic", "margin", 1.0, None),
    ] {
        let threat = Threat { norm, eps };
        let mut model = tiny(threat, 4);
        let mut recipe = AdvGanRecipe {
            epochs: 1,
            batch: n,
            rule: "sgd".parse().unwrap(),
            lr: 1.0,
            schedule: "constant".parse().unwrap(),
            loss: loss.parse().unwrap(),
            towards,
            alpha: 0.7,
            beta: 0.4,
            bound: Some(0.2),
            ..AdvGanRecipe::default()
        };
        recipe.fooling.loss = fool.parse().unwrap();
        recipe.fooling.kappa = kappa;
        let what = format!("{norm} {loss} {fool} {towards:?}");
        let before = [&model.generator, &model.discriminator].map(numbers);
        let done = fit_adv_gan(&mut model, &target, &data, &recipe, &mut Quiet).unwrap();
        let after = [&model.generator, &model.discriminator].map(numbers);
        let d_loss = |d: &[Vec<f64>]| {
            let one = |x: &Vec<f64>| {
                gan_losses(loss, run(d, x)[0], run(d, &perturbed(&before[0], &threat, x).0)[0])[0]
            };
            x.iter().map(one).sum::<f64>() / n as f64
        };
        // The generator's step goes through the discriminator as it is after its own.
        let parts = |g: &[Vec<f64>]| {
            let mut parts = [0.0; 3];
            for (x, &label) in x.iter().zip(&labels) {
                let (adv, length) = perturbed(g, &threat, x);
                parts[0] += fooling(&recipe, &run(&target.net, &adv), label.into()) / n as f64;
                parts[1] += gan_losses(loss, run(&after[1], x)[0], run(&after[1], &adv)[0])[1] / n as f64;
                parts[2] += (length - 0.2).max(0.0) / n as f64;
            }
            parts
        };
        let g_loss = |g: &[Vec<f64>]| parts(g)[0] + 0.7 * parts(g)[1] + 0.4 * parts(g)[2];
        let (epoch, want) = (done.epochs[0], parts(&before[0]));
        for (got, want) in [
            (epoch.loss, g_loss(&before[0])),
            (epoch.d_loss, d_loss(&before[1])),
            (epoch.adversarial, want[0]),
            (epoch.gan, want[1]),
            (epoch.hinge, want[2]),
        ] {
            assert!((got - want).abs() < 1e-5, "{what}: {got} {want}");
        }
        let losses: [Loss<'_>; 2] = [&g_loss, &d_loss];
        for (which, loss) in losses.into_iter().enumerate() {
            let mut moved = 0;
            for p in 0..before[which].len() {
                for i in 0..before[which][p].len() {
                    let by = |h: f64| {
                        let mut net = before[which].clone();
                        net[p][i] += h;
                        loss(&net)
                    };
                    let want = (by(1e-5) - by(-1e-5)) / 2e-5;
                    let got = before[which][p][i] - after[which][p][i];
                    assert!(
                        (got - want).abs() < 3e-5 * (1.0 + want.abs()),
                        "{what}, network {which}, {p} {i}: {got} {want}"
                    );
                    moved += usize::from(want.abs() > 1e-4);
                }
            }
            assert!(moved > 8, "{what}, network {which}: {moved}");
        }
    }
}

#[test]
fn box_and_budget_always_hold() {
    let mut rng = Key::new(3).rng(0);
    for key in 0..24 {
        let norm = [AnyNorm::Linf, AnyNorm::L2][key as usize % 2];
        let eps = [1e-6, 1e-3, 0.3, 0.7][key as usize % 4];
        let mut model = tiny(Threat { norm, eps }, key);
        // Some of the generators are saturated everywhere.
        let by = [1.0, 30.0][key as usize % 3 / 2];
        model.generator.params.iter_mut().for_each(|p| {
            p.value.as_mut_slice().iter_mut().for_each(|w| *w *= by);
        });
        let attack = model.attack();
        let n = 40;
        let x: Vec<f32> = (0..n * DIM)
            .map(|i| match i % 3 {
                0 => 0.0,
                1 => 1.0,
                _ => rng.uniform(),
            })
            .collect();
        let ids: Vec<u64> = (0..n as u64).collect();
        let (batch, target) = (Batch::new(&x, [1, 1, DIM], &ids).unwrap(), ByHand::new(key));
        let labels = vec![0; n];
        for asked in [eps, 0.5 * eps, (2.0 * eps).min(1.0), 0.0] {
            let (threat, mut out) = (Threat { norm, eps: asked }, vec![f32::NAN; x.len()]);
            let goal = Goal::Untargeted(&labels);
            attack.perturb(&target, batch, goal, &threat, Key::new(1), &mut out).unwrap();
            let mut moved = 0;
            for (x, out) in x.chunks(DIM).zip(out.chunks(DIM)) {
                threat.check(x, Bounds::UNIT, out).unwrap();
                // Exactly, not only up to what rounding is forgiven.
                if norm == AnyNorm::Linf && asked > 1e-4 {
                    assert!(x.iter().zip(out).all(|(x, o)| (o - x).abs() <= asked * (1.0 + 1e-6)));
                }
                moved += usize::from(x != out);
            }
            // A millionth is lost in the rounding of some pixels, nothing of a thousandth.
            assert!(asked < 1e-5 || moved > 0, "{norm} {asked}");
            assert!(asked > 0.0 || moved == 0, "{norm}: {moved} moved within 0");
        }
        // Another norm is another attack.
        let other = Threat { norm: if norm == AnyNorm::L2 { AnyNorm::Linf } else { AnyNorm::L2 }, eps: 0.1 };
        let refused =
            attack.perturb(&target, batch, Goal::Untargeted(&labels), &other, Key::new(1), &mut x.clone());
        assert!(refused.unwrap_err().to_string().starts_with("advgan does not work in"));
    }
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let linf = |eps| Threat { norm: AnyNorm::Linf, eps };
    let refused = |threat, target: &ByHand, data: &Split, recipe: AdvGanRecipe| -> String {
        let mut model = tiny(threat, 1);
        let e: TrainError = adv_gan_session(&mut model, target, data, &recipe).map(|_| ()).unwrap_err();
        e.to_string()
    };
    let (target, usual) = (ByHand::new(1), AdvGanRecipe::default);
    let data = split(vec![0.5; 2 * DIM], vec![0, 1]);
    let wide = Split::new(Pixels::F32(vec![0.5; 6].into()), [1, 1, 6], vec![0_u8]).unwrap();
    let e = refused(linf(0.3), &target, &wide, usual());
    assert!(e.contains("[1, 1, 6]") && e.contains("[1, 1, 4]"), "{e}");
    let e = refused(linf(0.3), &ByHand { shape: [1, 2, 2], ..ByHand::new(1) }, &data, usual());
    assert!(e.contains("the target takes [1, 2, 2]"), "{e}");
    let e = refused(linf(0.3), &target, &split(vec![0.5; DIM], vec![3]), usual());
    assert!(e.contains("a label is 3, the target has 3 classes"), "{e}");
    let e = refused(linf(0.3), &target, &data, AdvGanRecipe { towards: Some(3), ..usual() });
    assert!(e.starts_with("towards is 3"), "{e}");
    let e = refused(linf(3.0), &target, &data, usual());
    assert!(e.contains("eps 3 in linf") && e.contains("[0, 1]"), "{e}");
    let e = refused(linf(0.3), &target, &split(vec![200.0; DIM], vec![0]), usual());
    assert!(e.contains("scaled once"), "{e}");
    let e = refused(linf(0.3), &target, &data, AdvGanRecipe { beta: -1.0, ..usual() });
    assert!(e.starts_with("beta is -1"), "{e}");
    // The target breaks: it is named.
    let spoilt = ByHand { spoilt: true, ..ByHand::new(1) };
    let e = fit_adv_gan(&mut tiny(linf(0.3), 1), &spoilt, &data, &usual(), &mut Quiet).unwrap_err();
    assert!(e.is_non_finite() && e.to_string().contains("the target's logits"), "{e}");
    // Networks and budgets that are none.
    let spec = tiny(linf(0.3), 1).spec().clone();
    let made = |spec: &AdvGanSpec, threat| {
        AdvGan::new(spec.clone(), threat, Key::new(1)).map(|_| ()).unwrap_err().to_string()
    };
    assert!(made(&spec, linf(0.0)).starts_with("eps is 0"));
    assert!(made(&spec, Threat { norm: AnyNorm::L0, eps: 2.0 }).starts_with("norm is l0"));
    let with = |f: &dyn Fn(&mut AdvGanSpec)| {
        let mut spec = spec.clone();
        f(&mut spec);
        made(&spec, linf(0.3))
    };
    let relu = || layers::activation(&"relu".parse().unwrap());
    assert!(with(&|s| drop_last(&mut s.generator)).contains("end it in tanh"));
    let e = with(&|s| {
        s.discriminator.push(relu());
    });
    assert!(e.contains("takes logits"), "{e}");
    let e = with(&|s| s.discriminator = Mlp { input: [1, 1, 6], classes: 1, ..Mlp::default() }.spec());
    assert!(e.contains("the discriminator [1, 1, 6]"), "{e}");
    let norm =
        vec![layers::flatten(), layers::linear(4, 4), layers::reshape(&[4, 1, 1]), layers::batch_norm(4)];
    let e = with(&|s| s.generator = Graph::chain([1, 1, DIM], norm.clone()));
    assert!(e.contains("statistics over a batch"), "{e}");
}

fn drop_last(graph: &mut Graph) {
    *graph = graph.head(graph.nodes.len() - 1);
}
