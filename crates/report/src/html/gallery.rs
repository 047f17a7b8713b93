//! Adversarial examples, each as clean image, perturbation and result.

use super::render::picture;
use crate::escape::{escape, prose_into};
use crate::grid::Image;

/// Adversarial examples side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gallery {
    /// Running text above: which model, which attack, which budget.
    pub caption: String,
    /// The examples.
    pub entries: Vec<GalleryEntry>,
}

/// One example and what a model made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Before the attack.
    pub clean: Image,
    /// The difference, from [`Image::signed`].
    pub perturbation: Image,
    /// After it.
    pub adversarial: Image,
    /// The true class.
    pub label: String,
    /// What the model saw before.
    pub before: Prediction,
    /// What it sees now.
    pub after: Prediction,
}

/// A class, with how sure the model is of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prediction {
    /// Name of the class.
    pub class: String,
    /// Confidence in words or percent; may be empty.
    pub confidence: String,
}

impl GalleryEntry {
    /// Whether the attack turned a right answer into a wrong one.
    pub fn fooled(&self) -> bool {
        self.before.class == self.label && self.after.class != self.label
    }

    fn verdict(&self) -> (&'static str, &'static str) {
        if self.before.class != self.label {
            ("wrong", "wrong before")
        } else if self.fooled() {
            ("fooled", "fooled")
        } else {
            ("held", "held")
        }
    }
}

impl Gallery {
    pub(super) fn render(&self, out: &mut String) {
        out.push_str("<figure class=\"gallery\">");
        if !self.caption.is_empty() {
            out.push_str("<figcaption>");
            prose_into(&self.caption, out);
            out.push_str("</figcaption>");
        }
        out.push_str("<ul>\n");
        for entry in &self.entries {
            entry.render(out);
        }
        out.push_str("</ul></figure>\n");
    }
}

impl GalleryEntry {
    fn render(&self, out: &mut String) {
        let (class, verdict) = self.verdict();
        out.push_str("<li class=\"");
        out.push_str(class);
        out.push_str("\"><div class=\"three\">");
        picture(&shown(&self.clean), &format!("clean {}", self.label), out);
        out.push_str("<span aria-hidden=\"true\">+</span>");
        picture(&shown(&self.perturbation), "perturbation", out);
        out.push_str("<span aria-hidden=\"true\">=</span>");
        picture(&shown(&self.adversarial), &format!("adversarial, seen as {}", self.after.class), out);
        out.push_str("</div><p><b>");
        out.push_str(&escape(&self.before.class));
        out.push_str(" → ");
        out.push_str(&escape(&self.after.class));
        out.push_str("</b> <span class=\"badge\">");
        out.push_str(verdict);
        out.push_str("</span>");
        if !(self.before.confidence.is_empty() && self.after.confidence.is_empty()) {
            out.push_str("<br><small>");
            out.push_str(&escape(&self.before.confidence));
            out.push_str(" → ");
            out.push_str(&escape(&self.after.confidence));
            out.push_str("</small>");
        }
        out.push_str("</p></li>\n");
    }
}

/// Small pictures go out enlarged: a browser shrinks them evenly, but stretches single pixels unevenly.
fn shown(image: &Image) -> Vec<u8> {
    image.enlarged(168 / image.height().max(image.width())).to_png()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let image = Image::new([1, 1, 1], &[0.5]).unwrap();
        let entry = |label: &str, before: &str, after: &str| GalleryEntry {
            clean: image.clone(),
            perturbation: image.clone(),
            adversarial: image.clone(),
            label: label.into(),
            before: Prediction { class: before.into(), confidence: String::new() },
            after: Prediction { class: after.into(), confidence: String::new() },
        };
        assert!(entry("7", "7", "3").fooled());
        assert!(!entry("7", "7", "7").fooled());
        assert!(!entry("7", "1", "3").fooled());
        let mut out = String::new();
        Gallery { caption: String::new(), entries: vec![entry("<7>", "<7>", "3")] }.render(&mut out);
        assert!(out.contains("&lt;7&gt; → 3") && out.contains("class=\"fooled\"") && !out.contains("<7>"));
        assert_eq!(out.matches("data:image/png;base64,").count(), 3);
    }
}
