//! The pieces a page is made of.
//!
//! Running text may hold `code` between backticks; nothing else in it has a meaning, and all of it is escaped.

use super::{Gallery, ImageCards, ImageRows, Table, Tone};
use crate::grid::Image;
use crate::svg::Chart;

/// A chapter of the page, with an entry in the contents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// What follows it.
    pub blocks: Vec<Block>,
}

impl Section {
    /// An empty section under a heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new() }
    }
}

/// One piece of a section.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Block {
    /// Running text.
    Paragraph(String),
    /// A remark set apart: what to keep in mind, what fell short.
    Note(Note),
    /// The few numbers that matter most, large.
    Tiles(Vec<StatTile>),
    /// Names and values.
    Facts(Vec<Fact>),
    /// Rows and columns.
    Table(Table),
    /// A chart over the full width (laid out anew for a phone).
    Chart(Chart),
    /// Several charts side by side, one under the other on a phone.
    Charts(Vec<Chart>),
    /// A picture with a caption.
    Figure(Figure),
    /// Two or more pictures side by side, also on a phone: before and after.
    Figures(Vec<Figure>),
    /// Rows of pictures, each with its name beside it.
    ImageRows(ImageRows),
    /// Single pictures, each with a few words.
    ImageCards(ImageCards),
    /// Adversarial examples.
    Gallery(Gallery),
    /// A command or a piece of a file.
    Code(Code),
    /// Something long, closed until asked for.
    Details(Details),
}

impl Block {
    /// A paragraph.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Paragraph(text.into())
    }

    /// A list of facts from (name, value) pairs.
    pub fn facts<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self::Facts(
            pairs.into_iter().map(|(name, value)| Fact { name: name.into(), value: value.into() }).collect(),
        )
    }
}

/// Blocks behind one line: an attack card, a configuration, a long table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// The line that is always seen.
    pub summary: String,
    /// What it opens.
    pub blocks: Vec<Block>,
}

/// A remark set apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Note {
    /// First words, bold; may be empty.
    pub title: String,
    /// Running text.
    pub text: String,
    /// Colour of the rule beside it.
    pub tone: Tone,
}

/// A large number with its name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatTile {
    /// The number, with its unit.
    pub value: String,
    /// What it is.
    pub label: String,
    /// A smaller line: interval, budget, sample size; may be empty.
    pub note: String,
    /// Colour of the number.
    pub tone: Tone,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value; may hold `code`.
    pub value: String,
}

/// A picture with a caption.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figure {
    /// A PNG file, from [`crate::grid::png_grid`] or [`Image::to_png`].
    pub png: Vec<u8>,
    /// What there is to see, for those who cannot.
    pub alt: String,
    /// Running text below; may be empty.
    pub caption: String,
}

impl Figure {
    /// A figure of one picture.
    pub fn of(image: &Image, caption: impl Into<String>) -> Self {
        let caption = caption.into();
        Self { png: image.to_png(), alt: caption.clone(), caption }
    }
}

/// A command or a piece of a file, in fixed width.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// Shown above; may be empty.
    pub caption: String,
    /// The text, line breaks kept.
    pub text: String,
}
