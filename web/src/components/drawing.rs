//! The cost chart on a canvas: logarithmic both ways, so that what grows with the cluster is a straight slope and
//! what does not is level.

use datapath_core::proxy::Mode;
use gloo::utils::window;
use plotters::coord::Shift;
use plotters::coord::combinators::IntoLogRange;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_canvas::CanvasBackend;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

use crate::text;

#[derive(Clone, PartialEq)]
pub struct Drawing {
    pub series: Vec<Series>,
    pub most: usize,
    pub x_axis: String,
    pub y_axis: String,
}

#[derive(Clone, PartialEq)]
pub struct Series {
    pub mode: Mode,
    /// Services, and the count.
    pub points: Vec<(usize, u32)>,
}

type Area = DrawingArea<CanvasBackend, Shift>;
type Failure = Box<dyn std::error::Error>;

/// Where nothing at all is counted: below one, where a logarithm still reaches.
const NONE: f64 = 0.5;
const HEIGHT: f64 = 280.0;
const FONT: &str = "system-ui, sans-serif";
/// Narrower than this, the ends of lines carry their numbers only.
const NARROW: f64 = 460.0;

/// Sizes in device pixels, and the colours of the page.
struct Look {
    pixel: f64,
    narrow: bool,
    ink: RGBColor,
    faint: RGBColor,
    of_mode: Vec<RGBColor>,
}

impl Look {
    #[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
    fn px(&self, css: f64) -> i32 {
        (css * self.pixel).round() as i32
    }

    fn text(&self) -> TextStyle<'static> {
        (FONT, self.px(12.0)).into_font().color(&self.ink)
    }
}

/// Draws in the colours that the legend's entries have.
pub fn draw(drawing: &Drawing, legend: &HtmlElement, canvas: &HtmlCanvasElement) -> Result<(), Failure> {
    let width = f64::from(canvas.client_width());
    if width < 1.0 {
        return Ok(());
    }
    let pixel = window().device_pixel_ratio();
    let entries = legend.children();
    let of_mode = (0..entries.length()).filter_map(|index| entries.item(index)).map(|entry| color_of(&entry));
    let ink = color_of(legend);
    let look = Look { pixel, narrow: width < NARROW, ink, faint: ink, of_mode: of_mode.collect() };
    canvas.set_width(look.px(width).unsigned_abs());
    canvas.set_height(look.px(HEIGHT).unsigned_abs());
    let area = CanvasBackend::with_canvas_object(canvas.clone()).ok_or("no canvas")?.into_drawing_area();
    plot(drawing, &look, &area)
}

fn plot(drawing: &Drawing, look: &Look, area: &Area) -> Result<(), Failure> {
    let highest = drawing.series.iter().flat_map(|series| &series.points).map(|(_, count)| *count).max();
    let top = f64::from(highest.unwrap_or(10)).max(10.0) * 1.7;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let most = drawing.most as f64;
    let decades: Vec<_> = [NONE, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5].into_iter().filter(|at| *at <= top).collect();
    let mut chart = ChartBuilder::on(area)
        .margin_top(look.px(10.0))
        .margin_right(look.px(if look.narrow { 44.0 } else { 108.0 }))
        .x_label_area_size(look.px(40.0))
        .y_label_area_size(look.px(52.0))
        .build_cartesian_2d(
            (1.0..most).log_scale().with_key_points(vec![1.0, 10.0, 100.0, 1e3]),
            (NONE..top).log_scale().with_key_points(decades),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(look.faint.mix(0.14).stroke_width(look.px(1.0).unsigned_abs()))
        .axis_style(look.faint.mix(0.5).stroke_width(look.px(1.0).unsigned_abs()))
        .label_style(look.text())
        .axis_desc_style(look.text())
        .x_desc(&drawing.x_axis)
        .y_desc(&drawing.y_axis)
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .draw()?;
    let mut ends = Vec::new();
    for (series, color) in drawing.series.iter().zip(&look.of_mode) {
        let points: Vec<_> = series.points.iter().map(|point| place(*point)).collect();
        let line = color.stroke_width(look.px(2.0).unsigned_abs());
        let (dash, gap) = dash(series.mode);
        if gap == 0.0 {
            chart.draw_series(LineSeries::new(points.clone(), line))?;
        } else {
            chart.draw_series(DashedLineSeries::new(points.clone(), look.px(dash), look.px(gap), line))?;
        }
        let (radius, fill) = (look.px(3.5), color.filled());
        // Hollow, so that what lies under it is seen.
        let outline = color.stroke_width(look.px(1.5).unsigned_abs());
        match series.mode {
            Mode::Iptables => chart.draw_series(points.iter().map(|at| Circle::new(*at, radius, fill)))?,
            Mode::Nftables => chart.draw_series(points.iter().map(|at| TriangleMarker::new(*at, radius + 1, fill)))?,
            Mode::Ipvs => chart.draw_series(points.iter().map(|at| {
                EmptyElement::at(*at) + Rectangle::new([(-radius - 1, -radius - 1), (radius + 1, radius + 1)], outline)
            }))?,
        };
        if let (Some(at), Some((_, count))) = (points.last(), series.points.last()) {
            ends.push(End { at: chart.backend_coord(at), color: *color, text: end(series.mode, *count, look.narrow) });
        }
    }
    label(ends, look, area)
}

/// What stands at the end of a line.
struct End {
    at: (i32, i32),
    color: RGBColor,
    text: String,
}

/// Writes the ends, none over another.
fn label(mut ends: Vec<End>, look: &Look, area: &Area) -> Result<(), Failure> {
    ends.sort_by_key(|end| end.at.1);
    let mut free = i32::MIN;
    for end in ends {
        let y = end.at.1.max(free);
        free = y + look.px(15.0);
        let style = (FONT, look.px(12.0)).into_font().color(&end.color).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(end.text, (end.at.0 + look.px(9.0), y), style))?;
    }
    Ok(())
}

fn end(mode: Mode, count: u32, narrow: bool) -> String {
    let count = text::number(count as usize);
    if narrow { count } else { format!("{} {count}", text::mode(mode)) }
}

const fn dash(mode: Mode) -> (f64, f64) {
    match mode {
        Mode::Iptables => (1.0, 0.0),
        Mode::Nftables => (7.0, 4.0),
        Mode::Ipvs => (2.0, 3.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn place((services, count): (usize, u32)) -> (f64, f64) {
    (services as f64, f64::from(count).max(NONE))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn whole(value: &f64) -> String {
    text::number(if *value < 1.0 { 0 } else { value.round() as usize })
}

/// The colour that the page gives an element, as `rgb(1, 2, 3)`.
fn color_of(element: &Element) -> RGBColor {
    let style = window().get_computed_style(element).ok().flatten();
    let color = style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default();
    let mut parts = color.split(|sign: char| !sign.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut next = || parts.next().unwrap_or(128);
    RGBColor(next(), next(), next())
}
