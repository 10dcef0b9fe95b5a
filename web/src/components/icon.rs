use yew::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    First,
    Back,
    Play,
    Pause,
    Step,
    Over,
    Verdict,
    Last,
    Undo,
    Redo,
    Share,
    Print,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::First => "M3.5 3v10M13 3.5 6.5 8l6.5 4.5z",
            Self::Back => "M11 3.5 4.5 8l6.5 4.5z",
            Self::Play => "M4.5 2.8 13 8l-8.5 5.2z",
            Self::Pause => "M5 3v10M11 3v10",
            Self::Step => "M5 3.5 11.5 8 5 12.5z",
            Self::Over => "M2.5 9a5.4 5.4 0 0 1 10.6-1.4M13.5 3.5v4.3H9.2M7 12.5a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
            Self::Verdict => "M2 8h8M6.8 4.8 10 8l-3.2 3.2M13.5 3v10",
            Self::Undo => "M6.5 2.5 2.5 6.5l4 4M3 6.5h6.5a4 4 0 0 1 0 8H8",
            Self::Redo => "M9.5 2.5l4 4-4 4M13 6.5H6.5a4 4 0 0 0 0 8H8",
            Self::Share => "M8 10V2M4.8 5 8 1.8 11.2 5M3 8.5V14h10V8.5",
            Self::Print => "M4.5 6V2h7v4M4.5 12H2.5V6h11v6h-2M4.5 9.5h7v4.5h-7z",
            Self::Last => "M12.5 3v10M3 3.5 9.5 8 3 12.5z",
        }
    }

    /// Whether it is drawn in lines, and not filled.
    const fn is_line(self) -> bool {
        matches!(self, Self::Over | Self::Verdict | Self::Undo | Self::Redo | Self::Share | Self::Print)
    }

    pub fn view(self) -> Html {
        html! {
            <svg class={classes!("icon", self.is_line().then_some("line"))} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d={self.path()} />
            </svg>
        }
    }
}
