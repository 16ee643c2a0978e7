//! A seed plays the same night each time; nights keep every rule.

use std::sync::Mutex;

use qb_simulator::RequestIds;
use simulation::{After, Campaign, Night, Planted, play};

/// A day of one or two documents.
const SMALL: u64 = 1;

#[test]
fn a_seed_plays_the_same_night_twice() {
    for seed in 1..9 {
        let (first, second) = (play(&Night::of(seed)), play(&Night::of(seed)));
        assert_eq!(first.trace, second.trace, "seed {seed}");
    }
    assert_ne!(play(&Night::of(1)).trace, play(&Night::of(2)).trace);
}

#[test]
fn x_02_nights_on_which_everything_goes_wrong_end_in_the_books_of_a_quiet_one() {
    for quiet in [true, false] {
        let campaign = Campaign { seeds: 1..50, minutes: None, threads: None, quiet, planted: None };
        let broken = Mutex::new(Vec::new());
        let tally =
            campaign.play(|seed, violation| broken.lock().unwrap().push(format!("seed {seed}: {violation}")));
        assert_eq!(broken.into_inner().unwrap(), Vec::<String>::new());
        assert_eq!(tally.nights, 49);
    }
}

/// At every point of a small day, and however the log is found afterwards, where QuickBooks keeps no request ids: the hardest of
/// all. `simulate --cuts` plays the others.
#[test]
fn x_02_a_day_that_is_cut_at_any_point_ends_in_the_same_books() {
    let points = play(&Night::quiet(SMALL)).points;
    assert!(points > 20, "{points} points");
    for after in [After::Kept, After::Synced, After::OlderCopy, After::Lost] {
        for at in 1..=points {
            let played = play(&Night::cut(SMALL, at, after, RequestIds::Ignored));
            assert_eq!(played.violations, [], "at point {at} of {points}, {after:?}");
            assert_eq!(played.crashes, 1, "at point {at} of {points}");
        }
    }
}

#[test]
fn a_planted_bug_is_caught_and_the_same_night_without_it_is_not() {
    for planted in Planted::ALL {
        let night = Night::tempting(planted);
        assert_eq!(play(&night).violations, [], "without {planted:?}");
        assert_ne!(play(&night.with(planted)).violations, [], "{planted:?}");
    }
}
