//! Rows of pictures with names: originals, and what became of each.

use super::picture::enlarged_picture;
use crate::escape::{brief_into, name_into, prose_into};
use crate::grid::Image;

/// Longer side of a picture, in pixels.
const SIDE: usize = 168;

/// Rows of pictures under each other, so that a column is one example.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageRows {
    /// Running text above; may be empty.
    pub caption: String,
    /// The rows.
    pub rows: Vec<ImageRow>,
}

/// One row of pictures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageRow {
    /// What stands beside it.
    pub label: String,
    /// What there is to see in each picture, for those who cannot.
    pub alt: String,
    /// The pictures, left to right.
    pub images: Vec<Image>,
}

impl ImageRows {
    pub(super) fn render(&self, out: &mut String) {
        let across = self.rows.iter().map(|row| row.images.len()).max().unwrap_or(0).max(1);
        out.push_str("<figure class=\"image-rows\">");
        if !self.caption.is_empty() {
            out.push_str("<figcaption>");
            prose_into(&self.caption, out);
            out.push_str("</figcaption>");
        }
        for row in &self.rows {
            out.push_str(&format!(
                "<div class=\"image-row\" style=\"--n:{across}\" role=\"group\" aria-label=\""
            ));
            name_into(&row.label, out);
            out.push_str("\"><span>");
            brief_into(&row.label, out);
            out.push_str("</span><div>");
            for (i, image) in row.images.iter().enumerate() {
                enlarged_picture(
                    image,
                    SIDE,
                    &format!("{}, {} of {}", row.alt, i + 1, row.images.len()),
                    out,
                );
            }
            out.push_str("</div></div>\n");
        }
        out.push_str("</figure>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_name_and_its_pictures() {
        let image = Image::new([1, 2, 2], &[0.1, 0.2, 0.3, 0.4]).unwrap();
        let row = |label: &str, n| ImageRow {
            label: label.into(),
            alt: "digit".into(),
            images: vec![image.clone(); n],
        };
        let mut out = String::new();
        ImageRows { caption: "c".into(), rows: vec![row("<a>", 3), row("b", 2)] }.render(&mut out);
        assert_eq!((out.matches("<img").count(), out.matches("--n:3").count()), (5, 2));
        assert!(out.contains("<span>&lt;a&gt;</span>") && out.contains("alt=\"digit, 2 of 3\""));
        crate::html::balance::check(&out).unwrap();
    }
}
