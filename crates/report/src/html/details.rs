//! Blocks that open when asked.

use super::block::Block;
use super::render;

/// Blocks behind one line: an attack card, a configuration, a long table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// The line that is always seen.
    pub summary: String,
    /// What it opens.
    pub blocks: Vec<Block>,
}

impl Details {
    pub(super) fn render(&self, out: &mut String) {
        out.push_str("<details><summary>");
        crate::escape::brief_into(&self.summary, out);
        out.push_str("</summary><div class=\"inside\">\n");
        for block in &self.blocks {
            render::block(block, out);
        }
        out.push_str("</div></details>\n");
    }
}
