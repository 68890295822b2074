use tallymark::timed;

#[timed]
fn first<T>((a, _): (Missing, T)) -> Result<[u8; 2], Vec<Absent>>
where
    T: Unknown,
{
    Ok(a)
}

#[timed]
async fn second((a, _): (u8, Missing)) -> u8 {
    a
}

fn main() {}
