use yew::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    First,
    Back,
    Play,
    Pause,
    Step,
    Last,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::First => "M3.5 3v10M13 3.5 6.5 8l6.5 4.5z",
            Self::Back => "M11 3.5 4.5 8l6.5 4.5z",
            Self::Play => "M4.5 2.8 13 8l-8.5 5.2z",
            Self::Pause => "M5 3v10M11 3v10",
            Self::Step => "M5 3.5 11.5 8 5 12.5z",
            Self::Last => "M12.5 3v10M3 3.5 9.5 8 3 12.5z",
        }
    }

    pub fn view(self) -> Html {
        html! {
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d={self.path()} />
            </svg>
        }
    }
}
