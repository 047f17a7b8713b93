//! SVG plots, PNG grids and one self-contained HTML page.
#![forbid(unsafe_code)]
