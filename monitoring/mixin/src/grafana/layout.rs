//! The layout of panels.

/// The width of a dashboard, in Grafana's grid units.
const WIDTH: u32 = 24;
/// The height of a panel, in Grafana's grid units.
pub(super) const HEIGHT: u32 = 8;

/// The position of a panel on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
}

/// Returns the positions of so many panels, row by row, and the `y` below them.
pub(super) fn spots(panels: usize, y: u32) -> (Vec<Spot>, u32) {
    let a_row = match panels {
        0 | 1 => 1,
        2 | 4 => 2,
        3 | 5 | 6 | 9 => 3,
        _ => 4,
    };
    let width = WIDTH / a_row;
    let mut spots = Vec::new();
    let (mut x, mut top) = (0, y);
    for _ in 0..panels {
        if x + width > WIDTH {
            (x, top) = (0, top + HEIGHT);
        }
        spots.push(Spot { x, y: top, width });
        x += width;
    }
    (spots, if panels == 0 { y } else { top + HEIGHT })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_panel_lies_upon_another_or_beyond_the_page() {
        for panels in 0..30 {
            let (spots, end) = spots(panels, 1);
            assert_eq!(spots.len(), panels);
            for (at, spot) in spots.iter().enumerate() {
                assert!(spot.x + spot.width <= WIDTH && spot.y + HEIGHT <= end, "{spot:?}");
                for other in &spots[..at] {
                    let beside = spot.y != other.y || other.x + other.width <= spot.x;
                    assert!(beside, "{spot:?} {other:?}");
                }
            }
        }
    }
}
