//! What was measured of a part.

/// What one part of a subject costs at one size.
#[derive(Clone, Debug)]
pub struct Cost {
    pub part: String,
    /// Not beyond the size up to which it is counted.
    pub counted: Option<f64>,
    pub ns: f64,
}
