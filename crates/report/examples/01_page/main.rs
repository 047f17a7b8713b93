//! Writes a page with every block on it, from invented numbers and drawn digits: what a report can look like.
//!
//! `cargo run -p sparring-report --example 01_page -- page.html`

mod digits;
mod gallery;

use sparring_report::ReportError;
use sparring_report::grid::{GridSpec, Image, images_from_rows, png_grid};
use sparring_report::html::{
    Block, Cell, Code, Details, Figure, ImageCard, ImageCards, ImageRow, ImageRows, Note, Page, Section,
    StatTile, Table, Tone,
};
use sparring_report::svg::{
    Axis, AxisRange, BarChart, BarSeries, Chart, CountMatrix, HorizontalLine, LineChart, Scale, Series, Size,
    TickFormat, Ticks, VerticalLine,
};

use digits::{SIDE, digit};
use gallery::gallery;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: 01_page FILE.html [CHART.svg]")?;
    page()?.save(&path)?;
    if let Some(svg) = std::env::args().nth(2) {
        std::fs::write(svg, by_eps().to_svg(Size::Wide))?;
    }
    Ok(())
}

fn page() -> Result<Page, ReportError> {
    let mut summary = Section::new("Summary");
    summary.blocks.push(Block::Note(Note {
        title: "Invented.".into(),
        text: "All numbers on this page are made up to show the blocks; the digits are drawn, not read."
            .into(),
        tone: Tone::Bad,
    }));
    let tile = |value: &str, label: &str, note: &str, tone| StatTile {
        value: value.into(),
        label: label.into(),
        note: note.into(),
        tone,
    };
    summary.blocks.push(Block::Tiles(vec![
        tile("97.9 %", "standard, clean", "95 % interval 96.8 to 98.6", Tone::Plain),
        tile("0.0 %", "standard, PGD-40, eps 0.3", "0 of 1,000 left", Tone::Bad),
        tile("97.1 %", "hardened, clean", "95 % interval 95.9 to 98.0", Tone::Plain),
        tile("79.7 %", "hardened, PGD-40, eps 0.3", "95 % interval 77.1 to 82.1", Tone::Good),
    ]));
    summary.blocks.push(Block::facts([
        ("data", "mnist-10k, built in"),
        ("network", "`fgsm-rs`, 166,406 parameters"),
        ("defence", "FGSM-RS, then PGD-7"),
        ("epochs", "20"),
        ("seed", "1"),
        ("spec", "conv 16 4x4 s2, conv 32 4x4 s2, fc 100, fc 10"),
    ]));

    let mut results = Section::new("Robustness");
    results.blocks.push(Block::text(
        "Accuracy on the first 1,000 test images. An image counts as `robust` only if no attack changed its class.",
    ));
    results.blocks.push(Block::Table(robustness()));
    results.blocks.push(Block::Chart(by_eps()));
    results.blocks.push(Block::Chart(bars()));
    results.blocks.push(Block::Chart(Chart::Matrix(CountMatrix {
        title: "Which digit is taken for which".into(),
        row_label: "true class".into(),
        column_label: "predicted class".into(),
        names: ["3", "5", "8"].map(String::from).to_vec(),
        counts: vec![95, 4, 1, 2, 87, 0, 6, 3, 91],
        ..CountMatrix::default()
    })));

    let mut training = Section::new("Training");
    training.blocks.push(Block::Charts(curves()));

    let mut examples = Section::new("Adversarial examples");
    examples.blocks.push(Block::Gallery(gallery()?));
    let rows: Vec<f32> = (0..40).flat_map(|i| digit(i % 10, 0.15 * (i / 10) as f32)).collect();
    let grid = png_grid(
        &images_from_rows([1, SIDE, SIDE], &rows)?,
        &GridSpec { columns: 10, scale: 3, ..GridSpec::default() },
    )?;
    let strip =
        |faint: f32| (0..10).map(|i| Image::new([1, SIDE, SIDE], &digit(i, faint))).collect::<Result<_, _>>();
    examples.blocks.push(Block::ImageRows(ImageRows {
        caption: "Rows of images, each with its name.".into(),
        rows: vec![
            ImageRow { label: "full strength".into(), alt: "a drawn digit".into(), images: strip(0.0)? },
            ImageRow { label: "faint".into(), alt: "a faint digit".into(), images: strip(0.45)? },
        ],
    }));
    let card = |i: usize| {
        Ok(ImageCard {
            image: Image::new([1, SIDE, SIDE], &digit(i, 0.3))?,
            alt: format!("a faint {i}"),
            title: format!("{i} → {}", (i + 3) % 10),
            tone: Tone::Plain,
            note: "71 %".into(),
        })
    };
    examples.blocks.push(Block::ImageCards(ImageCards {
        caption: "Single images, each with a few words.".into(),
        cards: (0..6).map(card).collect::<Result<_, ReportError>>()?,
    }));
    examples.blocks.push(Block::Figure(Figure {
        png: grid,
        alt: "Forty drawn digits in four rows, fainter from row to row".into(),
        caption: "A grid, `png_grid`: ten digits at four strengths.".into(),
    }));

    let mut again = Section::new("Again, and in detail");
    again.blocks.push(Block::Code(Code {
        caption: "The same run:".into(),
        text: "sparring demo --seed 1 --out runs/demo-1\nsparring attack runs/demo-1/hardened --attack pgd --norm linf --eps 0.3 --steps 40 --restarts 5".into(),
    }));
    let card = Table {
        headers: vec!["parameter".into(), "value".into()],
        rows: [
            ("norm", "linf"),
            ("eps", "0.3"),
            ("steps", "40"),
            ("step_size", "0.01"),
            ("start", "uniform in the ball"),
        ]
        .map(|(name, value)| vec![Cell::from(name), Cell::from(value)])
        .into(),
        ..Table::default()
    };
    again.blocks.push(Block::Details(Details {
        summary: "Attack card: PGD-40".into(),
        blocks: vec![Block::Table(card)],
    }));
    again.blocks.push(Block::Details(Details {
        summary: "`config.json`".into(),
        blocks: vec![Block::Code(Code {
            caption: String::new(),
            text: "{\n  \"seed\": 1,\n  \"eps\": 0.3\n}".into(),
        })],
    }));

    Ok(Page {
        title: "Standard against hardened".into(),
        subtitle: "A small convolutional network before and after adversarial training, and what attacks make of both.".into(),
        sections: vec![summary, results, training, examples, again],
        footer: "Made by the example `01_page` of sparring-report.".into(),
    })
}

fn robustness() -> Table {
    let rows = [
        ("clean", "–", 0.979, 0.971),
        ("FGSM", "0.1", 0.712, 0.957),
        ("FGSM", "0.2", 0.301, 0.938),
        ("FGSM", "0.3", 0.112, 0.902),
        ("PGD-40", "0.1", 0.443, 0.948),
        ("PGD-40", "0.2", 0.012, 0.897),
        ("PGD-40", "0.3", 0.0, 0.797),
    ];
    let cells = |(name, eps, a, b): (&str, &str, f64, f64)| {
        vec![name.into(), eps.into(), Cell::percent(a), Cell::percent(b)]
    };
    Table {
        caption: "Share of 1,000 test images still classified correctly, L-inf.".into(),
        headers: ["attack", "eps", "standard", "hardened"].map(String::from).into(),
        rows: rows.map(cells).into(),
        highlight: vec![6],
    }
}

fn percent(label: &str) -> Axis {
    Axis {
        label: label.into(),
        format: TickFormat::Percent,
        range: AxisRange::Fixed(0.0, 1.0),
        ..Axis::default()
    }
}

fn by_eps() -> Chart {
    let eps = || (0..=8).map(|i| f64::from(i) * 0.05);
    let fall =
        |sharp: f64, middle: f64, top: f64| move |e: f64| (e, top / (1.0 + (sharp * (e - middle)).exp()));
    let band = |points: &[(f64, f64)]| {
        points.iter().map(|&(e, a)| (e, (a - 0.03).max(0.0), (a + 0.03).min(1.0))).collect()
    };
    let standard: Vec<_> = eps().map(fall(40.0, 0.09, 0.98)).collect();
    let hardened: Vec<_> = eps().map(fall(18.0, 0.36, 0.975)).collect();
    Chart::Line(LineChart {
        title: "Accuracy under PGD-40".into(),
        x: Axis { label: "eps (L-inf)".into(), ..Axis::default() },
        y: percent("accuracy"),
        series: vec![
            Series { band: band(&standard), ..Series::new("standard", standard.clone()) },
            Series { band: band(&hardened), ..Series::new("hardened", hardened.clone()) },
        ],
        horizontal: vec![HorizontalLine { name: "chance".into(), y: 0.1, slot: None }],
        vertical: vec![VerticalLine { x: 0.3, label: "hardened: trained for eps 0.3".into() }],
        ..LineChart::default()
    })
}

fn bars() -> Chart {
    let series = |name: &str, values: [f64; 4]| BarSeries {
        name: name.into(),
        values: values.into(),
        intervals: values.map(|v| ((v - 0.02).max(0.0), (v + 0.02).min(1.0))).into(),
        slot: None,
    };
    Chart::Bar(BarChart {
        title: "The same by attack, eps 0.3".into(),
        categories: ["clean", "noise", "FGSM", "PGD-40"].map(String::from).into(),
        y: percent("accuracy"),
        series: vec![
            series("standard", [0.979, 0.93, 0.112, 0.0]),
            series("hardened", [0.971, 0.968, 0.902, 0.797]),
        ],
        ..BarChart::default()
    })
}

fn curves() -> Vec<Chart> {
    let steps = 1..=1560;
    let loss = |rate: f64, floor: f64| {
        steps.clone().map(move |i| {
            let ripple = ((i * 7919 % 997) as f64 / 997.0 - 0.5) * 0.5;
            (f64::from(i), (floor + 2.3 * (-f64::from(i) / rate).exp()) * (1.0 + ripple))
        })
    };
    let log = Axis { label: "loss".into(), scale: Scale::Log10, ..Axis::default() };
    let epochs = |top: f64| (1..=20).map(move |e| (f64::from(e), top - 0.5 * (-f64::from(e) / 3.0).exp()));
    vec![
        Chart::Line(LineChart {
            title: "Training loss".into(),
            x: Axis { label: "step".into(), ..Axis::default() },
            y: log,
            series: vec![
                Series::new("standard", loss(150.0, 0.01)),
                Series::new("hardened", loss(300.0, 0.3)),
            ],
            ..LineChart::default()
        }),
        Chart::Line(LineChart {
            title: "Test accuracy".into(),
            x: Axis { label: "epoch".into(), ticks: Ticks::Whole, ..Axis::default() },
            y: Axis {
                label: "accuracy".into(),
                format: TickFormat::Percent,
                range: AxisRange::Broken,
                ..Axis::default()
            },
            series: vec![Series::new("standard", epochs(0.98)), Series::new("hardened", epochs(0.95))],
            ..LineChart::default()
        }),
    ]
}
