//! What a picture says above its chart, since it stands without the page: its title, what it is of, and the legend.

use datapath_core::proxy::Mode;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::look::{Area, At, Failure, Look};
use super::{Chart, Plot};
use crate::text;

const TITLE: f64 = 15.0;
const ABOUT: f64 = 12.0;
/// From one line of text to the next.
const LEADING: f64 = 1.4;
const ROW: f64 = 22.0;
const SAMPLE: f64 = 30.0;

/// What the legend explains.
#[derive(Clone, Copy, PartialEq)]
pub enum Sign {
    Datapath(Mode),
    Mark,
    Reach,
}

pub struct Heading {
    lines: Vec<(String, f64)>,
    /// Each with the corner that it stands at, from the legend's.
    legend: Vec<(Sign, String, At)>,
    pub height: i32,
}

/// The signs in a chart, with what they stand for.
pub fn signs(chart: &Chart) -> Vec<(Sign, String)> {
    let of_mode = |mode: Mode| (Sign::Datapath(mode), text::mode(mode).to_owned());
    let mut signs: Vec<_> = chart.modes().into_iter().map(of_mode).collect();
    if let Plot::Bars(bars) = &chart.plot {
        signs.extend(bars.reach.clone().map(|name| (Sign::Reach, name)));
        signs.extend(bars.mark.clone().map(|name| (Sign::Mark, name)));
    }
    signs
}

impl Heading {
    pub fn of(chart: &Chart, look: &Look, room: i32) -> Self {
        let sized = |text: &str, size| look.wrapped(text, size, room).into_iter().map(move |line| (line, size));
        let lines: Vec<_> = sized(&chart.title, TITLE).chain(sized(&chart.about, ABOUT)).collect();
        let (mut x, mut y) = (0, 0);
        let mut legend = Vec::new();
        for (sign, name) in signs(chart) {
            let width = look.px(SAMPLE + 6.0) + look.width(&name);
            if x > 0 && x + width > room {
                (x, y) = (0, y + look.px(ROW));
            }
            legend.push((sign, name, (x, y)));
            x += width + look.px(18.0);
        }
        let text: f64 = lines.iter().map(|(_, size)| size * LEADING).sum();
        Self { lines, legend, height: look.px(text + 6.0) + y + look.px(ROW + 4.0) }
    }

    /// Draws at the top of a part of all there is.
    pub fn draw(&self, chart: &Chart, look: &Look, all: &Area, part: &Area) -> Result<(), Failure> {
        let (x, y) = part.get_pixel_range();
        let mut top = y.start;
        for (line, size) in &self.lines {
            let height = look.px(size * LEADING);
            look.head(all, line, (x.start, top + height / 2), *size)?;
            top += height;
        }
        top += look.px(6.0 + ROW / 2.0);
        for (sign, name, at) in &self.legend {
            let (left, middle) = (x.start + at.0, top + at.1);
            let color = match sign {
                Sign::Datapath(mode) => look.color(*mode),
                Sign::Mark | Sign::Reach => look.ink,
            };
            sample(chart, *sign, look, all, (left, middle))?;
            look.write(all, name, (left + look.px(SAMPLE + 6.0), middle), color, HPos::Left)?;
        }
        Ok(())
    }
}

fn sample(chart: &Chart, sign: Sign, look: &Look, area: &Area, (left, middle): At) -> Result<(), Failure> {
    let (right, half) = (left + look.px(SAMPLE), look.px(5.0));
    let ink = |places: [At; 2], width| PathElement::new(places.to_vec(), look.stroke(look.ink, width));
    match (sign, &chart.plot) {
        (Sign::Datapath(mode), Plot::Lines(_)) => {
            look.line(area, mode, &[(left, middle), (right, middle)])?;
            look.marker(area, mode, (left.midpoint(right), middle))?;
        }
        (Sign::Datapath(mode), Plot::Bars(_)) => {
            look.bar(area, mode, [(left, middle - half), (right, middle + half)])?;
        }
        (Sign::Mark, _) => {
            let x = left.midpoint(right);
            area.draw(&ink([(x, middle - half), (x, middle + half)], 2.0))?;
        }
        (Sign::Reach, _) => {
            area.draw(&ink([(left, middle), (right, middle)], 1.0))?;
            area.draw(&ink([(right, middle - half / 2), (right, middle + half / 2)], 1.0))?;
        }
    }
    Ok(())
}
