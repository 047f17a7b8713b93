//! Folders of files, right and wrong, as the loader and the catalogue see them.

use sparring_datasets::idx::{Idx, IdxValues, Packing, encode, write};
use sparring_datasets::{DataError, Dataset, FashionMnist, Mnist, Pixels, Provenance, find_in};
use std::fs;
use std::path::{Path, PathBuf};

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A small set in MNIST's form: 5 training and 3 test images.
fn small(dir: &Path) {
    for (name, n) in [(0, 5usize), (2, 3)] {
        let pixels = (0..n * 784).map(|i| (i % 251) as u8).collect();
        let images = Idx::new(vec![n, 28, 28], IdxValues::U8(pixels)).unwrap();
        write(&dir.join(format!("{}.gz", NAMES[name])), &images, Packing::Gzip).unwrap();
        let labels = Idx::new(vec![n], IdxValues::U8((0..n as u8).collect())).unwrap();
        write(&dir.join(NAMES[name + 1]), &labels, Packing::Raw).unwrap();
    }
}

fn refused(dir: &Path) -> String {
    Mnist::load(dir).expect_err("a wrong folder").to_string()
}

#[test]
fn packed_and_raw_files_make_a_set_of_unknown_origin() {
    let dir = tempfile::tempdir().unwrap();
    small(dir.path());
    let set = Mnist::load(dir.path()).unwrap();
    assert_eq!((set.train.len(), set.test.len(), set.shape()), (5, 3, [1, 28, 28]));
    assert_eq!((set.name.as_str(), set.provenance), ("mnist", Provenance::Unknown));
    assert_eq!(set.test.row(1)[0], (784 % 251) as f32 / 255.0);
    let by_path = find_in(dir.path().to_str().unwrap(), &[]).unwrap();
    assert_eq!(by_path.name, dir.path().file_name().unwrap().to_str().unwrap());
}

#[test]
fn names_seen_in_the_wild_are_read() {
    let spellings: [fn(&str) -> String; 6] = [
        |n| n.replace("-idx", ".idx"),
        |n| n.to_uppercase(),
        |n| format!("{}.GZ", n.replace('-', "_")),
        |n| format!("{}.gz", n.replace("-idx", ".idx")),
        |n| n.replace("t10k", "test"),
        |n| n.replace("-ubyte", ".ubyte"),
    ];
    for spell in spellings {
        let dir = tempfile::tempdir().unwrap();
        small(dir.path());
        for name in NAMES {
            // Packed or not is told by the first bytes, not by the name.
            let was = [name.to_string(), format!("{name}.gz")].map(|n| dir.path().join(n));
            let was = was.into_iter().find(|p| p.is_file()).unwrap();
            fs::rename(was, dir.path().join(spell(name))).unwrap();
        }
        let set = Mnist::load(dir.path()).unwrap();
        assert_eq!((set.train.len(), set.test.len()), (5, 3), "{}", spell(NAMES[0]));
        assert!(find_in(dir.path().to_str().unwrap(), &[]).is_ok());
        // The authors' own name goes first.
        let labels = Idx::new(vec![4], IdxValues::U8(vec![0; 4])).unwrap();
        write(&dir.path().join(NAMES[1]), &labels, Packing::Raw).unwrap();
        assert!(refused(dir.path()).contains("4 labels for the 5 images"));
    }
}

#[test]
fn what_is_missing_is_named_with_the_way_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    small(dir.path());
    fs::remove_file(dir.path().join(NAMES[3])).unwrap();
    let text = refused(dir.path());
    assert!(text.contains(NAMES[3]) && !text.contains(NAMES[2]), "{text}");
    assert!(text.contains("sparring fetch mnist --to "), "{text}");
}

#[test]
fn files_that_do_not_fit_together_are_refused() {
    let cases: [(usize, Vec<usize>, IdxValues, &str); 6] = [
        (1, vec![4], IdxValues::U8(vec![0; 4]), "4 labels for the 5 images"),
        (1, vec![5], IdxValues::U8(vec![0, 1, 10, 3, 4]), "label 2 is 10"),
        (1, vec![5], IdxValues::I32(vec![0; 5]), "bytes of rank 1"),
        (1, vec![5, 1], IdxValues::U8(vec![0; 5]), "bytes of rank 1"),
        (0, vec![5, 28, 27], IdxValues::U8(vec![0; 5 * 28 * 27]), "28 x 28"),
        (2, vec![0, 28, 28], IdxValues::U8(vec![]), "28 x 28"),
    ];
    for (which, shape, values, why) in cases {
        let dir = tempfile::tempdir().unwrap();
        small(dir.path());
        let idx = Idx::new(shape, values).unwrap();
        fs::write(dir.path().join(NAMES[which]), encode(&idx, Packing::Raw)).unwrap();
        let text = refused(dir.path());
        assert!(text.contains(why) && text.contains(NAMES[which]), "{text}");
    }
}

#[test]
fn a_known_name_accepts_only_its_own_files() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("mnist");
    fs::create_dir(&dir).unwrap();
    small(&dir);
    let error = find_in("mnist", &[root.path().into()]).expect_err("not MNIST");
    assert!(matches!(&error, DataError::WrongSet { wanted, .. } if wanted == "mnist"), "{error}");
    assert!(find_in(dir.to_str().unwrap(), &[]).is_ok(), "by its path it may be used");
    fs::rename(&dir, root.path().join("mine")).unwrap();
    assert_eq!(find_in("mine", &[root.path().into()]).unwrap().name, "mine");
}

/// `$SPARRING_DATA/NAME`, or a line that says why the test looked at nothing.
fn installed(name: &str) -> Option<PathBuf> {
    let dir =
        std::env::var_os("SPARRING_DATA").map(|root| PathBuf::from(root).join(name)).filter(|d| d.is_dir());
    if dir.is_none() {
        eprintln!("skipped: no $SPARRING_DATA/{name} on this machine");
    }
    dir
}

fn counts(set: &Dataset) -> Vec<usize> {
    let mut counts = vec![0; set.classes];
    set.train.labels().into_iter().for_each(|l| counts[l] += 1);
    counts
}

#[test]
fn whole_mnist_is_verified_and_the_built_in_part_is_its_beginning() {
    let Some(dir) = installed("mnist") else { return };
    let set = Mnist::load(&dir).unwrap();
    assert_eq!(set.provenance, Provenance::Verified("mnist".into()));
    assert_eq!((set.train.len(), set.test.len()), (60_000, 10_000));
    assert_eq!(counts(&set), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    let Pixels::U8(bytes) = set.train.pixels() else { panic!("images are bytes") };
    let n = bytes.len() as f64;
    let mean = bytes.iter().map(|&b| f64::from(b)).sum::<f64>() / n / 255.0;
    let var = bytes.iter().map(|&b| (f64::from(b) / 255.0 - mean).powi(2)).sum::<f64>() / n;
    assert!(
        (mean - 0.130_660).abs() < 1e-6 && (var.sqrt() - 0.308_108).abs() < 1e-6,
        "{mean} {}",
        var.sqrt()
    );

    assert!(matches!(FashionMnist::load(&dir), Err(DataError::WrongSet { .. })));
    #[cfg(feature = "embedded")]
    {
        let part = Mnist::embedded();
        for (whole, part) in [(&set.train, &part.train), (&set.test, &part.test)] {
            let (Pixels::U8(w), Pixels::U8(p)) = (whole.pixels(), part.pixels()) else {
                panic!("images are bytes")
            };
            assert!(w[..p.len()] == p[..], "pixels");
            assert_eq!(whole.first(part.len()).labels(), part.labels());
        }
    }
}

#[test]
fn whole_fashion_mnist_is_verified() {
    let Some(dir) = installed("fashion-mnist") else { return };
    let set = FashionMnist::load(&dir).unwrap();
    assert_eq!(set.provenance, Provenance::Verified("fashion-mnist".into()));
    assert_eq!(counts(&set), [6000; 10]);
    assert!(matches!(Mnist::load(&dir), Err(DataError::WrongSet { .. })));
}
