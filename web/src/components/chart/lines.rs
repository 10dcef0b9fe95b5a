use datapath_core::proxy::Mode;
use plotters::coord::combinators::IntoLogRange;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::Lines;
use super::look::{Area, At, Failure, Look};
use crate::text;

pub const HEIGHT: f64 = 280.0;
/// Where nothing at all is counted: below one, where a logarithm still reaches.
const NONE: f64 = 0.5;
const DECADES: [f64; 8] = [NONE, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];

/// Draws on a part of all there is.
pub fn plot(lines: &Lines, look: &Look, all: &Area, part: &Area) -> Result<(), Failure> {
    let highest = lines.series.iter().flat_map(|series| &series.points).map(|(_, count)| *count).max();
    let top = f64::from(highest.unwrap_or(10)).max(10.0) * 1.7;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let most = lines.most as f64;
    let up_to = |end: f64| DECADES.into_iter().filter(|at| *at <= end).collect::<Vec<_>>();
    let mut chart = ChartBuilder::on(part)
        .margin_top(look.px(10.0))
        .margin_right(look.px(if look.narrow { 44.0 } else { 108.0 }))
        .x_label_area_size(look.px(40.0))
        .y_label_area_size(look.px(52.0))
        .build_cartesian_2d(
            (1.0..most).log_scale().with_key_points(up_to(most).split_off(1)),
            (NONE..top).log_scale().with_key_points(up_to(top)),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(look.ink.mix(0.14).stroke_width(look.px(1.0).unsigned_abs()))
        .axis_style(look.ink.mix(0.5).stroke_width(look.px(1.0).unsigned_abs()))
        .label_style(look.text())
        .axis_desc_style(look.text())
        .x_desc(&lines.x_axis)
        .y_desc(&lines.y_axis)
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .draw()?;
    let mut ends = Vec::new();
    for series in &lines.series {
        let places: Vec<At> = series.points.iter().map(|point| chart.backend_coord(&place(*point))).collect();
        look.line(all, series.mode, &places)?;
        for at in &places {
            look.marker(all, series.mode, *at)?;
        }
        if let (Some(at), Some((_, count))) = (places.last(), series.points.last()) {
            ends.push((*at, series.mode, end(series.mode, *count, look.narrow)));
        }
    }
    label(ends, look, all)
}

/// Writes what stands at the ends of lines, none over another.
fn label(mut ends: Vec<(At, Mode, String)>, look: &Look, area: &Area) -> Result<(), Failure> {
    ends.sort_by_key(|((_, y), ..)| *y);
    let mut free = i32::MIN;
    for ((x, y), mode, text) in ends {
        let y = y.max(free);
        free = y + look.px(15.0);
        look.write(area, &text, (x + look.px(9.0), y), look.color(mode), HPos::Left)?;
    }
    Ok(())
}

fn end(mode: Mode, count: u32, narrow: bool) -> String {
    let count = text::number(count as usize);
    if narrow { count } else { format!("{} {count}", text::mode(mode)) }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn place((size, count): (usize, u32)) -> (f64, f64) {
    (size as f64, f64::from(count).max(NONE))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
fn whole(value: &f64) -> String {
    text::number(if *value < 1.0 { 0 } else { value.round() as usize })
}
