use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    label_1: bool,
    label_2: bool,
    label_3: bool,
    label_4: bool,
    label_5: bool,
    label_6: bool,
    label_7: bool,
    label_8: bool,
    label_9: bool,
    label_10: bool,
    label_11: bool,
    label_12: bool,
    label_13: bool,
    label_14: bool,
    label_15: bool,
    label_16: bool,
    label_17: bool,
}

fn main() {}
