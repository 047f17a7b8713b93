//! One page with everything on it, filled with the worst strings.

use super::*;
use crate::grid::{GridSpec, Image, png_grid};
use crate::svg::{
    BarChart, BarSeries, Chart, CountMatrix, HorizontalLine, LineChart, PointGroup, ScatterChart, Series,
    VerticalLine,
};

/// A page whose every string is `text`.
fn full_of(text: &str) -> Page {
    let t = || text.to_owned();
    let image = Image::new([1, 2, 2], &[0.0, 0.3, 0.6, 1.0]).unwrap();
    let entry = GalleryEntry {
        clean: image.clone(),
        perturbation: Image::signed([1, 2, 2], &[0.1, -0.1, 0.0, 0.3], 0.3).unwrap(),
        adversarial: image.clone(),
        label: t(),
        before: Prediction { class: t(), confidence: t() },
        after: Prediction { class: "other".into(), confidence: t() },
        attack: t(),
    };
    let line = Chart::Line(LineChart {
        title: t(),
        series: vec![Series::new(t(), [(0.0, 1.0), (1.0, 0.5)])],
        horizontal: vec![HorizontalLine { name: t(), y: 0.7, slot: None }],
        vertical: vec![VerticalLine { x: 0.5, label: t() }],
        ..LineChart::default()
    });
    let bars = BarSeries { name: t(), values: vec![0.5], ..BarSeries::default() };
    let bar =
        Chart::Bar(BarChart { title: t(), categories: vec![t()], series: vec![bars], ..BarChart::default() });
    let matrix = Chart::Matrix(CountMatrix {
        title: t(),
        description: t(),
        row_label: t(),
        column_label: t(),
        names: vec![t(), t()],
        counts: vec![3, 1, 0, 2],
    });
    let group = PointGroup { name: t(), points: vec![(0.5, 0.5)], slot: None };
    let scatter = Chart::Scatter(ScatterChart {
        title: t(),
        description: t(),
        groups: vec![group],
        ..ScatterChart::default()
    });
    let card = ImageCard { image: image.clone(), alt: t(), title: t(), tone: Tone::Bad, note: t() };
    let cell = Cell { text: t(), note: t(), bar: Some(0.5), tone: Tone::Bad, link: t() };
    let blocks = vec![
        Block::text(t()),
        Block::Note(Note { title: t(), text: t(), tone: Tone::Good }),
        Block::Tiles(vec![StatTile { value: t(), label: t(), note: t(), tone: Tone::Bad }]),
        Block::facts([(t(), t())]),
        Block::Table(Table {
            caption: t(),
            headers: vec![t(), t()],
            rows: vec![vec![t().into(), cell], vec![Cell { link: t(), ..t().into() }]],
            highlight: vec![0],
        }),
        Block::Chart(line.clone()),
        Block::Charts(vec![line, bar, matrix]),
        Block::Chart(scatter),
        Block::Figure(Figure {
            png: png_grid(&[image.clone(), image.clone()], &GridSpec::default()).unwrap(),
            alt: t(),
            caption: t(),
        }),
        Block::Figure(Figure::of(&image, t())),
        Block::Figures(vec![Figure::of(&image, t()), Figure::of(&image, t())]),
        Block::ImageRows(ImageRows {
            caption: t(),
            rows: vec![ImageRow { label: t(), alt: t(), images: vec![image.clone(), image.clone()] }],
        }),
        Block::ImageCards(ImageCards { caption: t(), cards: vec![card] }),
        Block::Gallery(Gallery { caption: t(), entries: vec![entry] }),
        Block::Code(Code { caption: t(), text: t() }),
        Block::Details(Details {
            summary: t(),
            blocks: vec![Block::text(t()), Block::Details(Details { summary: t(), blocks: vec![] })],
        }),
    ];
    let sections =
        vec![Section { title: t(), blocks }, Section::new(t()), Section::new(t()), Section::new("")];
    Page { title: t(), subtitle: t(), sections, footer: t() }
}

#[test]
fn is_well_formed_whatever_it_says() {
    for text in [
        "plain",
        "",
        "<script>alert(1)</script>",
        "\"><img src=x onerror='y'>",
        "a & b &amp; `c <d` e",
        "</style></title>",
        "--><![CDATA[",
        "\0\u{1b}[31m",
        "`",
        "７→３ ε≤0.3 😀",
        "\u{202e}gpj.\u{200b}exe",
        &"long".repeat(50_000),
        &"many words ".repeat(20_000),
    ] {
        let html = full_of(text).to_html();
        balance::check(&html).unwrap_or_else(|wrong| panic!("{text:.40?}: {wrong:.200}"));
        assert!(!html.contains("<script") && !html.contains("<img src=x"), "{text:.40}");
        let unseen = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}');
        assert!(!html.contains(unseen), "{text:.40?}");
        // A name of 200 KB stands whole in the one block that holds a file, and nowhere else.
        assert!(html.len() < 300_000 + text.len(), "{} bytes of {} ", html.len(), text.len());
    }
}

#[test]
fn asks_for_nothing_from_outside() {
    let html = full_of("plain").to_html();
    assert!(html.contains("default-src 'none'"));
    for request in ["http://", "https://", "url(", "@import", "<link", "<script", " src=\"/", "javascript:"] {
        let found: Vec<_> = html
            .match_indices(request)
            .filter(|(i, _)| !html[*i..].starts_with("http://www.w3.org/2000/svg"))
            .collect();
        assert!(found.is_empty(), "{request}: {found:?}");
    }
    let sources = html.split("src=\"").skip(1);
    assert!(
        sources.clone().count() >= 5 && sources.into_iter().all(|s| s.starts_with("data:image/png;base64,"))
    );
}

#[test]
fn has_the_structure_it_was_given() {
    let page = full_of("word");
    let html = page.to_html();
    for (piece, count) in [
        ("<h1>", 1),
        ("<h2>", 3),
        ("<section id=", 4),
        ("<a href=\"#s", 3),
        ("<table>", 1),
        ("<svg xmlns", 7),
        ("<details>", 2),
        ("<pre tabindex", 1),
        ("<dl class=\"facts\">", 1),
        ("<figure class=\"gallery\">", 1),
        ("class=\"note good\"", 1),
        ("<footer>", 1),
    ] {
        assert_eq!(html.matches(piece).count(), count, "{piece}");
    }
    // Every link has its target.
    for link in html.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    assert_eq!(html, page.clone().to_html(), "equal pages, equal bytes");
}

#[test]
fn is_saved_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let page = full_of("word");
    page.save(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page.to_html());
    assert!(page.save(folder.path().join("missing/report.html")).is_err());
}

#[test]
fn an_empty_page_is_a_page() {
    let html = Page::default().to_html();
    balance::check(&html).unwrap();
    assert!(!html.contains("<nav"));
}
