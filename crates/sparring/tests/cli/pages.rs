//! Pages that the command writes: what must be on each, whatever was measured.

use crate::{folder, printed};
use std::path::Path;

/// Runs the command and reads the page it wrote.
fn page(dir: &Path, line: &str, file: &str) -> String {
    printed(dir, line);
    let html = std::fs::read_to_string(dir.join(file)).unwrap();
    everywhere(line, &html);
    html
}

/// The command on a page, as a shell would read it.
fn repeated(html: &str) -> String {
    let code = html.split("To repeat:</figcaption><pre tabindex=\"0\"><code>").nth(1).expect("a command");
    code.split('<').next().unwrap().replace(" \\\n   ", "")
}

/// What holds on every page.
fn everywhere(line: &str, html: &str) {
    // Without the pictures, in whose letters any word may stand by chance.
    let mut parts = html.split("base64,");
    let before = parts.next().unwrap_or_default().to_string();
    let text = parts.filter_map(|part| part.split_once('"')).fold(before, |all, (_, rest)| all + rest);
    for wrong in ["NaN", ">inf", "when_fooled", "http-equiv=\"refresh\"", "<script"] {
        assert!(!text.contains(wrong), "{line}: {wrong}");
    }
    // Without what says where the results go and how fast they come; by no path of this machine.
    let command = repeated(html);
    assert!(command.starts_with("sparring "), "{command}");
    assert!(
        !command.contains("--out") && !command.contains("--threads") && !command.contains("--json"),
        "{command}"
    );
    let program = env!("CARGO_BIN_EXE_sparring");
    assert!(!html.contains(program), "{line}: the path of the program");
    // Every image and every chart can be heard.
    assert!(!html.contains("alt=\"\"") && !html.contains("aria-label=\"\""), "{line}");
    for chart in charts(html) {
        assert!(chart.contains("<title>") && chart.contains("<desc>"), "{line}");
        for tick in epoch_ticks(chart) {
            assert!(tick.parse::<usize>().is_ok(), "{line}: epoch {tick}");
        }
    }
}

fn charts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<svg xmlns").skip(1).map(|c| c.split("</figure>").next().unwrap())
}

/// The labels under a chart whose horizontal axis counts epochs: centred texts without a class.
fn epoch_ticks(chart: &str) -> Vec<&str> {
    if !chart.contains(">epoch</text>") {
        return Vec::new();
    }
    let texts = chart.split("text-anchor=\"middle\">").skip(1).map(|t| t.split('<').next().unwrap());
    let ticks: Vec<_> = texts.filter(|t| *t != "epoch").collect();
    assert!(!ticks.is_empty());
    ticks
}

#[test]
fn classifier_and_attack() {
    let dir = folder("pages-classifier");
    let line = "train classifier --epochs 3 --threads 2 --json --activation leaky_relu(0.2) --out run";
    let html = page(&dir, line, "run/report.html");
    assert_eq!(
        repeated(&html),
        "sparring train classifier --epochs 3 --activation &#39;leaky_relu(0.2)&#39;"
    );
    for words in ["test accuracy", "95\u{a0}% interval", "training accuracy", "class=\"band\"", ">3</text>"] {
        assert!(html.contains(words), "{words}");
    }
    for words in [
        "Confusion matrix",
        "<h2>Mistakes</h2>",
        "macro F1",
        " taken for ",
        "<th scope=\"col\" class=\"n\">recall",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let cards =
        html.split("<figure class=\"image-cards\">").nth(1).unwrap().split("</figure>").next().unwrap();
    assert_eq!((cards.matches("<img").count(), cards.matches("<b class=\"title").count()), (18, 18));
    assert!(!html.contains("Learning rate</title>"), "it does not change");
    // Three epochs above 50 %: the axis is cut, and says so.
    assert!(html.contains("class=\"break\"") && html.contains("accuracy, axis from "), "no mark");

    let line =
        "attack run --attack fgsm,pgd --eps 0.1 --steps 5 --n 40 --report page.html --save x.safetensors";
    let html = page(&dir, line, "page.html");
    assert!(
        repeated(&html).ends_with("--eps 0.1 --steps 5 --n 40 --report report.html"),
        "{}",
        repeated(&html)
    );
    let cards = html.matches("<div class=\"three\">").count();
    assert_eq!((cards, html.matches("class=\"legend\"").count()), (12, 1));
    // Each example says which attack made it, or why none did; each accuracy has its interval.
    let made = html.split("</span><span>").skip(1).map(|t| t.split('<').next().unwrap());
    let made: Vec<_> =
        made.filter(|m| ["fgsm", "pgd", "not attacked", "no attack came nearer"].contains(m)).collect();
    assert_eq!(made.len(), 12, "{made:?}");
    let rows = html.split("class=\"measure\"").skip(1);
    assert_eq!(rows.clone().count(), 4, "clean, two attacks, the worst case");
    assert!(
        rows.into_iter().all(|r| r.contains("</span></span><small>")),
        "an accuracy without its interval"
    );
    assert!(html.contains("each image until it is misclassified"), "settings in words");
}

#[test]
fn autoencoder_and_gan() {
    let dir = folder("pages-generators");
    let html = page(&dir, "train autoencoder --epochs 2 --out ae", "ae/report.html");
    for label in ["test image", "network, 32 numbers, error 0.", "PCA, error 0."] {
        assert_eq!(html.matches(&format!("<span>{label}")).count(), 2, "{label}");
    }
    assert!(
        html.contains(" times that of PCA-32") || html.contains("no better than the mean image"),
        "words"
    );
    // Constants are lines without markers: only the two measured series have some, in the colour of the network.
    let chart = charts(&html).find(|c| c.contains("Squared error of a pixel")).unwrap();
    assert_eq!(chart.matches("class=\"level\" stroke").count(), 2 * 2, "in the plot and in the legend");
    assert!(
        !chart.contains("class=\"mark\" fill=\"var(--c1)\"")
            && chart.contains("class=\"mark\" fill=\"var(--c0)\"")
    );

    let html = page(&dir, "train gan --epochs 3 --out gan", "gan/report.html");
    let pair = html.split("<div class=\"pictures\">").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(pair.contains("Epoch 1, the first") && pair.contains("Epoch 3, the last"), "before and after");
    assert_eq!(html.matches("<span>nearest training image</span>").count(), 2);
}

#[test]
fn a_page_of_one_epoch_says_what_there_is() {
    let dir = folder("one-epoch");
    let line = "train classifier --data moons --batch 100 --validate-attack pgd(steps=2) --validate-eps 0.05";
    let one = page(&dir, &format!("{line} --epochs 1 --out one"), "one/report.html");
    assert!(one.contains("95\u{a0}% confidence.") && !one.contains("the band in the chart"));
    // Test, training and validation points are of one colour, and each of its own look.
    let marks = |look: &str| one.matches(look).count();
    assert!(
        marks("class=\"mark\" fill=\"var(--c0)\"") > 0 && marks("class=\"hollow\" stroke=\"var(--c0)\"") > 0
    );
    assert!(one.contains("robust accuracy: pgd in linf at eps 0.05"));
    assert!(
        one.contains("167 images held out of the training set, after each epoch attacked by pgd(steps=2")
    );
    let two = page(&dir, &format!("{line} --epochs 2 --out two"), "two/report.html");
    assert!(two.contains("the band in the chart is that interval"));
}
