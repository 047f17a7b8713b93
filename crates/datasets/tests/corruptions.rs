//! Corruptions against SciPy and scikit-image, and what holds of all of them.
#![cfg(feature = "embedded")]

use sparring_datasets::corruptions::{AnyCorruption, Follows};
use sparring_datasets::idx::{IdxValues, Limits, decode};
use sparring_datasets::{Mnist, Pixels, Split};
use sparring_math::named::Family;
use sparring_seed::Key;

/// The file of golden/corruptions/make.py.
fn cases() -> Vec<Vec<f32>> {
    let bytes = include_bytes!("../../../golden/corruptions/cases.gz");
    let (shape, values) = decode(&bytes[..], &Limits::default()).unwrap().into_parts();
    assert_eq!(shape[1..], [28, 28]);
    let IdxValues::F32(values) = values else { panic!("f32") };
    values.chunks_exact(784).map(<[f32]>::to_vec).collect()
}

/// The first test images as `f32`, so that results are not rounded to bytes, `times` over under ids of their own.
fn images(n: usize, times: usize) -> Split {
    let all = Mnist::embedded().test.first(n).all();
    let labels: Vec<u8> = all.labels.iter().map(|&l| l as u8).collect();
    Split::new(Pixels::F32(all.x.repeat(times).into()), [1, 28, 28], labels.repeat(times)).unwrap()
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
}

fn corrupt(text: &str, split: &Split) -> Split {
    text.parse::<AnyCorruption>().unwrap().corrupt(split, Key::new(0)).unwrap()
}

#[test]
fn the_formulas_are_scipy_s_and_scikit_image_s() {
    let (cases, seven) = (cases(), images(1, 1));
    let mut at = 0;
    let mut next = |n: usize| {
        at += n;
        &cases[at - n..at]
    };
    let one = |text: &str, want: &[f32]| {
        assert!(close(&corrupt(text, &seven).row(0), want), "{text}");
    };
    for (severity, want) in (1..=5).zip(next(5)) {
        one(&format!("gaussian_blur(severity={severity})"), want);
    }
    // Either side is drawn; each result is one of those there are, and all of them occur.
    let either = |text: &str, wants: &[&[f32]]| {
        let made = corrupt(text, &images(1, 40));
        let mut seen = vec![0; wants.len()];
        for i in 0..made.len() {
            let which = wants.iter().position(|want| close(&made.row(i), want));
            seen[which.unwrap_or_else(|| panic!("{text}: example {i} is none of the cases"))] += 1;
        }
        assert!(seen.iter().all(|&n| n > 2), "{text}: {seen:?}");
    };
    for kind in ["shear", "rotate"] {
        let both = next(4);
        either(&format!("{kind}(severity=2)"), &[&both[0], &both[2]]);
        either(&format!("{kind}(severity=5)"), &[&both[1], &both[3]]);
    }
    for (severity, want) in [1, 5].into_iter().zip(next(2)) {
        one(&format!("scale(severity={severity})"), want);
    }
    let all: Vec<&[f32]> = next(4).iter().map(Vec::as_slice).collect();
    either("translate", &all);
    for text in ["brightness", "contrast", "stripe"] {
        one(text, &next(1)[0]);
    }
    let edges = corrupt("canny_edges", &images(12, 1));
    for (i, want) in next(12).iter().enumerate() {
        let differing = edges.row(i).iter().zip(want).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 0, "canny of image {i}");
        assert!(want.iter().sum::<f32>() > 20.0);
    }
    // What example 0 draws; make.py holds these numbers.
    let stream = |kind: &str| Key::new(0).named("corruption").named(kind).rng(0);
    let (mut dotted, mut zigzag) = (stream("dotted_line"), stream("zigzag"));
    assert_eq!([dotted.below(27), dotted.below(27)], [14, 24], "DOTTED of make.py");
    let from = zigzag.below(27) as i32;
    assert_eq!([from, from + zigzag.below(10) as i32 - 5], [15, 18], "ZIGZAG of make.py");
    one("dotted_line", &next(1)[0]);
    one("zigzag", &next(1)[0]);
    assert_eq!(at, cases.len());
}

#[test]
fn an_image_depends_on_key_and_id_alone() {
    let test = Mnist::embedded().test.first(30);
    for kind in AnyCorruption::TABLE.at_defaults() {
        let key = Key::new(7);
        let whole = kind.corrupt(&test, key).unwrap();
        let some = kind.corrupt(&test.subset(&[17, 3, 3]), key).unwrap();
        for (i, j) in [(0, 17), (1, 3), (2, 3)] {
            assert_eq!(
                (some.row(i), some.label(i), some.id(i)),
                (whole.row(j), test.label(j), j as u64),
                "{kind}"
            );
        }
        let part = whole.range(10..20).subset(&[7]);
        assert_eq!((part.id(0), part.row(0)), (17, some.row(0)));
        assert!(matches!(whole.pixels(), Pixels::U8(_)), "bytes stay bytes");
        // Another key draws other numbers, unless nothing is drawn.
        let drawn = !["scale", "brightness", "stripe", "canny_edges", "gaussian_blur", "contrast"]
            .contains(&kind.name());
        let other = kind.corrupt(&test, Key::new(8)).unwrap();
        assert_eq!(other.fingerprint() != whole.fingerprint(), drawn, "{kind}");
    }
}

#[test]
fn severity_grows() {
    let test = Mnist::embedded().test.first(60);
    let distance = |a: &Split| -> f64 {
        let (a, b) = (a.all().x, test.all().x);
        a.iter().zip(&b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
    };
    let mut published = 0;
    for kind in AnyCorruption::TABLE.at_defaults() {
        let far: Vec<f64> = (1..=5)
            .map(|s| {
                assert_eq!(kind.at(s).severity(), s);
                distance(&kind.at(s).corrupt(&test, Key::new(1)).unwrap())
            })
            .collect();
        assert!(far[0] > 0.0 && far[4] > 1.1 * far[0], "{kind}: {far:?}");
        published += usize::from(kind.follows() == Follows::Published);
        assert!(!kind.about().is_empty());
    }
    assert_eq!(
        (published, AnyCorruption::TABLE.entries.len()),
        (14, 18),
        "the fifteenth is glass_blur, whose blur is ours"
    );
}

#[test]
fn colours_and_other_sizes_are_corrupted_and_points_are_refused() {
    let x: Vec<u8> = (0..2 * 3 * 40 * 33).map(|i| (i * 37 % 251) as u8).collect();
    let colour = Split::new(Pixels::U8(x.into()), [3, 40, 33], vec![0, 1]).unwrap();
    for kind in AnyCorruption::TABLE.at_defaults() {
        for severity in [1, 5] {
            let made = kind.at(severity).corrupt(&colour, Key::new(1)).unwrap();
            assert_eq!(made.shape(), [3, 40, 33]);
            assert_ne!(made.row(0), colour.row(0), "{kind}");
        }
    }
    let points = sparring_datasets::find("moons").unwrap().test;
    let refused =
        "fog".parse::<AnyCorruption>().unwrap().corrupt(&points, Key::new(0)).unwrap_err().to_string();
    assert!(refused.contains("8 x 8"), "{refused}");
    let wrong =
        "fog".parse::<AnyCorruption>().unwrap().at(6).corrupt(&colour, Key::new(0)).unwrap_err().to_string();
    assert!(wrong.contains("severity is 6"), "{wrong}");
    let unknown = "shot_nois".parse::<AnyCorruption>().unwrap_err().to_string();
    assert!(unknown.contains("did you mean `shot_noise`?"), "{unknown}");
}
