use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::look::{Area, At, Failure, Look};
use super::{Bar, Bars, Group};
use crate::text;

/// From one bar to the next.
const ROW: f64 = 19.0;
const THICK: f64 = 11.0;
/// Of a group's name, and from one group to the next.
const NAME: f64 = 20.0;
const BETWEEN: f64 = 10.0;
/// Of an axis with its numbers and its name.
const AXIS: f64 = 42.0;

impl Bars {
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    pub fn height(&self) -> f64 {
        let rows: usize = self.groups.iter().map(|group| group.bars.len()).sum();
        let groups = self.groups.len() as f64 * (NAME + BETWEEN);
        groups + rows as f64 * ROW + if self.axis.is_some() { AXIS } else { 0.0 }
    }
}

/// Where bars begin, and how long one of the length 1 is.
#[derive(Clone, Copy)]
struct Scale {
    left: i32,
    unit: f64,
}

impl Scale {
    #[expect(clippy::cast_possible_truncation, reason = "lengths on a screen")]
    fn at(self, value: f64) -> i32 {
        self.left + (value * self.unit).round() as i32
    }

    /// As long as there is room for, with what stands at the ends.
    fn fitting<'b>(bars: impl Iterator<Item = &'b Bar> + Clone, left: i32, right: i32, look: &Look) -> Self {
        let fits = |bar: &Bar| f64::from((right - left - look.width(&bar.text) - look.px(8.0)).max(1)) / bar.end();
        let unit = bars.filter(|bar| bar.end() > 0.0).map(fits).fold(f64::INFINITY, f64::min);
        Self { left, unit: if unit.is_finite() { unit } else { 0.0 } }
    }
}

/// Draws on a part of all there is.
pub fn plot(bars: &Bars, look: &Look, all: &Area, part: &Area) -> Result<(), Failure> {
    let (x, y) = part.get_pixel_range();
    let every = || bars.groups.iter().flat_map(|group| &group.bars);
    let names = every().map(|bar| look.width(text::mode(bar.mode))).max().unwrap_or(0);
    let left = x.start + names + look.px(8.0);
    let fitting = |group: &Group| Scale::fitting(group.bars.iter(), left, x.end, look);
    let shared = bars.axis.as_ref().map(|_| Scale::fitting(every(), left, x.end, look));
    let ticks = shared.map_or(Vec::new(), |scale| ticks(scale, x.end, look));
    let mut top = y.start;
    for group in &bars.groups {
        let name = look.elided(&group.name, x.end - x.start);
        look.write(all, &name, (x.start, top + look.px(NAME / 2.0)), look.ink, HPos::Left)?;
        top += look.px(NAME);
        let end = group.bars.iter().fold(top, |end, _| end + look.px(ROW));
        for (at, _) in &ticks {
            all.draw(&PathElement::new(vec![(*at, top), (*at, end)], faint(look, 0.14)))?;
        }
        let scale = shared.unwrap_or_else(|| fitting(group));
        for bar in &group.bars {
            row(bar, scale, look, all, (x.start, top + look.px(ROW / 2.0)))?;
            top += look.px(ROW);
        }
        top += look.px(BETWEEN);
    }
    let Some(name) = &bars.axis else {
        return Ok(());
    };
    axis(name, &ticks, look, all, [(left, top), (x.end, top)])
}

/// Where round numbers stand, as many as there is room for.
fn ticks(scale: Scale, right: i32, look: &Look) -> Vec<(i32, String)> {
    if scale.unit <= 0.0 {
        return Vec::new();
    }
    let most = f64::from(right - scale.left) / scale.unit;
    let mut free = i32::MIN;
    let fits = |value: f64| {
        let (at, label) = (scale.at(value), plain(value));
        let half = look.width(&label) / 2;
        let is_free = at - half >= free && at + half <= right;
        is_free.then(|| {
            free = at + half + look.px(6.0);
            (at, label)
        })
    };
    let round = RangedCoordf64::from(0.0..most).key_points(BoldPoints(if look.narrow { 4 } else { 8 }));
    round.into_iter().filter_map(fits).collect()
}

/// A line with numbers under it, and its name.
fn axis(name: &str, ticks: &[(i32, String)], look: &Look, area: &Area, [from, to]: [At; 2]) -> Result<(), Failure> {
    area.draw(&PathElement::new(vec![from, to], faint(look, 0.5)))?;
    for (at, label) in ticks {
        look.write(area, label, (*at, from.1 + look.px(11.0)), look.ink, HPos::Center)?;
    }
    look.write(area, name, (from.0.midpoint(to.0), from.1 + look.px(31.0)), look.ink, HPos::Center)
}

fn row(bar: &Bar, scale: Scale, look: &Look, area: &Area, (left, middle): At) -> Result<(), Failure> {
    look.write(area, text::mode(bar.mode), (left, middle), look.color(bar.mode), HPos::Left)?;
    let half = look.px(THICK / 2.0);
    let end = scale.at(bar.value);
    if bar.value > 0.0 {
        look.bar(area, bar.mode, [(scale.left, middle - half), (end, middle + half)])?;
    }
    let line = |places: [At; 2], width| PathElement::new(places.to_vec(), look.stroke(look.ink, width));
    if let Some(reach) = bar.reach.map(|reach| scale.at(reach)) {
        area.draw(&line([(end, middle), (reach, middle)], 1.0))?;
        area.draw(&line([(reach, middle - half / 2), (reach, middle + half / 2)], 1.0))?;
    }
    if let Some(mark) = bar.mark.map(|mark| scale.at(mark)) {
        let over = half + look.px(2.0);
        area.draw(&line([(mark, middle - over), (mark, middle + over)], 2.0))?;
    }
    look.write(area, &bar.text, (scale.at(bar.end()) + look.px(6.0), middle), look.ink, HPos::Left)
}

fn faint(look: &Look, share: f64) -> ShapeStyle {
    look.ink.mix(share).stroke_width(look.px(1.0).unsigned_abs())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts, from 0 on")]
fn plain(value: f64) -> String {
    if value.fract() == 0.0 { text::number(value as usize) } else { format!("{value:.1}") }
}
