//! Folders of PNGs: every form of PNG, the two layouts, and what is no such folder.

mod memory;

use memory::peak_of;
use png::{BitDepth, ColorType};
use sparring_datasets::raster::Picture;
use sparring_datasets::{ImageFolder, Pixels, Split, find_in};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A PNG file of these raw samples.
fn png(path: &Path, [w, h]: [u32; 2], color: ColorType, depth: BitDepth, palette: &[u8], data: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), w, h);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette.to_vec());
        encoder.set_trns(vec![255, 255, 0]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
}

fn grey(path: &Path, size: [u32; 2], value: u8) {
    let n = (size[0] * size[1]) as usize;
    png(path, size, ColorType::Grayscale, BitDepth::Eight, &[], &vec![value; n]);
}

fn read(path: &Path) -> Picture {
    Picture::read(path).unwrap()
}

fn refused(result: Result<sparring_datasets::Dataset, sparring_datasets::DataError>) -> String {
    let text = result.map(|set| set.name).unwrap_err().to_string();
    assert!(!text.contains('\n') && text.len() < 500, "{text}");
    text
}

#[test]
fn every_form_of_png_becomes_bytes() {
    use BitDepth::{Eight, One, Sixteen, Two};
    use ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.png");
    let try_one = |color, depth, palette: &[u8], data: &[u8]| {
        png(&path, [2, 1], color, depth, palette, data);
        let picture = read(&path);
        assert_eq!(picture.size, [1, 2]);
        (picture.channels, picture.over(0), picture.over(255))
    };
    assert_eq!(try_one(Grayscale, Eight, &[], &[7, 200]), (1, vec![7, 200], vec![7, 200]));
    assert_eq!(try_one(Grayscale, One, &[], &[0b0100_0000]).1, [0, 255]);
    assert_eq!(try_one(Grayscale, Two, &[], &[0b0110_0000]).1, [85, 170]);
    // 16 bits are rounded: 0x1234 is 18.13 of 255, 0x80ff 128.5.
    assert_eq!(try_one(Grayscale, Sixteen, &[], &[0x12, 0x34, 0x81, 0x01]).1, [18, 129]);
    assert_eq!(
        try_one(Rgb, Eight, &[], &[1, 2, 3, 4, 5, 6]),
        (3, vec![1, 4, 2, 5, 3, 6], vec![1, 4, 2, 5, 3, 6])
    );
    let half = try_one(GrayscaleAlpha, Eight, &[], &[200, 51, 100, 255]);
    assert_eq!(half, (1, vec![40, 100], vec![244, 100]));
    assert_eq!(try_one(Rgba, Eight, &[], &[9, 8, 7, 255, 9, 8, 7, 0]).1, [9, 0, 8, 0, 7, 0]);
    // Entry 2 of the palette is transparent.
    let indexed = try_one(Indexed, Eight, &[10, 20, 30, 40, 50, 60, 70, 80, 90], &[1, 2]);
    assert_eq!(indexed, (3, vec![40, 0, 50, 0, 60, 0], vec![40, 255, 50, 255, 60, 255]));
}

/// Three classes of `n` pictures each, of which a pixel tells class and number.
fn classes(dir: &Path, n: u8) {
    for (class, name) in ["a", "b", "c c"].iter().enumerate() {
        (0..n).for_each(|i| grey(&dir.join(name).join(format!("{i:03}.png")), [4, 3], 50 * class as u8 + i));
    }
}

#[test]
fn the_two_layouts_keep_names_and_order() {
    let root = tempfile::tempdir().unwrap();
    let (halves, alone) = (root.path().join("halves"), root.path().join("alone"));
    classes(&halves.join("train"), 7);
    classes(&halves.join("test"), 2);
    fs::remove_dir_all(halves.join("test/a")).unwrap();
    fs::write(halves.join("train/a/notes.txt"), "not a picture").unwrap();
    fs::write(halves.join("train/a/.hidden.jpg"), "hidden").unwrap();
    let set = ImageFolder::load(&halves).unwrap();
    assert_eq!((set.shape(), set.train.len(), set.test.len(), set.classes), ([1, 3, 4], 21, 4, 3));
    assert_eq!((set.name.as_str(), set.class_name(2)), ("halves", "c c".into()));
    for split in [&set.train, &set.test] {
        assert!(matches!(split.pixels(), Pixels::U8(_)));
        for i in 0..split.len() {
            assert_eq!((split.row(i)[5] * 255.0).round() as usize / 50, split.label(i));
        }
    }
    let first: BTreeSet<usize> = set.train.first(9).labels().into_iter().collect();
    assert_eq!(first.len(), 3, "the first few are of all classes");
    classes(&alone, 10);
    let set = find_in(alone.to_str().unwrap(), &[]).unwrap();
    assert_eq!(set.train.len() + set.test.len(), 30);
    for class in 0..3 {
        assert!(set.train.labels().contains(&class) && set.test.labels().contains(&class));
    }
    // An equal folder made in another order is the same set.
    let other = root.path().join("other");
    for i in (0..10u8).rev() {
        for (class, name) in ["a", "b", "c c"].iter().enumerate().rev() {
            grey(&other.join(name).join(format!("{i:03}.png")), [4, 3], 50 * class as u8 + i);
        }
    }
    let again = ImageFolder::load(&other).unwrap();
    assert_eq!(
        (again.train.fingerprint(), again.test.fingerprint()),
        (set.train.fingerprint(), set.test.fingerprint())
    );
    // No picture is in both.
    let all: BTreeSet<u8> = [&set.train, &set.test].into_iter().flat_map(values).collect();
    assert_eq!(all.len(), 30);
}

/// The first pixel of each picture, which names it.
fn values(split: &Split) -> Vec<u8> {
    (0..split.len()).map(|i| (split.row(i)[0] * 255.0).round() as u8).collect()
}

#[test]
fn a_picture_more_or_less_moves_no_other_between_the_splits() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    classes(dir, 40);
    let of = || ImageFolder::load(dir).map(|set| [values(&set.train), values(&set.test)]).unwrap();
    let before = of();
    // 24 of 120 are expected, with a standard deviation of 4.4.
    assert!((12..=36).contains(&before[1].len()), "{}", before[1].len());
    for (class, number) in [("a", 3), ("b", 17), ("c c", 39), ("a", 20)] {
        let path = dir.join(class).join(format!("{number:03}.png"));
        let value = read(&path).bytes[0];
        fs::remove_file(&path).unwrap();
        let without =
            before.clone().map(|split| split.into_iter().filter(|v| *v != value).collect::<Vec<_>>());
        assert_eq!(of(), without, "order and split of all others stay");
        grey(&path, [4, 3], value);
        assert_eq!(of(), before);
    }
    grey(&dir.join("b/new.png"), [4, 3], 255);
    let after = of();
    assert_eq!(
        after.clone().map(|split| split.into_iter().filter(|v| *v != 255).collect::<Vec<_>>()),
        before
    );
    assert_eq!(after.concat().len(), 121);
    // Whatever the names draw, two pictures of a class are one in each split.
    for names in 0..40 {
        let few = root.path().join(format!("few-{names}"));
        for class in ["a", "b"] {
            (0..2).for_each(|i| grey(&few.join(class).join(format!("{names}-{i}.png")), [4, 3], 9));
        }
        let set = ImageFolder::load(&few).unwrap();
        let sorted = |mut labels: Vec<usize>| {
            labels.sort_unstable();
            labels
        };
        assert_eq!([sorted(set.train.labels()), sorted(set.test.labels())], [[0, 1], [0, 1]]);
    }
}

#[test]
fn classes_are_matched_by_name() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    classes(dir, 10);
    let names = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let set = ImageFolder::load(dir).unwrap();
    let as_model = |model: &[&str]| set.clone().in_classes_of(&names(model));
    let (same, moved) = as_model(&["a", "b", "c c"]).unwrap();
    assert_eq!((same.train.labels(), moved), (set.train.labels(), false));
    let (other, moved) = as_model(&["c c", "more", "a", "b"]).unwrap();
    assert_eq!((other.classes, other.class_name(1), moved), (4, "more".into(), true));
    for (split, was) in [(&other.train, &set.train), (&other.test, &set.test)] {
        for i in 0..split.len() {
            assert_eq!(other.class_name(split.label(i)), set.class_name(was.label(i)));
        }
    }
    assert!(!as_model(&["a", "b", "c c", "d"]).unwrap().1, "a set may lack classes");
    let told = as_model(&["a", "b", "c"]).unwrap_err().to_string();
    assert!(told.contains(r#"among the model's: "c c"; the model knows: "a", "b", "c"; rename"#), "{told}");
    // Numbers stay numbers, on either side.
    assert_eq!(as_model(&[]).unwrap().0.train.labels(), set.train.labels());
    let unnamed = sparring_datasets::Dataset { class_names: Vec::new(), ..set.clone() };
    assert_eq!(unnamed.in_classes_of(&names(&["x", "y", "z"])).unwrap().0.train.labels(), set.train.labels());
}

#[test]
fn colour_anywhere_makes_three_channels() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    classes(dir, 5);
    png(&dir.join("a/grey-in-colours.png"), [4, 3], ColorType::Rgb, BitDepth::Eight, &[], &[9; 36]);
    assert_eq!(ImageFolder::load(dir).unwrap().shape(), [1, 3, 4], "grey stored as colours is grey");
    let mut red = [0; 36];
    red[0] = 255;
    png(&dir.join("b/red.png"), [4, 3], ColorType::Rgb, BitDepth::Eight, &[], &red);
    let set = ImageFolder::load(dir).unwrap();
    assert_eq!(set.shape(), [3, 3, 4]);
    let all: Vec<Vec<f32>> =
        [&set.train, &set.test].iter().flat_map(|s| (0..s.len()).map(|i| s.row(i))).collect();
    assert_eq!(all.iter().filter(|x| x[0] == 1.0 && x[12] == 0.0 && x[24] == 0.0).count(), 1);
    assert_eq!(all.iter().filter(|x| x[..12] == x[12..24] && x[..12] == x[24..]).count(), 16);
}

#[test]
fn what_is_no_such_folder_is_named() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    classes(dir, 5);
    let odd = dir.join("b/odd.png");
    grey(&odd, [5, 3], 1);
    let text = refused(ImageFolder::load(dir));
    assert!(
        text.contains("4 x 3")
            && text.contains("5 x 3")
            && text.contains("odd.png")
            && text.contains("one size"),
        "{text}"
    );
    let whole = {
        png(&odd, [4, 3], ColorType::Rgb, BitDepth::Eight, &[], &(0..36).collect::<Vec<u8>>());
        fs::read(&odd).unwrap()
    };
    let mut outcomes = [0; 2];
    for at in 0..whole.len() {
        for bytes in [whole[..at].to_vec(), [&whole[..at], &[whole[at] ^ 0x20], &whole[at + 1..]].concat()] {
            fs::write(&odd, &bytes).unwrap();
            let (result, peak) = peak_of(|| ImageFolder::load(dir));
            assert!(peak < 4 << 20, "{at}: {peak} bytes");
            match result {
                Ok(_) => outcomes[0] += 1,
                Err(e) => {
                    let text = e.to_string();
                    assert!(text.contains("odd.png") && !text.contains('\n'), "{text}");
                    outcomes[1] += 1;
                }
            }
        }
    }
    assert!(outcomes[1] > whole.len(), "{outcomes:?}");
    // A header that promises 16 million pixels over nothing, and one that promises more than can be read.
    for (side, why) in [(4096u32, "too short"), (100_000, "at most"), (u32::MAX >> 1, "")] {
        let mut lie = whole.clone();
        lie[16..20].copy_from_slice(&side.to_be_bytes());
        lie[20..24].copy_from_slice(&side.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&lie[12..29]);
        lie[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        fs::write(&odd, &lie).unwrap();
        let (result, peak) = peak_of(|| Picture::read(&odd));
        let text = result.unwrap_err().to_string();
        assert!(peak < 1 << 20 && text.contains(why), "{side}: {peak} bytes, {text}");
    }
    fs::write(&odd, "<html>").unwrap();
    assert!(refused(ImageFolder::load(dir)).contains("odd.png: is a web page"));
    fs::rename(&odd, dir.join("b/photo.JPG")).unwrap();
    assert!(refused(ImageFolder::load(dir)).contains("photo.JPG"));
    fs::remove_file(dir.join("b/photo.JPG")).unwrap();
    fs::remove_dir_all(dir.join("b")).unwrap();
    fs::remove_dir_all(dir.join("c c")).unwrap();
    assert!(refused(ImageFolder::load(dir)).contains("has 1 folder with pictures"));
    let empty = tempfile::tempdir().unwrap();
    let text = refused(find_in(empty.path().to_str().unwrap(), &[]));
    assert!(text.contains("train/CLASS/*.png") && text.contains("train-images-idx3-ubyte"), "{text}");
    classes(&empty.path().join("train"), 2);
    classes(&empty.path().join("test"), 1);
    fs::rename(empty.path().join("test/a"), empty.path().join("test/new")).unwrap();
    assert!(refused(ImageFolder::load(empty.path())).contains("is a class that"));
    fs::remove_dir_all(empty.path().join("test")).unwrap();
    let text = refused(find_in(empty.path().to_str().unwrap(), &[]));
    assert!(text.contains("no test/: add it") && text.contains("a fifth"), "{text}");
    fs::rename(empty.path().join("train"), empty.path().join("test")).unwrap();
    assert!(refused(find_in(empty.path().to_str().unwrap(), &[])).contains("no train/: add it"));
}

#[test]
fn what_is_missing_in_a_folder_of_classes_is_said() {
    let root = tempfile::tempdir().unwrap();
    let load = |name: &str| refused(find_in(root.path().join(name).to_str().unwrap(), &[]));
    let (photos, single, hollow) =
        (root.path().join("photos"), root.path().join("single"), root.path().join("hollow"));
    classes(&photos, 1);
    for class in ["a", "b", "c c"] {
        fs::rename(photos.join(class).join("000.png"), photos.join(class).join("000.jpeg")).unwrap();
    }
    let text = load("photos");
    assert!(
        text.contains("000.jpeg: is no PNG") && text.contains("magick") && !text.contains("idx3"),
        "{text}"
    );
    classes(&single, 1);
    let text = load("single");
    assert!(text.contains("one picture of each class") && text.contains("test/CLASS/*.png"), "{text}");
    classes(&hollow, 3);
    fs::create_dir(hollow.join("d")).unwrap();
    let text = load("hollow");
    assert!(text.contains(r#"no PNG of class "d""#) && text.contains("remove its folder"), "{text}");
}

#[test]
fn pictures_of_other_kinds_are_called_by_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.png");
    for (first, kind) in [
        (&b"\xff\xd8\xff\xe0"[..], "a JPEG"),
        (b"GIF89a", "a GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP"),
        (b"BM\x10\0", "a BMP"),
        (b"II*\0", "a TIFF"),
        (b"\0\0\0\x1cftypheic", "HEIC"),
    ] {
        fs::write(&path, first).unwrap();
        let text = Picture::read(&path).unwrap_err().to_string();
        assert!(text.contains(kind) && text.contains("only PNGs are read"), "{text}");
    }
    let text = Picture::read(&dir.path().join("absent.png")).unwrap_err().to_string();
    assert!(text.ends_with("absent.png: no such file or folder"), "{text}");
}
