//! KMNIST, QMNIST, EMNIST and CIFAR-10 in small, of the right form and of wrong ones.

mod memory;

use flate2::{Compression, write::DeflateEncoder, write::GzEncoder};
use memory::peak_of;
use sparring_datasets::idx::{Idx, IdxValues, Packing, encode};
use sparring_datasets::{Cifar10, DataError, Emnist, Kmnist, Provenance, Qmnist, find_in};
use std::fs;
use std::io::Write;
use std::path::Path;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn idx(shape: &[usize], values: IdxValues) -> Vec<u8> {
    encode(&Idx::new(shape.to_vec(), values).unwrap(), Packing::Gzip)
}

/// `n` images; pixel (row, column) of image `i` is `i + 28 row + column`, modulo 251.
fn images(n: usize) -> Vec<u8> {
    idx(
        &[n, 28, 28],
        IdxValues::U8((0..n).flat_map(|i| (0..784).map(move |p| ((i + p) % 251) as u8)).collect()),
    )
}

fn labels(labels: &[u8]) -> Vec<u8> {
    idx(&[labels.len()], IdxValues::U8(labels.to_vec()))
}

/// A zip archive of these files, packed or stored in turn.
fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (i, (name, bytes)) in files.iter().enumerate() {
        let (method, packed) = if i % 2 == 0 {
            (0u16, bytes.clone())
        } else {
            let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
            deflate.write_all(bytes).unwrap();
            (8, deflate.finish().unwrap())
        };
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let sizes: Vec<u8> = [crc.sum(), packed.len() as u32, bytes.len() as u32]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let at = out.len() as u32;
        let name_length = (name.len() as u16).to_le_bytes();
        let common =
            [&[20, 0, 0, 0][..], &method.to_le_bytes(), &[0; 4], &sizes, &name_length, &[0, 0]].concat();
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        directory.extend(
            [b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend_from_slice(&directory);
    let counts = [count.to_le_bytes(), count.to_le_bytes()].concat();
    out.extend(
        [
            b"PK\x05\x06\0\0\0\0",
            &counts[..],
            &(directory.len() as u32).to_le_bytes(),
            &start.to_le_bytes(),
            &[0, 0],
        ]
        .concat(),
    );
    out
}

/// A tape archive of these files; sizes may lie.
fn tar(files: &[(&str, &[u8], u64)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes, size) in files {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        header[156] = if name.ends_with('/') { b'5' } else { b'0' };
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|&b| u32::from(b)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn text(result: Result<sparring_datasets::Dataset, DataError>) -> String {
    let text = result.map(|set| set.name).expect_err("something is wrong").to_string();
    assert!(!text.contains('\n') && text.len() < 700, "{text}");
    text
}

#[test]
fn kmnist_is_mnist_s_form_under_its_own_name() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("kmnist");
    fs::create_dir(&dir).unwrap();
    for (name, bytes) in [
        ("train-images-idx3-ubyte.gz", images(4)),
        ("train-labels-idx1-ubyte.gz", labels(&[9, 0, 1, 2])),
        ("t10k-images-idx3-ubyte.gz", images(2)),
        ("t10k-labels-idx1-ubyte.gz", labels(&[3, 4])),
    ] {
        fs::write(dir.join(name), bytes).unwrap();
    }
    let set = Kmnist::load(&dir).unwrap();
    assert_eq!(
        (set.name.as_str(), set.train.labels(), &set.provenance),
        ("kmnist", vec![9, 0, 1, 2], &Provenance::Unknown)
    );
    assert_eq!((set.class_name(9), set.class_names.len()), ("wo".into(), 10));
    let refused = text(find_in("kmnist", &[root.path().into()]));
    assert!(refused.contains("does not hold kmnist") && refused.contains("as they are served"), "{refused}");
    assert!(find_in(dir.to_str().unwrap(), &[]).is_ok(), "a path is taken as it is");
}

fn qmnist(dir: &Path, shape: &[usize], class: impl Fn(usize) -> i32) {
    for (part, n) in [("train", 3), ("test", 5)] {
        fs::write(dir.join(format!("qmnist-{part}-images-idx3-ubyte.gz")), images(n)).unwrap();
        let rows: Vec<i32> = (0..n).flat_map(|i| [class(i), 4, 99, 7, 1, 0, 0, 0]).collect();
        let numbers: usize = shape.iter().product();
        let shape = [&[n * 8 / numbers][..], shape].concat();
        fs::write(dir.join(format!("qmnist-{part}-labels-idx2-int.gz")), idx(&shape, IdxValues::I32(rows)))
            .unwrap();
    }
}

#[test]
fn qmnist_s_class_is_the_first_of_eight_numbers() {
    let dir = tempfile::tempdir().unwrap();
    qmnist(dir.path(), &[8], |i| i as i32 + 2);
    let set = Qmnist::load(dir.path()).unwrap();
    assert_eq!((set.train.labels(), set.test.labels()), (vec![2, 3, 4], vec![2, 3, 4, 5, 6]));
    assert_eq!(set.provenance, Provenance::Unknown);
    assert_eq!(find_in(dir.path().to_str().unwrap(), &[]).unwrap().name, "qmnist");
    for (class, why) in [(10, "label 0 is 10"), (-1, "label 0 is -1"), (i32::MAX, "0 to 9 are possible")] {
        qmnist(dir.path(), &[8], |_| class);
        assert!(text(Qmnist::load(dir.path())).contains(why), "{class}");
    }
    qmnist(dir.path(), &[4], |_| 1);
    assert!(text(Qmnist::load(dir.path())).contains("rows of 8 numbers"));
    fs::remove_file(dir.path().join("qmnist-test-labels-idx2-int.gz")).unwrap();
    assert!(text(Qmnist::load(dir.path())).contains("sparring fetch qmnist"));
}

/// The four files of a split, gzipped as in NIST's archive.
fn emnist(split: Emnist, train: &[u8], test: &[u8]) -> Vec<(String, Vec<u8>)> {
    let name = |rest: &str| format!("gzip/{}-{rest}-ubyte.gz", split.name());
    vec![
        (name("train-images-idx3"), images(train.len())),
        (name("train-labels-idx1"), labels(train)),
        (name("test-images-idx3"), images(test.len())),
        (name("test-labels-idx1"), labels(test)),
    ]
}

#[test]
fn emnist_comes_out_of_its_archive_or_its_files_and_stands_upright() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("emnist");
    fs::create_dir(&dir).unwrap();
    let members =
        [emnist(Emnist::Letters, &[1, 26, 5], &[2]), emnist(Emnist::Balanced, &[46, 0], &[10])].concat();
    fs::write(dir.join("gzip.zip"), zip(&members)).unwrap();
    let set = Emnist::Letters.load(&dir).unwrap();
    assert_eq!((set.classes, set.train.labels(), set.class_name(25)), (26, vec![0, 25, 4], "z".into()));
    // Row 1, column 3 of the upright image is row 3, column 1 of the file's.
    assert_eq!(set.train.row(2)[28 + 3], ((2 + 3 * 28 + 1) % 251) as f32 / 255.0);
    let balanced = Emnist::Balanced.load(&dir).unwrap();
    assert_eq!(
        (balanced.classes, balanced.class_name(46), balanced.class_name(10)),
        (47, "t".into(), "A".into())
    );
    assert!(text(Emnist::Digits.load(&dir)).contains("holds no emnist-digits-train-images"));
    let roots = [root.path().to_path_buf()];
    let refused = text(find_in("emnist-letters", &roots));
    let path = dir.join("emnist-letters");
    assert!(refused.contains(path.to_str().unwrap()), "{refused}");
    assert_eq!(find_in(path.to_str().unwrap(), &[]).unwrap().train.len(), 3, "the path that it names");
    assert!(text(find_in(dir.to_str().unwrap(), &[])).contains("say which one"));
    assert!(text(find_in("emnist-digits", &[])).contains("sparring fetch emnist`"));
    // The four files alone need no name.
    let alone = tempfile::tempdir().unwrap();
    for (name, bytes) in emnist(Emnist::Mnist, &[9], &[0, 1]) {
        fs::write(alone.path().join(name.trim_start_matches("gzip/")), bytes).unwrap();
    }
    assert_eq!(find_in(alone.path().to_str().unwrap(), &[]).unwrap().name, "emnist-mnist");
    let wrong = [emnist(Emnist::Letters, &[0], &[1])].concat();
    fs::write(dir.join("gzip.zip"), zip(&wrong)).unwrap();
    assert!(text(Emnist::Letters.load(&dir)).contains("label 0 is 0; 1 to 26 are possible"));
    for split in Emnist::ALL {
        let mut letters: Vec<char> = split.classes().chars().collect();
        letters.dedup();
        let entry = sparring_datasets::ALL.iter().find(|e| e.name == split.name()).unwrap();
        assert_eq!((letters.len(), entry.folder), (entry.classes, "emnist"));
    }
}

#[test]
fn a_broken_zip_is_an_error_and_costs_no_memory() {
    let dir = tempfile::tempdir().unwrap();
    let whole = zip(&emnist(Emnist::Digits, &[1, 2], &[3]));
    let mut seen = [0, 0];
    for i in 0..600 {
        let mut bytes = whole.clone();
        let at = (i * 7919) % bytes.len();
        match i % 3 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 0x55,
            _ => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
        }
        fs::write(dir.path().join("gzip.zip"), &bytes).unwrap();
        let (result, peak) = peak_of(|| Emnist::Digits.load(dir.path()));
        assert!(peak < 8 << 20, "change {i}: {peak} bytes");
        // What is taken is what was there: gzip's own sums hold the contents.
        seen[usize::from(result.is_ok())] += 1;
        if let Ok(set) = result {
            assert_eq!((set.train.labels(), set.test.labels()), (vec![1, 2], vec![3]));
        }
    }
    assert!(seen[0] > 300 && seen[1] > 20, "{seen:?}");
}

/// `n` records of one colour each, classes counting from `first`.
fn records(n: usize, first: u8) -> Vec<u8> {
    (0..n)
        .flat_map(|i| {
            std::iter::once(first + i as u8).chain((0..3072).map(move |p| ((p / 1024) * 100 + i) as u8))
        })
        .collect()
}

fn cifar() -> Vec<(String, Vec<u8>)> {
    let name = |i: usize| if i < 5 { format!("data_batch_{}.bin", i + 1) } else { "test_batch.bin".into() };
    (0..6).map(|i| (name(i), records(2, i as u8))).collect()
}

#[test]
fn cifar_10_comes_out_of_its_archive_or_its_files() {
    let files = cifar();
    let inside: Vec<(String, Vec<u8>)> =
        files.iter().map(|(n, b)| (format!("cifar-10-batches-bin/{n}"), b.clone())).collect();
    let listed = |files: &[(String, Vec<u8>)]| {
        let mut all = vec![
            ("cifar-10-batches-bin/", &b""[..], 0),
            ("cifar-10-batches-bin/readme.html", &b"<html>"[..], 6),
        ];
        all.extend(files.iter().map(|(n, b)| (n.as_str(), &b[..], b.len() as u64)));
        tar(&all)
    };
    let root = tempfile::tempdir().unwrap();
    let (packed, loose) = (root.path().join("cifar-10"), root.path().join("loose"));
    fs::create_dir(&packed).unwrap();
    fs::create_dir(&loose).unwrap();
    fs::write(packed.join("cifar-10-binary.tar.gz"), gzip(&listed(&inside))).unwrap();
    files.iter().for_each(|(n, b)| fs::write(loose.join(n), b).unwrap());
    for dir in [&packed, &loose] {
        let set = Cifar10::load(dir).unwrap();
        assert_eq!((set.train.len(), set.test.labels(), set.shape()), (10, vec![5, 6], [3, 32, 32]));
        assert_eq!(
            (set.train.labels(), set.class_name(6)),
            (vec![0, 1, 1, 2, 2, 3, 3, 4, 4, 5], "frog".into())
        );
        let row = set.train.row(1);
        assert_eq!([row[0], row[1024], row[2048]], [1.0, 101.0, 201.0].map(|b| b / 255.0));
        assert_eq!(find_in(dir.to_str().unwrap(), &[]).unwrap().name, "cifar-10");
    }
    assert!(text(find_in("cifar-10", &[root.path().into()])).contains("as they are served"));
    let try_archive = |bytes: &[u8]| {
        fs::write(packed.join("cifar-10-binary.tar.gz"), gzip(bytes)).unwrap();
        let (result, peak) = peak_of(|| Cifar10::load(&packed));
        assert!(peak < 8 << 20, "{peak} bytes");
        text(result)
    };
    let whole = listed(&inside);
    assert!(try_archive(&whole[..whole.len() / 2]).contains("cut short"));
    assert!(try_archive(&listed(&inside[..5])).contains("holds no test_batch.bin"));
    assert!(try_archive(&listed(&[&inside[..], &inside[..1]].concat())).contains("twice"));
    assert!(try_archive(&[0; 4096]).contains("not a tar archive"));
    assert!(try_archive(b"<html>log in</html>").contains("cifar-10-binary.tar.gz"));
    let mut changed = whole.clone();
    changed[512 + 3] ^= 1;
    assert!(try_archive(&changed).contains("checksum"));
    // A size that lies: too large for the file, too large for anything, no number of images.
    let lie = |size: u64| tar(&[("data_batch_1.bin", &records(1, 0), size)]);
    assert!(try_archive(&lie(3073 * 100_000)).contains("cut short"));
    assert!(try_archive(&lie(0o77_777_777_777)).contains("more than"));
    assert!(try_archive(&lie(3000)).contains("whole images of 3073 bytes"));
    // A bomb: 400 MB of zeros in half a megabyte, in a file that nobody asked for and in one that is asked for.
    for name in ["big", "data_batch_1.bin"] {
        let mut bomb = tar(&[(name, b"", 3073 * 300_000)]);
        bomb.truncate(512);
        bomb.resize(50 << 20, 0);
        assert!(try_archive_bomb(&packed, &bomb).contains("cut short"), "{name}");
    }
    fs::write(loose.join("data_batch_3.bin"), &records(1, 10)).unwrap();
    assert!(text(Cifar10::load(&loose)).contains("label 0 is 10"));
    fs::remove_file(loose.join("data_batch_3.bin")).unwrap();
    assert!(text(Cifar10::load(&loose)).contains("data_batch_3.bin"));
}

/// Memory is bounded by what really comes.
fn try_archive_bomb(dir: &Path, bytes: &[u8]) -> String {
    fs::write(dir.join("cifar-10-binary.tar.gz"), gzip(bytes)).unwrap();
    let (result, peak) = peak_of(|| Cifar10::load(dir));
    assert!(peak < 3 * bytes.len(), "{peak} bytes for {} unpacked", bytes.len());
    text(result)
}
