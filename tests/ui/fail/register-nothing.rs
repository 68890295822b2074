fn main() {
    tallymark::register!();
}
