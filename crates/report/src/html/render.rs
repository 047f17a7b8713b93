//! Blocks to HTML.

use super::block::{Block, Code, Details, Fact, Figure, Note, StatTile};
use super::picture::picture;
use crate::escape::{brief_into, escape_into, prose_into};
use crate::svg::{Chart, Size};

pub(super) fn block(block: &Block, out: &mut String) {
    match block {
        Block::Paragraph(text) => element("p", text, out),
        Block::Note(note) => render_note(note, out),
        Block::Tiles(tiles) => render_tiles(tiles, out),
        Block::Facts(facts) => render_facts(facts, out),
        Block::Table(table) => table.render(out),
        Block::Chart(chart) => render_chart(chart, out),
        Block::Charts(charts) => render_charts(charts, out),
        Block::Figure(figure) => render_figure(figure, out),
        Block::Figures(figures) => render_figures(figures, out),
        Block::ImageRows(rows) => rows.render(out),
        Block::ImageCards(cards) => cards.render(out),
        Block::Gallery(gallery) => gallery.render(out),
        Block::Code(code) => render_code(code, out),
        Block::Details(details) => render_details(details, out),
    }
}

fn render_details(details: &Details, out: &mut String) {
    out.push_str("<details><summary>");
    brief_into(&details.summary, out);
    out.push_str("</summary><div class=\"inside\">\n");
    for block in &details.blocks {
        self::block(block, out);
    }
    out.push_str("</div></details>\n");
}

/// Appends running text in a `tag`.
fn element(tag: &str, text: &str, out: &mut String) {
    out.push('<');
    out.push_str(tag);
    out.push('>');
    prose_into(text, out);
    out.push_str("</");
    out.push_str(tag);
    out.push_str(">\n");
}

fn render_note(note: &Note, out: &mut String) {
    out.push_str("<aside class=\"note");
    out.push_str(note.tone.class());
    out.push_str("\"><p>");
    if !note.title.is_empty() {
        out.push_str("<b>");
        prose_into(&note.title, out);
        out.push_str("</b> ");
    }
    prose_into(&note.text, out);
    out.push_str("</p></aside>\n");
}

fn render_tiles(tiles: &[StatTile], out: &mut String) {
    // Rows that are full: four tiles stand four abreast, five and six three abreast, and two abreast on a phone.
    let abreast = match tiles.len() {
        n @ 0..=4 => n.max(1),
        5 | 6 | 9 => 3,
        _ => 4,
    };
    out.push_str(&format!("<ul class=\"tiles\" style=\"--n:{abreast}\">\n"));
    for tile in tiles {
        out.push_str("<li><span class=\"label\">");
        brief_into(&tile.label, out);
        out.push_str("</span><span class=\"figure");
        out.push_str(tile.tone.class());
        out.push_str("\">");
        brief_into(&tile.value, out);
        out.push_str("</span>");
        if !tile.note.is_empty() {
            out.push_str("<span class=\"small\">");
            brief_into(&tile.note, out);
            out.push_str("</span>");
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn render_facts(facts: &[Fact], out: &mut String) {
    out.push_str("<dl class=\"facts\">\n");
    for fact in facts {
        out.push_str("<div><dt>");
        brief_into(&fact.name, out);
        out.push_str("</dt><dd>");
        brief_into(&fact.value, out);
        out.push_str("</dd></div>\n");
    }
    out.push_str("</dl>\n");
}

/// Both layouts are on the page and the style sheet shows the one that fits: letters keep their size on a phone.
fn render_chart(chart: &Chart, out: &mut String) {
    out.push_str("<figure class=\"plot\"><div class=\"wide\">");
    chart.draw(Size::Wide, out);
    out.push_str("</div><div class=\"narrow\">");
    chart.draw(Size::Compact, out);
    out.push_str("</div></figure>\n");
}

fn render_charts(charts: &[Chart], out: &mut String) {
    out.push_str("<div class=\"plots\">");
    for chart in charts {
        out.push_str("<figure class=\"plot\">");
        chart.draw(Size::Compact, out);
        out.push_str("</figure>\n");
    }
    out.push_str("</div>\n");
}

fn render_figure(figure: &Figure, out: &mut String) {
    out.push_str("<figure class=\"picture\">");
    picture(&figure.png, &figure.alt, out);
    if !figure.caption.is_empty() {
        out.push_str("<figcaption>");
        prose_into(&figure.caption, out);
        out.push_str("</figcaption>");
    }
    out.push_str("</figure>\n");
}

fn render_figures(figures: &[Figure], out: &mut String) {
    out.push_str("<div class=\"pictures\">\n");
    for figure in figures {
        render_figure(figure, out);
    }
    out.push_str("</div>\n");
}

fn render_code(code: &Code, out: &mut String) {
    out.push_str("<figure class=\"code\">");
    if !code.caption.is_empty() {
        out.push_str("<figcaption>");
        prose_into(&code.caption, out);
        out.push_str("</figcaption>");
    }
    out.push_str("<pre tabindex=\"0\"><code>");
    escape_into(&code.text, out);
    out.push_str("</code></pre></figure>\n");
}
