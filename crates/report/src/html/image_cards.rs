//! Single pictures with what is said of each.

use super::picture::enlarged_picture;
use super::tone::Tone;
use crate::escape::{brief_into, prose_into};
use crate::grid::Image;

/// Longer side of a picture, in pixels.
const SIDE: usize = 224;

/// Pictures side by side, each with a few words below.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageCards {
    /// Running text above; may be empty.
    pub caption: String,
    /// The cards.
    pub cards: Vec<ImageCard>,
}

/// One picture and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageCard {
    /// The picture.
    pub image: Image,
    /// What there is to see, for those who cannot.
    pub alt: String,
    /// The line below it.
    pub title: String,
    /// Colour of that line.
    pub tone: Tone,
    /// A smaller line; may be empty.
    pub note: String,
}

impl ImageCards {
    pub(super) fn render(&self, out: &mut String) {
        out.push_str("<figure class=\"image-cards\">");
        if !self.caption.is_empty() {
            out.push_str("<figcaption>");
            prose_into(&self.caption, out);
            out.push_str("</figcaption>");
        }
        out.push_str("<ul>\n");
        for card in &self.cards {
            out.push_str("<li>");
            enlarged_picture(&card.image, SIDE, &card.alt, out);
            out.push_str("<p><b class=\"title");
            out.push_str(card.tone.class());
            out.push_str("\">");
            brief_into(&card.title, out);
            out.push_str("</b>");
            if !card.note.is_empty() {
                out.push_str("<span class=\"small\">");
                brief_into(&card.note, out);
                out.push_str("</span>");
            }
            out.push_str("</p></li>\n");
        }
        out.push_str("</ul></figure>\n");
    }
}
