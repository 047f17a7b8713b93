//! Metrics of generative models against other implementations; `golden/generative/make.py` made the file.

use sparring_metrics::{
    ClassHistogram, CovarianceKind, FeatureMoments, GaussianMixture, GaussianModes, MetricsError,
    MixtureConfig, MixtureFit, RidgeProbe, classifier_score, frechet_distance, kernel_distance,
    kernel_distance_of_subsets, manifold_overlap, memorisation, neighbour_accuracy, neighbour_test,
    stacked_modes,
};

const CASES: &str = include_str!("../../../golden/generative/cases.csv");

/// All lines of a name, as numbers.
fn lines(case: &str, name: &str) -> Vec<Vec<f64>> {
    let of = |line: &str| -> Option<Vec<f64>> {
        let mut words = line.split(',');
        (words.next() == Some(case) && words.next() == Some(name))
            .then(|| words.map(|w| w.parse().unwrap()).collect())
    };
    let found: Vec<_> = CASES.lines().filter_map(of).collect();
    assert!(!found.is_empty(), "{case}, {name}");
    found
}

fn numbers(case: &str, name: &str) -> Vec<f64> {
    lines(case, name).swap_remove(0)
}

fn rows(case: &str, name: &str) -> Vec<f32> {
    numbers(case, name).into_iter().map(|x| x as f32).collect()
}

fn whole(case: &str, name: &str) -> Vec<usize> {
    numbers(case, name).into_iter().map(|x| x as usize).collect()
}

#[track_caller]
fn near(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{got}, the file has {want}");
    }
}

fn noise(n: usize, seed: usize) -> Vec<f32> {
    let mixed = |i: usize| {
        let mixed = ((i + seed * 100_003) as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 29)) >> 40) as f32 / (1u64 << 24) as f32
    };
    (0..n).map(mixed).collect()
}

/// Normal numbers by Box and Muller.
fn normals(n: usize, seed: usize) -> Vec<f64> {
    let (u, v) = (noise(n, seed), noise(n, seed + 1));
    let one = |(&u, &v): (&f32, &f32)| {
        (-2.0 * (1.0 - f64::from(u)).ln()).sqrt() * (std::f64::consts::TAU * f64::from(v)).cos()
    };
    u.iter().zip(&v).map(one).collect()
}

#[test]
fn figures_of_two_sets_are_those_of_other_libraries() {
    for case in ["near", "far"] {
        let dim = whole(case, "dim")[0];
        let (real, fake) = (rows(case, "real"), rows(case, "fake"));
        let moments = |x: &[f32]| FeatureMoments::of(x, dim).unwrap();
        near(
            &[frechet_distance(&moments(&real), &moments(&fake)).unwrap()],
            &numbers(case, "frechet"),
            1e-10,
        );
        near(&[kernel_distance(&real, &fake, dim).unwrap()], &numbers(case, "kernel"), 1e-11);
        let split = |line: Vec<f64>| {
            let mut parts = line.split(|&i| i < 0.0).map(|part| part.iter().map(|&i| i as usize).collect());
            (parts.next().unwrap(), parts.next().unwrap())
        };
        let subsets: Vec<(Vec<usize>, Vec<usize>)> = lines(case, "subset").into_iter().map(split).collect();
        let got = kernel_distance_of_subsets(&real, &fake, dim, &subsets).unwrap();
        near(&[got.mean, got.std], &numbers(case, "kernel_subsets"), 1e-11);
        for k in [1, 3, 5] {
            let got = manifold_overlap(&real, &fake, dim, k).unwrap();
            let got = [got.precision, got.recall, got.density, got.coverage];
            near(&got, &numbers(case, &format!("prdc_{k}")), 1e-14);
        }
        let got = neighbour_test(&real, &fake, dim).unwrap();
        near(&[got.accuracy, got.real, got.generated], &numbers(case, "neighbour_test"), 1e-14);
        let (train, test) = real.split_at(real.len() / dim / 2 * dim);
        let got = memorisation(&fake, test, train, dim).unwrap();
        let got = [got.median_generated(), got.median_test(), got.share_below(0.1), got.share_below(0.5)];
        near(&got, &numbers(case, "memorisation"), 1e-12);
    }
}

#[test]
fn classes_and_modes_are_those_of_scipy() {
    for splits in [1, 5] {
        let got = classifier_score(&rows("classes", "probabilities"), 4, splits).unwrap();
        // float32 rows sum to 1 within 1e-7; scipy normalises them.
        near(&[got.mean, got.std], &numbers("classes", &format!("score_{splits}")), 1e-6);
    }
    let got = ClassHistogram::of(&whole("classes", "labels"), 6).unwrap();
    near(
        &[got.smallest_share(), got.entropy(), got.kl_to_uniform()],
        &numbers("classes", "histogram"),
        1e-14,
    );
    for (case, target) in [("ring", GaussianModes::ring_8()), ("grid", GaussianModes::grid_25())] {
        let got = target.score(&rows(case, "samples")).unwrap();
        let got = [got.modes as f64, got.high_quality, got.reverse_kl.unwrap()];
        near(&got, &numbers(case, "score"), 1e-14);
    }
}

#[test]
fn probes_of_codes_are_those_of_scikit_learn() {
    let (x, labels) = (rows("codes", "x"), whole("codes", "labels"));
    let ((train, test), (known, asked)) = (x.split_at(90 * 5), labels.split_at(90));
    for k in [1, 5, 12] {
        let got = neighbour_accuracy(train, known, test, asked, 5, 4, k).unwrap();
        near(&[got], &numbers("codes", &format!("neighbours_{k}")), 1e-14);
    }
    for alpha in ["0.01", "30.0"] {
        let probe = RidgeProbe::fit(train, known, 5, 4, alpha.parse().unwrap()).unwrap();
        near(&probe.scores(test).unwrap(), &numbers("codes", &format!("ridge_{alpha}")), 1e-11);
        let got = probe.accuracy(test, asked).unwrap();
        near(&[got], &numbers("codes", &format!("ridge_accuracy_{alpha}")), 1e-14);
    }
}

#[test]
fn steps_of_a_mixture_are_those_of_scikit_learn() {
    let x = rows("mixture", "x");
    for (kind, name) in [(CovarianceKind::Full, "full"), (CovarianceKind::Diagonal, "diag")] {
        for steps in [1, 12] {
            let config = MixtureConfig {
                components: 3,
                covariance: kind,
                floor: 1e-9,
                max_steps: steps,
                tolerance: 0.0,
            };
            let fit = MixtureFit::from_means(&x, 3, &config, numbers("mixture", "start")).unwrap();
            let (case, of) = (format!("mixture_{name}_{steps}"), &fit.mixture);
            near(of.weights(), &numbers(&case, "weights"), 1e-9);
            near(of.means(), &numbers(&case, "means"), 1e-9);
            near(of.covariances(), &numbers(&case, "covariances"), 1e-9);
            near(&of.log_density(&x[..30]).unwrap(), &numbers(&case, "log_density"), 1e-9);
            near(&fit.log_likelihoods[steps..], &numbers(&case, "score"), 1e-9);
        }
    }
}

#[test]
fn gaussians_have_the_closed_form() {
    // Equal covariances: the squared distance of the means. Diagonal ones: also (σ₁ − σ₂)² along every axis.
    let moments = |mean: &[f64], sigmas: &[f64]| {
        let d = mean.len();
        let covariance: Vec<f64> =
            (0..d * d).map(|at| if at / d == at % d { sigmas[at % d].powi(2) } else { 0.0 }).collect();
        FeatureMoments::new(mean.to_vec(), &covariance, 10).unwrap()
    };
    let a = moments(&[0.0, 1.0, -2.0], &[1.0, 2.0, 0.0]);
    let b = moments(&[3.0, 1.0, 2.0], &[1.0, 5.0, 0.5]);
    near(&[frechet_distance(&a, &b).unwrap()], &[25.0 + 9.0 + 0.25], 1e-12);
    let moved = moments(&[0.0, 1.0, 0.0], &[1.0, 2.0, 0.0]);
    near(&[frechet_distance(&a, &moved).unwrap()], &[4.0], 1e-12);
    assert!(frechet_distance(&a, &a).unwrap().abs() < 1e-12);
    near(&[frechet_distance(&b, &a).unwrap()], &[frechet_distance(&a, &b).unwrap()], 1e-12);
    // Two samples of one distribution: the kernel distance is 0 in the mean, of either sign.
    let distances: Vec<f64> =
        (0..40).map(|s| kernel_distance(&noise(90, 2 * s), &noise(120, 2 * s + 1), 3).unwrap()).collect();
    let mean = distances.iter().sum::<f64>() / 40.0;
    let std = (distances.iter().map(|d| d * d).sum::<f64>() / 40.0).sqrt();
    assert!(mean.abs() < 3.0 * std / 40f64.sqrt(), "{mean}, {std}");
    assert!(distances.iter().any(|&d| d < 0.0) && distances.iter().any(|&d| d > 0.0));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (real, fake) = (noise(40 * 3, 1), noise(50 * 3, 2));
    let turned = |x: &[f32]| -> Vec<f32> { x.chunks_exact(3).rev().flatten().copied().collect() };
    let (real_back, fake_back) = (turned(&real), turned(&fake));
    assert_eq!(manifold_overlap(&real, &fake, 3, 4), manifold_overlap(&real_back, &fake_back, 3, 4));
    assert_eq!(neighbour_test(&real, &fake, 3), neighbour_test(&real_back, &fake_back, 3));
    assert_eq!(memorisation(&fake, &fake, &real, 3), memorisation(&fake_back, &fake_back, &real_back, 3));
    let kernel = |a: &[f32], b: &[f32]| kernel_distance(a, b, 3).unwrap();
    near(&[kernel(&real_back, &fake)], &[kernel(&real, &fake)], 1e-13);
    near(&[kernel(&fake, &real)], &[kernel(&real, &fake)], 1e-13);
    // Copies: every sample on a real one, and no neighbour test takes them for others.
    let copies = manifold_overlap(&real, &real, 3, 4).unwrap();
    assert_eq!((copies.precision, copies.recall, copies.coverage), (1.0, 1.0, 1.0));
    assert_eq!(neighbour_test(&real, &real, 3).unwrap().accuracy, 0.0);
    assert_eq!(memorisation(&real, &fake, &real, 3).unwrap().median_generated(), 0.0);
}

#[test]
fn a_mixture_is_found_again() {
    let (weights, means) = (vec![0.25, 0.75], vec![-4.0, 0.0, 4.0, 1.0]);
    let covariances = vec![1.0, 0.6, 0.6, 1.0, 0.5, 0.0, 0.0, 2.0];
    let truth = GaussianMixture::new(weights, means, covariances, 2, CovarianceKind::Full).unwrap();
    let uniforms: Vec<f64> = noise(4000, 5).into_iter().map(f64::from).collect();
    let x = truth.sample(&uniforms, &normals(8000, 6)).unwrap();
    for u in [0.1, 0.5, 0.9] {
        let config =
            MixtureConfig { components: 2, tolerance: 1e-9, max_steps: 500, ..MixtureConfig::default() };
        let fit = MixtureFit::new(&x, 2, &config, &[u, 0.5]).unwrap();
        assert!(fit.converged && fit.log_likelihoods.windows(2).all(|w| w[1] >= w[0] - 1e-10));
        let first = usize::from(fit.mixture.means()[0] > 0.0);
        for (k, true_k) in [(first, 0), (1 - first, 1)] {
            near(&fit.mixture.weights()[k..=k], &truth.weights()[true_k..=true_k], 0.03);
            near(&fit.mixture.means()[2 * k..2 * k + 2], &truth.means()[2 * true_k..2 * true_k + 2], 0.15);
            let (got, want) = (fit.mixture.covariances(), truth.covariances());
            near(&got[4 * k..4 * k + 4], &want[4 * true_k..4 * true_k + 4], 0.15);
        }
    }
    // Ten equal rows and a line: the floor holds, the likelihood never falls, and an unused component does no harm.
    let flat: Vec<f32> = (0..30).flat_map(|i| [(i / 10) as f32, 2.0 * (i / 10) as f32]).collect();
    for covariance in [CovarianceKind::Full, CovarianceKind::Diagonal] {
        let config = MixtureConfig { components: 4, covariance, floor: 0.01, ..MixtureConfig::default() };
        let fit = MixtureFit::new(&flat, 2, &config, &[0.0, 0.4, 0.7, 0.9]).unwrap();
        assert!(fit.log_likelihoods.windows(2).all(|w| w[1] >= w[0] - 1e-10), "{:?}", fit.log_likelihoods);
        assert!(fit.mixture.log_density(&flat).unwrap().iter().all(|l| l.is_finite()));
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let few = |what, rows, least| Err::<(), _>(MetricsError::TooFew { what, rows, least });
    assert_eq!(FeatureMoments::of(&[0.0; 9], 3).map(drop), few("features", 3, 4));
    assert_eq!(FeatureMoments::new(vec![0.0; 2], &[0.0; 4], 2).map(drop), few("features", 2, 3));
    assert!(FeatureMoments::new(vec![0.0; 2], &[1.0, 0.5, 0.4, 1.0], 9).is_err());
    let (one, two) = (FeatureMoments::of(&noise(9, 1), 1).unwrap(), FeatureMoments::of(&noise(9, 1), 3));
    assert!(two.is_err() && frechet_distance(&one, &FeatureMoments::of(&noise(8, 1), 2).unwrap()).is_err());
    assert_eq!(manifold_overlap(&[0.0; 5], &[0.0; 9], 1, 5).map(drop), few("real samples", 5, 6));
    assert!(manifold_overlap(&[0.0; 5], &[0.0; 9], 1, 0).is_err());
    assert_eq!(kernel_distance(&[0.0, f32::NAN], &[0.0; 2], 1), Err(MetricsError::NotFinite { row: 1 }));
    assert!(kernel_distance_of_subsets(&[0.0; 3], &[0.0; 3], 1, &[(vec![0, 3], vec![0, 1])]).is_err());
    assert!(kernel_distance_of_subsets(&[0.0; 3], &[0.0; 3], 1, &[]).is_err());
    assert_eq!(classifier_score(&[0.5, 0.6], 2, 1), Err(MetricsError::NoDistribution { example: 0 }));
    assert!(classifier_score(&[0.5, 0.5], 2, 2).is_err() && classifier_score(&[0.5, 0.5], 2, 0).is_err());
    assert!(stacked_modes(&[[0, 10, 1]]).is_err() && stacked_modes(&[]).is_err());
    assert!(GaussianModes::new(vec![0.0; 4], 2, 0.0).is_err());
    assert_eq!(GaussianModes::ring_8().score(&[9.0; 2]).unwrap().reverse_kl, None);
    let config = MixtureConfig { components: 3, ..MixtureConfig::default() };
    assert_eq!(MixtureFit::new(&[0.0; 2], 1, &config, &[0.0; 3]).map(drop), few("rows of a mixture", 2, 3));
    assert!(MixtureFit::new(&[0.0; 5], 1, &config, &[0.0; 2]).is_err());
    let singular = vec![1.0, 1.0, 1.0, 1.0];
    assert!(GaussianMixture::new(vec![1.0], vec![0.0; 2], singular, 2, CovarianceKind::Full).is_err());
    assert!(RidgeProbe::fit(&[1.0; 6], &[0, 1, 1], 2, 2, 0.0).is_err(), "dependent columns");
    assert!(neighbour_accuracy(&[0.0; 2], &[0, 1], &[0.0], &[2], 1, 2, 1).is_err());
}
