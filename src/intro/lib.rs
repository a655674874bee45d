//! 들어가며.

lab::chapter! {
    "intro": first_run, three_walls,
}
