//! 들어가며.

crate::chapter! {
    "intro": first_run, three_walls,
}
