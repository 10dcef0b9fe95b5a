//! A chart on the page's canvas, whose title and legend the page says, or with these as a picture.

use gloo::utils::{document, window};
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::heading::Heading;
use super::look::{Area, Failure, Look};
use super::{Chart, Plot, bars, lines};

/// A picture is as wide as the chart on the page, and never narrower than this.
const LEAST: f64 = 360.0;
const MARGIN: f64 = 14.0;
/// Pixels of a picture for each of the style sheet: at least so many, for it is looked at on other screens.
const FINE: f64 = 2.0;

impl Chart {
    pub fn height(&self) -> f64 {
        match &self.plot {
            Plot::Lines(_) => lines::HEIGHT,
            Plot::Bars(bars) => bars.height(),
        }
    }

    fn draw(&self, look: &Look, all: &Area, part: &Area) -> Result<(), Failure> {
        match &self.plot {
            Plot::Lines(lines) => lines::plot(lines, look, all, part),
            Plot::Bars(bars) => bars::plot(bars, look, all, part),
        }
    }
}

/// Draws in the colours of the legend's entries.
pub fn draw(chart: &Chart, legend: &HtmlElement, canvas: &HtmlCanvasElement) -> Result<(), Failure> {
    let width = f64::from(canvas.client_width());
    if width < 1.0 {
        return Ok(());
    }
    let look = Look::of(&chart.modes(), legend, canvas, width, window().device_pixel_ratio()).ok_or("no canvas")?;
    canvas.set_width(look.px(width).unsigned_abs());
    canvas.set_height(look.px(chart.height()).unsigned_abs());
    let area = area(canvas)?;
    chart.draw(&look, &area, &area)
}

/// The chart with its title and its legend, on a colour.
pub fn picture(chart: &Chart, legend: &HtmlElement, width: f64, paper: &str) -> Result<HtmlCanvasElement, Failure> {
    let made = document().create_element("canvas").ok().and_then(|made| made.dyn_into::<HtmlCanvasElement>().ok());
    let canvas = made.ok_or("no canvas")?;
    let width = width.max(LEAST);
    let pixel = window().device_pixel_ratio().max(FINE);
    let look = Look::of(&chart.modes(), legend, &canvas, width, pixel).ok_or("no canvas")?;
    let heading = Heading::of(chart, &look, look.px(width - 2.0 * MARGIN));
    let height = heading.height + look.px(chart.height() + 2.0 * MARGIN);
    canvas.set_width(look.px(width).unsigned_abs());
    canvas.set_height(height.unsigned_abs());
    look.cover(paper, (look.px(width), height));
    let all = area(&canvas)?;
    let margin = look.px(MARGIN);
    let (above, below) = all.margin(margin, margin, margin, margin).split_vertically(heading.height);
    heading.draw(chart, &look, &all, &above)?;
    chart.draw(&look, &all, &below)?;
    Ok(canvas)
}

fn area(canvas: &HtmlCanvasElement) -> Result<Area, Failure> {
    Ok(CanvasBackend::with_canvas_object(canvas.clone()).ok_or("no canvas")?.into_drawing_area())
}
