//! Pictures inside the page.

use crate::base64;
use crate::escape::name_into;
use crate::grid::Image;

/// Appends a PNG as an image that needs no file.
pub(super) fn picture(png: &[u8], alt: &str, out: &mut String) {
    out.push_str("<img alt=\"");
    name_into(alt, out);
    out.push_str("\" src=\"data:image/png;base64,");
    base64::encode(png, out);
    out.push_str("\">");
}

/// Appends a small image as a picture of about `side` pixels: a browser shrinks pictures evenly, but stretches single pixels unevenly.
pub(super) fn enlarged_picture(image: &Image, side: usize, alt: &str, out: &mut String) {
    picture(&image.enlarged(side / image.height().max(image.width())).to_png(), alt, out);
}
