use super::golden::Golden;
use super::*;
use crate::{Batches, Last, MiniBatch, Order, Pixels, Split};
use sparring_math::named::{Family as _, Named as _};
use sparring_seed::Key;

fn images(n: usize, shape: [usize; 3]) -> Split {
    let dim: usize = shape.iter().product();
    let mut rng = Key::new(5).rng(0);
    let pixels: Vec<u8> = (0..n * dim).map(|_| rng.bits() as u8).collect();
    Split::new(Pixels::U8(pixels.into()), shape, vec![0; n]).unwrap()
}

fn chain(text: &[&str]) -> Vec<AnyAugmentation> {
    text.iter().map(|one| one.parse().unwrap()).collect()
}

/// Example by example, in the order of the ids.
fn epoch(split: &Split, order: Order, batch: usize, epoch: u64, all: &[AnyAugmentation]) -> Vec<Vec<u32>> {
    let mut rows = vec![Vec::new(); split.len()];
    let mut batches = Batches::new(split, batch, Key::new(1), epoch, order, Last::Keep).augmented(all);
    let mut out = MiniBatch::default();
    while batches.fill(&mut out) {
        for (x, &id) in out.x.chunks(split.dim()).zip(&out.ids) {
            rows[id as usize] = x.iter().map(|v| v.to_bits()).collect();
        }
    }
    rows
}

const ALL: &[&str] = &["shift", "rotate", "scale", "elastic", "cutout", "noise"];

#[test]
fn an_example_is_a_function_of_seed_epoch_and_id() {
    let (split, all) = (images(40, [1, 14, 11]), chain(ALL));
    let first = epoch(&split, Order::Shuffled, 7, 2, &all);
    assert_eq!(epoch(&split, Order::Sequential, 40, 2, &all), first);
    let other = epoch(&split, Order::Sequential, 40, 3, &all);
    assert!(first.iter().zip(&other).all(|(a, b)| a != b));
    // A part of the set keeps its ids, and rows in any order on other threads are the same.
    let part = split.range(20..40);
    let mut batches = Batches::new(&part, 20, Key::new(1), 2, Order::Sequential, Last::Keep).augmented(&all);
    let mut out = MiniBatch::default();
    let rows = batches.next_rows(&mut out).unwrap();
    assert!(rows.is_augmented());
    std::thread::scope(|s| {
        for i in (0..20).rev() {
            let (rows, want) = (&rows, &first[20 + i]);
            s.spawn(move || {
                let mut x = vec![0.0; 14 * 11];
                rows.write(i, &mut x);
                assert_eq!(&x.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), want);
            });
        }
    });
}

#[test]
fn values_stay_in_the_box_and_zero_strength_changes_nothing() {
    let split = images(60, [3, 9, 12]);
    for one in AnyAugmentation::TABLE.at_defaults() {
        let rows = epoch(&split, Order::Sequential, 60, 1, &[one]);
        let plain = epoch(&split, Order::Sequential, 60, 1, &[]);
        let inside = rows.iter().flatten().all(|&v| (0.0..=1.0).contains(&f32::from_bits(v)));
        assert!(inside, "{one}");
        let changed = rows.iter().zip(&plain).filter(|(a, b)| a != b).count();
        // A shift by nothing is one of 25.
        assert!(if one.mixes() { changed == 0 } else { changed > 50 }, "{one}: {changed}");
    }
    let nothing = ["shift(0)", "rotate(0)", "scale(1, 1)", "elastic(alpha=0)", "noise(0)"];
    let (rows, plain) =
        [chain(&nothing), Vec::new()].map(|all| epoch(&split, Order::Sequential, 60, 1, &all)).into();
    for (a, b) in Iterator::zip(rows.iter().flatten(), plain.iter().flatten()) {
        assert!((f32::from_bits(*a) - f32::from_bits(*b)).abs() < 1e-5);
    }
}

#[test]
fn shifts_move_whole_pixels_by_every_amount() {
    let split = images(400, [1, 8, 8]);
    let plain = epoch(&split, Order::Sequential, 400, 1, &[]);
    let moved = epoch(&split, Order::Sequential, 400, 1, &chain(&["shift(pixels=2)"]));
    let mut seen = std::collections::BTreeSet::new();
    for (a, b) in plain.iter().zip(&moved) {
        let by = |dy: i32, dx: i32| {
            (0..64).all(|p| {
                let (y, x) = (p / 8 - dy, p % 8 - dx);
                let inside = (0..8).contains(&y) && (0..8).contains(&x);
                b[p as usize] == if inside { a[(8 * y + x) as usize] } else { 0 }
            })
        };
        let found = (0..25).map(|i| (i / 5 - 2, i % 5 - 2)).find(|&(dy, dx)| by(dy, dx));
        seen.insert(found.expect("a shift of at most two pixels"));
    }
    assert_eq!(seen.len(), 25);
}

#[test]
fn maps_are_sampled_as_pytorch_does_and_compose() {
    let golden = Golden::open();
    for (name, shape) in [("affine", [1, 12, 9]), ("affine_rgb", [3, 7, 10])] {
        let all = golden.numbers(name, "maps");
        // Rotation in degrees, factor, shift down and right.
        let [turn, factor, down, right] = all[..] else { panic!("{all:?}") };
        let (sin, cos) = f64::from(turn).to_radians().sin_cos();
        let inverse = 1.0 / f64::from(factor);
        let rotation = PlaneMap { matrix: [[cos, -sin], [sin, cos]], ..PlaneMap::IDENTITY };
        let size = PlaneMap { matrix: [[inverse, 0.0], [0.0, inverse]], ..PlaneMap::IDENTITY };
        let shift = PlaneMap { shift: [down, right].map(f64::from), ..PlaneMap::IDENTITY };
        let whole = rotation.then(&size).then(&shift);
        let mut pixels = golden.numbers(name, "x");
        whole.sample(&mut pixels, shape, &mut Vec::new());
        golden.near(name, "y", &pixels);
    }
}

#[test]
fn cutouts_and_patches_have_their_size_and_are_cut_at_the_border() {
    let (split, size) = (images(300, [1, 16, 16]), 5);
    let plain = epoch(&split, Order::Sequential, 300, 1, &[]);
    let cut = epoch(&split, Order::Sequential, 300, 1, &chain(&["cutout(size=5)"]));
    let counts: Vec<usize> = plain
        .iter()
        .zip(&cut)
        .map(|(a, b)| {
            assert!(a.iter().zip(b).all(|(a, b)| a == b || *b == 0));
            a.iter().zip(b).filter(|(a, b)| a != b).count()
        })
        .collect();
    assert!(counts.iter().all(|&n| n <= size * size) && counts.iter().max() >= Some(&(size * size - 1)));
    assert!(counts.iter().min() <= Some(&12), "some are cut at a border");
    let (shape, mut rng) = ([1, 16, 16], Key::new(4).rng(0));
    let (mut sum, n) = (0.0, 2000);
    for _ in 0..n {
        let mix = CutMix::default().mix(shape, &mut rng).unwrap();
        let [rows, columns] = mix.patch.clone().unwrap();
        assert!(rows.end <= 16 && columns.end <= 16);
        let (mut x, partner) = (vec![0.0; 256], vec![1.0; 256]);
        mix.apply(shape, &mut x, &partner);
        let left = 1.0 - f64::from(x.iter().sum::<f32>()) / 256.0;
        assert!((left - mix.share).abs() < 1e-6, "{left} {mix:?}");
        sum += mix.share;
    }
    // A box uniform in area and centre covers half the image but for what the border cuts: at most that.
    assert!((0.5..0.85).contains(&(sum / f64::from(n))), "{sum}");
    let mut x = vec![0.25, 0.5];
    Mix { share: 0.75, patch: None }.apply([1, 1, 2], &mut x, &[1.0, 0.0]);
    assert_eq!(x, [0.4375, 0.375]);
}

#[test]
fn what_is_no_image_and_what_mixes_too_early_is_refused() {
    let plane = crate::synthetic::moons(10, 0.1, Key::new(1));
    let image = images(3, [1, 4, 4]);
    let wild = Split::new(Pixels::F32(vec![1.5; 16].into()), [1, 4, 4], vec![0]).unwrap();
    for (split, text, why) in [
        (
            &plane,
            &["shift"][..],
            "shift: examples of shape [1, 1, 2] (channels, height, width) are no images",
        ),
        (
            &image,
            &["noise", "shift(pixels=4)"],
            "shift: pixels=4 moves images of 4 x 4 wholly out of sight; name fewer than 4",
        ),
        (&image, &["cutout(size=5)"], "cutout: size=5 covers whole images of 4 x 4; name at most 4"),
        (&wild, &["noise"], "noise: images must have values in [0, 1], but one is 1.5"),
        (&image, &["mixup", "shift"], "mixup: it mixes finished images"),
        (&image, &["mixup", "cutmix"], "mixup: it mixes finished images"),
    ] {
        let e = check_augmentations(&chain(text), split).unwrap_err().to_string();
        assert!(e.contains(why), "{e}");
    }
    assert!(check_augmentations(&chain(&["shift", "mixup"]), &image).is_ok());
    assert!(check_augmentations(&[], &plane).is_ok());
    let by_hand = [Rotate { degrees: -1.0 }.into()];
    assert!(check_augmentations(&by_hand, &image).unwrap_err().to_string().contains("rotate.degrees is -1"));
    let told = "scale(low=1.2)".parse::<AnyAugmentation>().unwrap_err().to_string();
    assert_eq!(told, "scale.high is 1.1, but must be at least low, 1.2");
    assert_eq!(Zoom::NAME, "scale");
}
