//! Adversarial examples, each as clean image, perturbation and result.

use super::picture::enlarged_picture;
use crate::escape::{brief_into, prose_into};
use crate::grid::Image;

/// Longer side of a picture, in pixels.
const SIDE: usize = 280;

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
    /// The attack that made it; may be empty.
    pub attack: String,
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
    /// Whether a right answer became a wrong one.
    pub fn fooled(&self) -> bool {
        self.before.class == self.label && self.after.class != self.label
    }

    fn verdict(&self) -> Verdict {
        if self.before.class != self.label {
            Verdict::WrongBefore
        } else if self.fooled() {
            Verdict::Fooled
        } else {
            Verdict::Withstood
        }
    }
}

/// What became of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    WrongBefore,
    Fooled,
    Withstood,
}

impl Verdict {
    fn class(self) -> &'static str {
        match self {
            Self::WrongBefore => "wrong",
            Self::Fooled => "fooled",
            Self::Withstood => "right",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::WrongBefore => "wrong before",
            Self::Fooled => "fooled",
            Self::Withstood => "still right",
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
        self.legend(out);
        out.push_str("<ul>\n");
        for entry in &self.entries {
            entry.render(out);
        }
        out.push_str("</ul></figure>\n");
    }

    /// How a card is read, with the first fooled example for one.
    fn legend(&self, out: &mut String) {
        let Some(entry) = self.entries.iter().find(|e| e.fooled()).or(self.entries.first()) else { return };
        out.push_str(
            "<dl class=\"legend\"><div><dt>Images</dt><dd>clean + perturbation = adversarial; in the perturbation \
             <span class=\"add\">red</span> adds, <span class=\"take\">blue</span> takes away, white leaves as it was</dd></div><div><dt>",
        );
        brief_into(&entry.before.class, out);
        out.push_str(" → ");
        brief_into(&entry.after.class, out);
        out.push_str("</dt><dd>class that the model predicts before and after the attack; the true class stands in front</dd></div>");
        if entry.has_confidence() {
            out.push_str("<div><dt>");
            entry.confidence(out);
            out.push_str("</dt><dd>its confidence in these predictions</dd></div>");
        }
        out.push_str("</dl>\n");
    }
}

impl GalleryEntry {
    fn render(&self, out: &mut String) {
        let verdict = self.verdict();
        out.push_str("<li class=\"");
        out.push_str(verdict.class());
        out.push_str("\"><div class=\"three\">");
        enlarged_picture(&self.clean, SIDE, &format!("clean image of class {}", self.label), out);
        out.push_str("<span aria-hidden=\"true\">+</span>");
        enlarged_picture(&self.perturbation, SIDE, "perturbation", out);
        out.push_str("<span aria-hidden=\"true\">=</span>");
        let seen = format!("adversarial image, predicted as {}", self.after.class);
        enlarged_picture(&self.adversarial, SIDE, &seen, out);
        out.push_str("</div><p><span class=\"badge\">");
        out.push_str(verdict.words());
        out.push_str("</span><span class=\"true\">true ");
        brief_into(&self.label, out);
        out.push_str("</span> <b>");
        brief_into(&self.before.class, out);
        out.push_str(" → ");
        brief_into(&self.after.class, out);
        out.push_str("</b></p>");
        if self.has_confidence() || !self.attack.is_empty() {
            out.push_str("<p class=\"small\"><span>");
            if self.has_confidence() {
                self.confidence(out);
            }
            out.push_str("</span><span>");
            brief_into(&self.attack, out);
            out.push_str("</span></p>");
        }
        out.push_str("</li>\n");
    }

    fn has_confidence(&self) -> bool {
        !(self.before.confidence.is_empty() && self.after.confidence.is_empty())
    }

    fn confidence(&self, out: &mut String) {
        brief_into(&self.before.confidence, out);
        out.push_str(" → ");
        brief_into(&self.after.confidence, out);
    }
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
            after: Prediction { class: after.into(), confidence: "67 %".into() },
            attack: "pgd".into(),
        };
        assert!(entry("7", "7", "3").fooled());
        assert!(!entry("7", "7", "7").fooled());
        assert!(!entry("7", "1", "3").fooled());
        let mut out = String::new();
        Gallery { caption: String::new(), entries: vec![entry("<7>", "<7>", "3")] }.render(&mut out);
        assert!(out.contains("&lt;7&gt; → 3") && out.contains("class=\"fooled\"") && !out.contains("<7>"));
        assert!(out.contains("true &lt;7&gt;") && out.contains("<span>pgd</span>"), "{out}");
        // What the arrows mean is said once, in front of the cards.
        let legend = &out[out.find("class=\"legend\"").unwrap()..out.find("<ul>").unwrap()];
        for words in
            ["&lt;7&gt; → 3</dt><dd>class", "→ 67 %</dt><dd>its confidence", "before and after", "red"]
        {
            assert!(legend.contains(words), "{words}: {legend}");
        }
        assert_eq!(out.matches("data:image/png;base64,").count(), 3);
    }
}
