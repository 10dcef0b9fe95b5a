//! How large a picture is shown in its window, and which part of it is in sight.

/// Twice and twice again: the smallest words can be read from afar.
const LARGEST: f64 = 4.0;
/// A picture's words are 11.5 pixels high.
const READABLE: f64 = 0.7;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// A picture in a window, both in CSS pixels; the picture's are those that it has at scale 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub picture: Size,
    pub window: Size,
}

/// What is in sight: the window's left upper corner, in pixels of the picture at this scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    pub scale: f64,
    pub left: f64,
    pub top: f64,
}

impl Window {
    /// The picture is as wide as the window; a small one is not made larger than it is.
    #[must_use]
    pub fn fitted(&self) -> f64 {
        ratio(self.window.width, self.picture.width).min(1.0)
    }

    /// How a picture opens: as wide as the window where its words can be read so, else as large as they have to be, with
    /// this point of the picture at the left of the window, half way down. None where it is fitted.
    #[must_use]
    pub fn opened(&self, (x, y): (f64, f64)) -> Option<Sight> {
        const LEFT: f64 = 12.0;
        let held = |at: f64, picture: f64, window: f64| at.min(picture * READABLE - window).max(0.0);
        (self.fitted() < READABLE).then(|| Sight {
            scale: READABLE,
            left: held(x * READABLE - LEFT, self.picture.width, self.window.width),
            top: held(y * READABLE - self.window.height / 2.0, self.picture.height, self.window.height),
        })
    }

    /// All of the picture is in sight.
    #[must_use]
    pub fn smallest(&self) -> f64 {
        self.fitted().min(ratio(self.window.height, self.picture.height))
    }

    /// So many times as large, with what is at this point of the window staying there as far as the picture reaches.
    #[must_use]
    pub fn zoomed(&self, sight: Sight, times: f64, (x, y): (f64, f64)) -> Sight {
        let scale = (sight.scale * times).clamp(self.smallest(), LARGEST);
        let grown = scale / sight.scale;
        let held = |at: f64, from: f64, picture: f64, window: f64| {
            ((from + at) * grown - at).min(picture * scale - window).max(0.0)
        };
        Sight {
            scale,
            left: held(x, sight.left, self.picture.width, self.window.width),
            top: held(y, sight.top, self.picture.height, self.window.height),
        }
    }
}

/// A window or a picture without extent holds nothing back.
fn ratio(window: f64, picture: f64) -> f64 {
    if window > 0.0 && picture > 0.0 { window / picture } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Window =
        Window { picture: Size { width: 2000.0, height: 1000.0 }, window: Size { width: 500.0, height: 400.0 } };

    #[test]
    fn a_wide_picture_is_fitted_and_a_small_one_is_left_as_it_is() {
        assert!((WIDE.fitted() - 0.25).abs() < 1e-9);
        let small = Window { picture: Size { width: 100.0, height: 100.0 }, ..WIDE };
        assert!((small.fitted() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn it_opens_so_that_it_can_be_read_where_it_is_asked_to() {
        let sight = WIDE.opened((1000.0, 700.0)).expect("too wide to be read when it is fitted");
        let seen = ((1000.0 * sight.scale - sight.left), (700.0 * sight.scale - sight.top));
        assert!((seen.0 - 12.0).abs() < 1e-9 && (seen.1 - 200.0).abs() < 1e-9, "{seen:?}");
        let corner = WIDE.opened((2000.0, 0.0)).expect("as before");
        assert!((corner.left - (2000.0 * corner.scale - 500.0)).abs() < 1e-9 && corner.top.abs() < 1e-9, "{corner:?}");
        let small = Window { picture: Size { width: 600.0, height: 100.0 }, ..WIDE };
        assert_eq!(small.opened((0.0, 0.0)), None);
    }

    #[test]
    fn what_is_under_the_finger_stays_there() {
        let sight = Sight { scale: 1.0, left: 300.0, top: 200.0 };
        for (times, point) in [(1.25, (100.0, 50.0)), (2.0, (250.0, 200.0)), (0.8, (400.0, 10.0))] {
            let after = WIDE.zoomed(sight, times, point);
            let of = |sight: Sight| ((sight.left + point.0) / sight.scale, (sight.top + point.1) / sight.scale);
            let (before, after) = (of(sight), of(after));
            assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9, "{before:?} {after:?}");
        }
    }

    #[test]
    fn there_and_back_is_where_one_was() {
        let sight = Sight { scale: 1.0, left: 700.0, top: 300.0 };
        let back = WIDE.zoomed(WIDE.zoomed(sight, 1.5, (250.0, 200.0)), 1.0 / 1.5, (250.0, 200.0));
        assert!((back.left - sight.left).abs() < 1e-9 && (back.scale - sight.scale).abs() < 1e-9, "{back:?}");
    }

    #[test]
    fn it_stops_where_all_is_in_sight_and_where_it_is_large_enough() {
        let sight = Sight { scale: 1.0, left: 1500.0, top: 600.0 };
        let whole = WIDE.zoomed(sight, 0.001, (0.0, 0.0));
        assert_eq!(whole, Sight { scale: WIDE.smallest(), left: 0.0, top: 0.0 });
        let large = WIDE.zoomed(sight, 1000.0, (500.0, 400.0));
        assert_eq!(large, Sight { scale: LARGEST, left: 7500.0, top: 3600.0 });
    }

    #[test]
    fn a_window_that_is_not_shown_does_not_divide_by_nothing() {
        let hidden = Window { window: Size { width: 0.0, height: 0.0 }, ..WIDE };
        assert!((hidden.fitted() - 1.0).abs() < 1e-9);
        let sight = hidden.zoomed(Sight { scale: 1.0, left: 0.0, top: 0.0 }, 2.0, (0.0, 0.0));
        assert!(sight.scale.is_finite() && sight.left.is_finite());
    }
}
