//! Sizes and colours of a drawing, and how each datapath is told from the others without a colour.

use datapath_core::proxy::Mode;
use gloo::utils::window;
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

pub type Area = DrawingArea<CanvasBackend, Shift>;
pub type Failure = Box<dyn std::error::Error>;
pub type At = (i32, i32);

const FONT: &str = "system-ui, sans-serif";
const TEXT: f64 = 12.0;
/// Narrower than this, lines carry their numbers only.
const NARROW: f64 = 460.0;
/// Between the lines of a hatched bar.
const HATCH: f64 = 5.0;

/// Lengths are in pixels of a style sheet until [`Self::px`] makes them pixels of the device.
pub struct Look {
    pub narrow: bool,
    pub ink: RGBColor,
    pixel: f64,
    of_mode: Vec<(Mode, RGBColor)>,
    context: CanvasRenderingContext2d,
}

impl Look {
    /// In the colours that the entries of the legend have, which has one for each of the datapaths first.
    pub fn of(
        modes: &[Mode],
        legend: &HtmlElement,
        canvas: &HtmlCanvasElement,
        width: f64,
        pixel: f64,
    ) -> Option<Self> {
        let entries = legend.children();
        let entries = (0..entries.length()).filter_map(|index| entries.item(index)).map(|entry| color_of(&entry));
        Some(Self {
            narrow: width < NARROW,
            ink: color_of(legend),
            pixel,
            of_mode: modes.iter().copied().zip(entries).collect(),
            context: canvas.get_context("2d").ok()??.dyn_into().ok()?,
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
    pub fn px(&self, length: f64) -> i32 {
        (length * self.pixel).round() as i32
    }

    pub fn stroke(&self, color: RGBColor, width: f64) -> ShapeStyle {
        color.stroke_width(self.px(width).unsigned_abs())
    }

    pub fn color(&self, mode: Mode) -> RGBColor {
        self.of_mode.iter().find(|(of, _)| *of == mode).map_or(self.ink, |(_, color)| *color)
    }

    pub fn text(&self) -> TextStyle<'static> {
        self.text_of(self.ink, TEXT)
    }

    fn text_of(&self, color: RGBColor, size: f64) -> TextStyle<'static> {
        (FONT, self.px(size)).into_font().color(&color)
    }

    /// Writes a line of text, whose middle is as high as the place.
    pub fn write(&self, area: &Area, text: &str, at: At, color: RGBColor, from: HPos) -> Result<(), Failure> {
        self.write_sized(area, text, at, self.text_of(color, TEXT), from)
    }

    /// Writes a heading.
    pub fn head(&self, area: &Area, text: &str, at: At, size: f64) -> Result<(), Failure> {
        self.write_sized(area, text, at, self.text_of(self.ink, size), HPos::Left)
    }

    fn write_sized(&self, area: &Area, text: &str, at: At, style: TextStyle<'_>, from: HPos) -> Result<(), Failure> {
        area.draw(&Text::new(text.to_owned(), at, style.pos(Pos::new(from, VPos::Center))))?;
        Ok(())
    }

    /// How wide a text is.
    pub fn width(&self, text: &str) -> i32 {
        self.width_at(text, TEXT)
    }

    #[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
    pub fn width_at(&self, text: &str, size: f64) -> i32 {
        self.context.set_font(&format!("{}px {FONT}", self.px(size)));
        self.context.measure_text(text).map_or(0, |measured| measured.width().ceil() as i32)
    }

    /// As much of a text as there is room for.
    pub fn elided(&self, text: &str, room: i32) -> String {
        if self.width(text) <= room {
            return text.to_owned();
        }
        let ends = text.char_indices().rev().map(|(end, _)| format!("{}…", text[..end].trim_end()));
        ends.into_iter().find(|shorter| self.width(shorter) <= room).unwrap_or_default()
    }

    /// A text in lines for which there is room, broken at spaces, and where there are none, as in Chinese, anywhere.
    pub fn wrapped(&self, text: &str, size: f64, room: i32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in words(text) {
            let line = lines.last().map_or("", String::as_str);
            let longer = format!("{line}{word}");
            if line.is_empty() || self.width_at(longer.trim_end(), size) <= room {
                lines.pop();
                lines.push(longer);
            } else {
                lines.push(word.to_owned());
            }
        }
        lines
    }

    /// Covers all there is with a colour of the style sheet's.
    pub fn cover(&self, paper: &str, (width, height): At) {
        self.context.set_fill_style_str(paper);
        self.context.fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }

    /// A line through places, dashed as the datapath's are.
    pub fn line(&self, area: &Area, mode: Mode, places: &[At]) -> Result<(), Failure> {
        let style = self.stroke(self.color(mode), 2.0);
        match dash(mode) {
            None => area.draw(&PathElement::new(places.to_vec(), style))?,
            Some((dash, gap)) => {
                let places = places.to_vec();
                area.draw(&DashedPathElement::new(places, self.px(dash), self.px(gap), style))?;
            }
        }
        Ok(())
    }

    /// The datapath's sign on its line.
    pub fn marker(&self, area: &Area, mode: Mode, at: At) -> Result<(), Failure> {
        let (radius, fill) = (self.px(3.5), self.color(mode).filled());
        match mode {
            Mode::Iptables => area.draw(&Circle::new(at, radius, fill))?,
            Mode::Nftables => area.draw(&TriangleMarker::new(at, radius + 1, fill))?,
            // Hollow, so that what lies under it is seen.
            Mode::Ipvs => {
                let corners = [(at.0 - radius - 1, at.1 - radius - 1), (at.0 + radius + 1, at.1 + radius + 1)];
                area.draw(&Rectangle::new(corners, self.stroke(self.color(mode), 1.5)))?;
            }
        }
        Ok(())
    }

    /// A bar from one corner to the other: full, hatched or hollow, as the datapath's are.
    pub fn bar(&self, area: &Area, mode: Mode, [from, to]: [At; 2]) -> Result<(), Failure> {
        let color = self.color(mode);
        if mode == Mode::Iptables {
            area.draw(&Rectangle::new([from, to], color.filled()))?;
            return Ok(());
        }
        if mode == Mode::Nftables {
            for ends in hatching([from, to], self.px(HATCH)) {
                area.draw(&PathElement::new(ends.to_vec(), self.stroke(color, 1.0)))?;
            }
        }
        area.draw(&Rectangle::new([from, to], self.stroke(color, 1.5)))?;
        Ok(())
    }
}

/// Slanting lines that fill what is between two corners.
fn hatching([(left, top), (right, bottom)]: [At; 2], every: i32) -> impl Iterator<Item = [At; 2]> {
    let height = bottom - top;
    let starts = (left - height..right).step_by(usize::try_from(every).unwrap_or(1).max(1));
    starts.map(move |start| {
        let (below, above) = (start.max(left), (start + height).min(right));
        [(below, bottom - (below - start)), (above, bottom - (above - start))]
    })
}

const fn dash(mode: Mode) -> Option<(f64, f64)> {
    match mode {
        Mode::Iptables => None,
        Mode::Nftables => Some((7.0, 4.0)),
        Mode::Ipvs => Some((2.0, 3.0)),
    }
}

/// What a line is not broken in.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let may_break = |sign: char| sign == ' ' || !sign.is_ascii() && sign.is_alphabetic();
    text.split_inclusive(may_break)
}

/// The colour that the page gives an element, as `rgb(1, 2, 3)`.
fn color_of(element: &Element) -> RGBColor {
    let style = window().get_computed_style(element).ok().flatten();
    let color = style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default();
    let mut parts = color.split(|sign: char| !sign.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut next = || parts.next().unwrap_or(128);
    RGBColor(next(), next(), next())
}
