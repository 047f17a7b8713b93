//! Suites: each attack gets what those before it left, and norms that an attack does not work in are refused.

use crate::{folder, number, object, printed, refusal, tiny};

#[test]
fn a_suite_is_a_cascade() {
    let dir = folder("suites");
    tiny(&dir);
    printed(&dir, "train classifier --data tiny --epochs 2 --out run");
    let line = "attack run --n 12 --eps 0.05 --seed 3 --json";
    let found = object(&dir, &format!("{line} --suite standard"));
    let stages = found["stages"].as_array().unwrap();
    let names: Vec<&str> = stages.iter().map(|s| s["attack"].as_str().unwrap()).collect();
    assert_eq!(names, ["apgd-ce", "apgd-t", "fab-t", "square"]);
    let left: Vec<u64> = stages.iter().map(|s| s["survivors"].as_u64().unwrap()).collect();
    let clean = (12.0 * number(&found, "clean")).round() as u64;
    assert!(left[0] <= clean && left.windows(2).all(|pair| pair[1] <= pair[0]), "{clean} {left:?}");
    assert_eq!((12.0 * number(&found, "robust_accuracy")).round() as u64, left[3]);
    // Alone each attack is given all images: the first one's figure is the same.
    let alone = object(&dir, &format!("{line} --attack apgd"));
    assert!(alone["stages"].is_null());
    assert_eq!((12.0 * number(&alone["attacks"][0], "accuracy")).round() as u64, left[0]);
    let told = printed(&dir, "attack run --n 12 --eps 2 --norm l1 --suite standard");
    assert!(told.contains("what is left after it") && told.contains("norm l1"), "{told}");
}

#[test]
fn what_a_suite_does_not_take_is_refused() {
    let dir = folder("no-suites");
    tiny(&dir);
    printed(&dir, "train classifier --data tiny --epochs 1 --out run");
    let told = refusal(&dir, "attack run --suite standard --attack pgd", 2);
    assert!(told.contains("--suite") && told.contains("--attack"), "{told}");
    let told = refusal(&dir, "attack run --suite quick --steps 3", 2);
    assert!(told.contains("--steps belongs to --attack"), "{told}");
    let told = refusal(&dir, "attack run --norm l1 --attack pgd --n 5", 2);
    assert!(told.contains("pgd does not work in l1, only in linf, l2"), "{told}");
}
