use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// A dialog over the page that is open while `open` says so: for its `ref`.
#[hook]
pub fn use_dialog(open: bool) -> NodeRef {
    let dialog = use_node_ref();
    use_effect_with((dialog.clone(), open), |(dialog, open)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            if *open && !dialog.open() {
                // Refused only for a dialog that is open or not in the page.
                let _ = dialog.show_modal();
            } else if !open {
                dialog.close();
            }
        }
    });
    dialog
}
