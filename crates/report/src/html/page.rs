//! The page around the sections.

use std::path::Path;

use super::block::Section;
use super::render;
use crate::ReportError;
use crate::escape::{brief_into, name_into, prose_into};
use crate::svg;

const STYLE: &str = include_str!("page.css");
/// Contents are worth their room from this many sections on.
const CONTENTS: usize = 3;

/// A report: everything on it, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Name of the page and of its window.
    pub title: String,
    /// Running text under the title; may be empty.
    pub subtitle: String,
    /// The chapters.
    pub sections: Vec<Section>,
    /// Last line: what made the page; may be empty.
    pub footer: String,
}

impl Page {
    /// The page as one HTML file: no network, no script, equal bytes for equal pages.
    ///
    /// A content policy inside it forbids every request, so that it stays so.
    pub fn to_html(&self) -> String {
        let mut out = String::from(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
             <meta name=\"generator\" content=\"sparring\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>",
        );
        name_into(&self.title, &mut out);
        out.push_str("</title>\n<style>\n");
        out.push_str(STYLE);
        out.push_str(svg::STYLE);
        out.push_str("</style>\n</head>\n<body>\n<header>\n<h1>");
        brief_into(&self.title, &mut out);
        out.push_str("</h1>\n");
        if !self.subtitle.is_empty() {
            out.push_str("<p class=\"lead\">");
            prose_into(&self.subtitle, &mut out);
            out.push_str("</p>\n");
        }
        self.contents(&mut out);
        out.push_str("</header>\n<main>\n");
        for (i, section) in self.sections.iter().enumerate() {
            out.push_str(&format!("<section id=\"s{}\">\n", i + 1));
            if !section.title.is_empty() {
                out.push_str("<h2>");
                brief_into(&section.title, &mut out);
                out.push_str("</h2>\n");
            }
            for block in &section.blocks {
                render::block(block, &mut out);
            }
            out.push_str("</section>\n");
        }
        out.push_str("</main>\n");
        if !self.footer.is_empty() {
            out.push_str("<footer><p>");
            prose_into(&self.footer, &mut out);
            out.push_str("</p></footer>\n");
        }
        out.push_str("</body>\n</html>\n");
        out
    }

    /// Writes [`Page::to_html`] to `path`, whole or not at all; an older file there is replaced.
    ///
    /// # Errors
    /// If the folder does not exist or the system refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        crate::write::write_atomic(path.as_ref(), self.to_html().as_bytes())
    }

    fn contents(&self, out: &mut String) {
        let named = || self.sections.iter().enumerate().filter(|(_, s)| !s.title.is_empty());
        if named().count() < CONTENTS {
            return;
        }
        out.push_str("<nav aria-label=\"Contents\"><ol>");
        for (i, section) in named() {
            out.push_str(&format!("<li><a href=\"#s{}\">", i + 1));
            brief_into(&section.title, out);
            out.push_str("</a></li>");
        }
        out.push_str("</ol></nav>\n");
    }
}
