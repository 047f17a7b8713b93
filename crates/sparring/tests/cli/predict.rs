//! `sparring predict`: digits from pictures of many kinds, and pictures that are none.

use crate::{folder, number, object, printed, ran, refusal, said};
use serde_json::Value;
use sparring::datasets::{Mnist, Split};
use sparring::seed::Key;
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use std::fs;
use std::path::Path;

/// Images as PNGs `NAME-K.png`, each pixel `scale` wide, in a frame of `frame` pixels of the background.
fn export(dir: &Path, name: &str, rows: &[Vec<f32>], scale: usize, frame: usize, background: u8) -> String {
    let spec = GridSpec { columns: 1, scale, padding: frame, background: [background; 3] };
    let one = |(k, x): (usize, &Vec<f32>)| {
        let png = png_grid(&images_from_rows([1, 28, 28], x).unwrap(), &spec).unwrap();
        fs::write(dir.join(format!("{name}-{k}.png")), png).unwrap();
        format!("{name}-{k}.png")
    };
    rows.iter().enumerate().map(one).collect::<Vec<_>>().join(" ")
}

fn classes(object: &Value) -> Vec<usize> {
    object["images"].as_array().unwrap().iter().map(|o| number(o, "class") as usize).collect()
}

#[test]
fn digits_are_recognised_however_they_are_drawn() {
    let dir = folder("predict");
    object(&dir, "train classifier --epochs 2 --json --out net");
    let test: Split = Mnist::embedded().test.first(40);
    let rows: Vec<Vec<f32>> = (0..test.len()).map(|i| test.row(i)).collect();
    let plain = object(&dir, &format!("predict net {} --json", export(&dir, "plain", &rows, 1, 0, 0)));
    let images = plain["images"].as_array().unwrap();
    assert_eq!((images.len(), images[3]["file"].as_str()), (40, Some("plain-3.png")));
    for o in images {
        assert_eq!(
            o["steps"],
            serde_json::json!(["28 x 28 pixels, grey", "placed as MNIST's digits already"])
        );
        let top: Vec<f64> = o["top"].as_array().unwrap().iter().map(|t| number(t, "probability")).collect();
        assert!(
            top.len() == 3 && top[0] >= top[1] && top[1] >= top[2] && top.iter().sum::<f64>() <= 1.0 + 1e-9
        );
        assert_eq!(
            (top[0], &o["name"]),
            (number(o, "probability"), &Value::from(number(o, "class").to_string()))
        );
    }
    // The digits that the net is sure of stay what they are.
    let sure: Vec<usize> = (0..40)
        .filter(|&i| {
            number(&images[i], "class") as usize == test.label(i) && number(&images[i], "probability") > 0.9
        })
        .collect();
    assert!(sure.len() > 20, "{sure:?}");
    let rows: Vec<Vec<f32>> = sure.iter().map(|&i| rows[i].clone()).collect();
    let labels: Vec<usize> = sure.iter().map(|&i| test.label(i)).collect();
    let inverted: Vec<Vec<f32>> = rows.iter().map(|x| x.iter().map(|v| 1.0 - v).collect()).collect();
    let faint: Vec<Vec<f32>> = rows.iter().map(|x| x.iter().map(|v| 0.8 - 0.5 * v).collect()).collect();
    for (name, rows, scale, frame, background, step) in [
        ("large", &rows, 4, 0, 0, "resized to"),
        ("inverted", &inverted, 1, 0, 255, "dark on light: inverted"),
        ("framed", &rows, 1, 11, 0, "cut to the"),
        ("large-inverted-framed", &inverted, 4, 30, 255, "dark on light: inverted"),
        ("faint", &faint, 3, 20, 204, "contrast stretched"),
    ] {
        let got = object(
            &dir,
            &format!("predict net {} --json", export(&dir, name, rows, scale, frame, background)),
        );
        assert_eq!(classes(&got), labels, "{name}");
        let steps = got["images"][0]["steps"].as_array().unwrap();
        assert!(steps.iter().any(|s| s.as_str().unwrap().contains(step)), "{name}: {steps:?}");
    }
    // Without its care the net sees something else.
    let blind = object(
        &dir,
        &format!("predict net {} --json --fit plain", export(&dir, "blind", &inverted, 4, 30, 255)),
    );
    assert_ne!(classes(&blind), labels);
    let text = printed(&dir, "predict net plain-0.png large-0.png");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines.len() == 4
            && lines[0].starts_with("plain-0.png: 7 (")
            && lines[3].starts_with("  112 x 112 pixels, grey; cut to"),
        "{text}"
    );
    assert!(object(&dir, "predict net plain-0.png --as-is --json")["images"][0]["class"] == 7);
    let file = object(&dir, "predict net/model.safetensors plain-0.png --json");
    assert_eq!(file["images"][0], object(&dir, "predict net plain-0.png --json")["images"][0]);
}

#[test]
fn what_cannot_be_predicted_is_one_line() {
    let dir = folder("predict-refusals");
    crate::save_mlp(&dir.join("net.safetensors"));
    let x: Vec<f32> = (0..784).map(|i| if i % 28 == 14 { 1.0 } else { 0.0 }).collect();
    export(&dir, "line", &[x], 2, 0, 0);
    export(&dir, "blank", &[vec![0.4; 784]], 2, 0, 102);
    let whole = fs::read(dir.join("line-0.png")).unwrap();
    fs::write(dir.join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.join("page.png"), "<html>not a picture</html>").unwrap();
    fs::write(dir.join("empty.png"), "").unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0xff;
    fs::write(dir.join("changed.png"), changed).unwrap();
    fs::write(dir.join("photo.png"), b"\xff\xd8\xff\xe0\0\x10JFIF").unwrap();
    let grain = |i: u64| 0.9 + 0.01 * Key::new(4).rng(i).normal() as f32;
    export(&dir, "sheet", &[(0..784).map(grain).collect()], 1, 0, 0);
    for (image, why) in [
        ("absent.png", "absent.png: no such file"),
        ("photo.png", "photo.png: is a JPEG, and only PNGs are read: convert it"),
        ("sheet-0.png", "hardly anything in it"),
        ("cut.png", "cut.png"),
        ("page.png", "is a web page"),
        ("empty.png", "empty.png"),
        ("changed.png", "no PNG"),
        ("blank-0.png", "nothing in it"),
        (".", "is no file"),
    ] {
        let text = refusal(&dir, &format!("predict net.safetensors {image}"), 1);
        assert!(text.contains(why) && text.trim_end().lines().count() == 1, "{image}: {text}");
    }
    let text = refusal(&dir, "predict net.safetensors line-0.png --as-is", 1);
    assert!(text.contains("56 x 56 pixels, the network takes 28 x 28"), "{text}");
    // Bad pictures do not take the answers for good ones away.
    let line = "predict net.safetensors absent.png line-0.png cut.png line-0.png";
    let out = ran(&dir, line);
    let text = String::from_utf8(out.stdout.clone()).unwrap();
    assert_eq!((out.status.code(), text.matches("line-0.png: ").count()), (Some(1), 2), "{text}");
    let told = said(&out);
    assert!(
        told.lines().count() == 2 && told.contains("absent.png: no such") && told.contains("cut.png"),
        "{told}"
    );
    let out = ran(&dir, &format!("{line} --json"));
    let object: Value = serde_json::from_slice(&out.stdout).unwrap();
    let images = object["images"].as_array().unwrap();
    assert_eq!((out.status.code(), images.len()), (Some(1), 4));
    assert!(images[0]["error"].as_str().unwrap().contains("no such file") && images[0]["class"].is_null());
    assert!(images[3]["error"].is_null() && images[1] == images[3]);
    assert!(refusal(&dir, "predict net.safetensors", 2).contains("IMAGE.png"));
    assert!(refusal(&dir, "predict nowhere line-0.png", 1).contains("nowhere"));
    refusal(&dir, "predict net.safetensors line-0.png --as-is --fit plain", 2);
}

#[test]
fn a_net_of_points_takes_no_pictures() {
    let dir = folder("predict-points");
    printed(&dir, "train classifier --data moons --epochs 1 --out moons");
    let x: Vec<f32> = (0..784).map(|i| if i % 28 == 14 { 1.0 } else { 0.0 }).collect();
    export(&dir, "line", &[x], 2, 0, 0);
    let text = refusal(&dir, "predict moons line-0.png", 1);
    assert!(
        text.contains("1 x 1 x 2") && text.contains("no picture") && text.contains("sparring eval"),
        "{text}"
    );
}

#[test]
fn bare_weights_with_a_spec_and_a_folder_of_pictures() {
    let dir = folder("predict-others");
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/formats");
    let x: Vec<f32> = (0..784).map(|i| if i % 28 == 14 { 1.0 } else { 0.0 }).collect();
    export(&dir, "line", &[x], 3, 4, 0);
    for name in ["mlp.safetensors", "mlp.toml"] {
        fs::copy(formats.join(name), dir.join(name)).unwrap();
    }
    let got = object(&dir, "predict mlp.safetensors --spec mlp.toml --json line-0.png");
    assert!(number(&got["images"][0], "probability") > 0.1);
    assert!(refusal(&dir, "predict mlp.safetensors line-0.png", 2).contains("--arch"));
    // Two classes of 8 x 8 pictures: rows and columns.
    for (class, step) in [("columns", 1), ("rows", 8)] {
        fs::create_dir_all(dir.join("pictures").join(class)).unwrap();
        for k in 0..30 {
            let x: Vec<f32> =
                (0..64).map(|i| if (i / step + k) % 3 == 0 { 0.9 } else { 0.05 * (k % 4) as f32 }).collect();
            let png = png_grid(
                &images_from_rows([1, 8, 8], &x).unwrap(),
                &GridSpec { scale: 1, padding: 0, ..GridSpec::default() },
            );
            fs::write(dir.join(format!("pictures/{class}/{k:02}.png")), png.unwrap()).unwrap();
        }
    }
    let out = ran(&dir, "train classifier --data pictures --arch mlp --epochs 30 --out net --json");
    assert!(out.status.success(), "{}", said(&out));
    let got = object(&dir, "predict net pictures/rows/07.png pictures/columns/08.png --json");
    assert_eq!([&got["images"][0]["name"], &got["images"][1]["name"]], ["rows", "columns"]);
    assert!(printed(&dir, "predict net pictures/rows/07.png").starts_with("pictures/rows/07.png: rows ("));
}
