use super::*;
use crate::frames::{decode, Frames};
use crate::notation::{parse, print};

const TEXT: &str = "
    trace 1
    shop GET /cart   0..100 server http.response.status_code=200 user=\"é\"
      cart Get      10..60 error
    trace word
    lost work       30..40 parent=77 db.system=redis
";

fn part() -> Part {
    let run = |source, records| Run { source, records };
    Part {
        batch: parse(TEXT),
        runs: vec![run(3, 2), run(0, 1)],
    }
}

fn push(spill: &mut Spill) {
    let mut encoder = Encoder::new().expect("memory");
    spill.push(&part(), &mut encoder).expect("room");
}

#[test]
fn parts_come_back_as_they_went() {
    let mut spill = Spill::new(None);
    for _ in 0..3 {
        push(&mut spill);
    }
    assert!(spill.bytes() > 0);
    let back: Result<Vec<Part>> = spill.parts().collect();
    let back = back.expect("whole");
    assert_eq!(back.len(), 3);
    for mut part in back {
        assert_eq!(part.runs, self::part().runs);
        assert_eq!(print(&part.batch), print(&parse(TEXT)));
        // What is known is found again, not written twice.
        let strings = part.batch.strings.len();
        assert_eq!(
            part.batch.strings.intern("cart"),
            parse(TEXT).strings.find("cart").expect("held")
        );
        assert_eq!(part.batch.strings.len(), strings);
        let evidence = part.batch.evidence.len();
        let again = parse(TEXT);
        let mut copier = spanwise_model::Copier::new(&again);
        (0..3).for_each(|record| copier.copy(record, &mut part.batch).expect("room"));
        assert_eq!(part.batch.evidence.len(), evidence);
        assert_eq!(part.batch.resources.len(), again.resources.len());
    }
}

#[test]
fn a_damaged_frame_is_an_error() {
    let mut encoder = Encoder::new().expect("memory");
    let text = print(&parse(TEXT));
    let frame = encoder.encode(&text).expect("memory").to_vec();
    assert!(decode::<String>(&frame).is_ok());
    for at in 0..frame.len() {
        assert!(decode::<String>(&frame[..at]).is_err(), "cut at {at}");
        let mut flipped = frame.clone();
        flipped[at] ^= 0x40;
        if let Ok(back) = decode::<String>(&flipped) {
            // A bit of the header that says nothing of the content.
            assert_eq!(back, text, "flipped at {at}");
        }
    }
}

#[test]
fn a_file_that_breaks_off_ends_in_an_error() {
    let (mut frames, mut encoder) = (Frames::new(None), Encoder::new().expect("memory"));
    frames.push(&7_u64, &mut encoder).expect("room");
    let values: Vec<Result<u64>> = frames.values(0..frames.bytes() + 5).collect();
    assert!(matches!(values.as_slice(), [Ok(7), Err(_)]));
}
