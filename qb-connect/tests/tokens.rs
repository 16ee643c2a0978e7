//! Tokens that survive: when they are refreshed, who refreshes, and what is kept when it goes wrong.

use crate::world;

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use qb_client::{TokenError, TokenStore};
use qb_connect::{RefreshingTokens, StoreLock};
use qb_simulator::{CompanyOptions, Effect};
use world::{World, finish, lasting, poll, rotating};

fn token(tokens: &RefreshingTokens) -> Result<String, TokenError> {
    finish(tokens.access_token()).map(|token| token.expose().to_owned())
}

/// Whether the token that this process gives opens the company.
fn works(world: &World, tokens: &Arc<RefreshingTokens>) -> bool {
    finish(world.client(tokens).company_info()).is_ok()
}

/// The refresh token in the store.
fn kept(world: &World) -> String {
    world.store.connection().tokens().unwrap().refresh().expose().to_owned()
}

#[test]
fn a_token_is_refreshed_at_four_fifths_of_its_life_and_not_before() {
    let world = World::new(lasting());
    let tokens = world.process();
    let first = token(&tokens).unwrap();
    world.clock.advance(47);
    assert_eq!(token(&tokens).unwrap(), first);
    assert_eq!(world.asked(), 0);
    world.clock.advance(1);
    let second = token(&tokens).unwrap();
    assert_ne!(second, first);
    assert_eq!((token(&tokens).unwrap(), world.asked()), (second, 1));
    assert!(works(&world, &tokens));
}

#[test]
fn a_refused_token_is_refreshed_once_however_often_it_was_refused() {
    let world = World::new(lasting());
    let tokens = world.process();
    let first = finish(tokens.access_token()).unwrap();
    finish(tokens.token_refused(&first));
    finish(tokens.token_refused(&first));
    let second = finish(tokens.access_token()).unwrap();
    // A request that was on its way with the first one comes back late.
    finish(tokens.token_refused(&first));
    assert_eq!(finish(tokens.access_token()).unwrap(), second);
    assert_eq!(world.asked(), 1);
}

#[test]
fn a_read_that_meets_a_401_is_answered_all_the_same() {
    let world = World::new(lasting());
    let tokens = world.process();
    // This machine's clock stands still: only QuickBooks says that the minute is over.
    world.clock.advance(61);
    world.clock.off.store(-61, SeqCst);
    assert!(works(&world, &tokens));
    assert_eq!((world.asked(), world.books.used.load(SeqCst)), (1, 2));
}

#[test]
fn the_new_pair_is_in_the_store_before_it_is_used() {
    let world = World::new(rotating());
    let tokens = world.process();
    world.clock.advance(60);
    world.gate.stop_at(0);
    token(&tokens).unwrap();
    // Written, asked, written: two points each.
    assert_eq!(world.gate.passed(), 6);
    assert_eq!(kept(&world), world.books.good());
}

#[tokio::test]
async fn callers_at_once_wait_for_one_refresh() {
    let world = World::new(rotating());
    let tokens = world.process();
    world.clock.advance(61);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let tokens = Arc::clone(&tokens);
            tokio::spawn(async move { tokens.access_token().await.unwrap().expose().to_owned() })
        })
        .collect();
    let mut given = Vec::new();
    for call in calls {
        given.push(call.await.unwrap());
    }
    given.dedup();
    assert_eq!((given.len(), world.asked()), (1, 1));
}

#[test]
fn a_second_process_takes_over_what_the_first_has_renewed() {
    let world = World::new(rotating());
    let (one, other) = (world.process(), world.process());
    let first = finish(other.access_token()).unwrap();
    world.clock.advance(61);
    let second = token(&one).unwrap();
    finish(other.token_refused(&first));
    assert_eq!(token(&other).unwrap(), second);
    assert_eq!(world.asked(), 1);
}

#[test]
fn a_good_token_is_used_while_another_process_refreshes() {
    let world = World::new(lasting());
    let tokens = world.process();
    let first = token(&tokens).unwrap();
    world.clock.advance(50);
    world.store.lock();
    assert_eq!(token(&tokens).unwrap(), first);
    world.clock.advance(11);
    let error = token(&tokens).unwrap_err();
    assert_eq!(error.code(), "token-unavailable", "{error}");
    assert_eq!(world.asked(), 0);
    world.store.unlock();
    assert_ne!(token(&tokens).unwrap(), first);
}

#[tokio::test]
async fn a_caller_that_is_dropped_does_not_lose_the_answer() {
    let world = World::new(rotating());
    let tokens = world.process();
    world.clock.advance(61);
    {
        let mut call = tokens.access_token();
        // Written, asked: the server has rotated, and the caller goes away.
        assert!(matches!(futures_poll(&mut call), std::task::Poll::Pending));
    }
    tokens.settle().await;
    assert_eq!(kept(&world), world.books.good());
    assert_eq!(world.asked(), 1);
}

fn futures_poll<T>(
    future: &mut std::pin::Pin<Box<dyn Future<Output = T> + Send + '_>>,
) -> std::task::Poll<T> {
    future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

/// What goes wrong with one refresh: (effect, how often, whether the server rotates), then: the error's code or `ok` for
/// the first call, and for the call after it.
#[test]
#[rustfmt::skip]
fn no_bad_answer_loses_the_old_pair() {
    let missing = |name: &str| Effect::MemberMissing { name: name.to_owned() };
    let oauth = |error: &str| Effect::OAuthError { error: error.to_owned() };
    let status = |status, committed| Effect::Status { status, committed };
    for (effect, times, rotates, first, second) in [
        // Without rotation the old refresh token stays good: a second try helps.
        (Effect::AnswerLost, 1, false, "ok", "ok"),
        (Effect::AnswerLost, 3, false, "token-unavailable", "ok"),
        (Effect::ResetBefore, 1, true, "ok", "ok"),
        (Effect::ResetBefore, 3, true, "token-unavailable", "ok"),
        (Effect::Truncated { bytes: 20 }, 1, false, "ok", "ok"),
        (status(503, false), 1, true, "ok", "ok"),
        (status(503, false), 3, true, "token-unavailable", "ok"),
        (status(500, true), 3, false, "token-unavailable", "ok"),
        (Effect::Throttled { form: Default::default(), retry_after: Some(2), committed: false }, 1, true, "ok", "ok"),
        (Effect::Html { committed: false }, 1, true, "token-unavailable", "ok"),
        (Effect::Html { committed: true }, 1, false, "token-unavailable", "ok"),
        (Effect::Empty { committed: true }, 1, false, "token-unavailable", "ok"),
        (Effect::WrongContentType, 1, true, "ok", "ok"),
        (missing("refresh_token"), 1, false, "token-unavailable", "ok"),
        (missing("expires_in"), 1, false, "token-unavailable", "ok"),
        (missing("token_type"), 1, false, "token-unavailable", "ok"),
        (missing("access_token"), 1, false, "token-unavailable", "ok"),
        // The new refresh token stood in an answer that lacked something else: it is the spare that helps.
        (missing("access_token"), 1, true, "token-unavailable", "ok"),
        (missing("expires_in"), 1, true, "token-unavailable", "ok"),
        (oauth("invalid_client"), 1, true, "token-misconfigured", "ok"),
        (oauth("unsupported_grant_type"), 1, true, "token-unavailable", "ok"),
        (Effect::Redirect { location: "https://example.org/".to_owned() }, 1, true, "token-unavailable", "ok"),
        // Rotated, and the answer gone: whether QuickBooks really kills the old one then is not published. If it does, a
        // person must connect again, and is told so.
        (Effect::AnswerLost, 1, true, "reauthorization-needed", "reauthorization-needed"),
        (Effect::Html { committed: true }, 1, true, "token-unavailable", "reauthorization-needed"),
        (missing("refresh_token"), 1, true, "token-unavailable", "reauthorization-needed"),
    ] {
        let place = format!("{effect:?} x {times}, rotates {rotates}");
        let world = World::new(if rotates { rotating() } else { lasting() });
        let tokens = world.process();
        let before = kept(&world);
        world.clock.advance(61);
        world.faulty(effect, times);
        let code = |result: &Result<String, TokenError>| match result {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        let result = token(&tokens);
        assert_eq!(code(&result), first, "{place}: {result:?}");
        if result.is_err() {
            assert_eq!(kept(&world), before, "{place}: the old pair is gone");
        }
        // A new process, so that nothing in memory helps.
        let again = world.process();
        let result = token(&again);
        assert_eq!(code(&result), second, "{place}: {result:?}");
        assert_eq!(works(&world, &again), result.is_ok(), "{place}");
    }
}

#[test]
fn a_failed_refresh_costs_nothing_while_the_token_is_good() {
    let world = World::new(lasting());
    let tokens = world.process();
    let first = token(&tokens).unwrap();
    world.books.is_down.store(true, SeqCst);
    world.clock.advance(48);
    assert_eq!(token(&tokens).unwrap(), first);
    assert!(works(&world, &tokens));
    world.books.is_down.store(false, SeqCst);
    world.clock.advance(61);
    assert_ne!(token(&tokens).unwrap(), first);
}

#[test]
fn where_nothing_can_be_written_nothing_is_asked() {
    let world = World::new(rotating());
    let tokens = world.process();
    world.clock.advance(61);
    *world.store.fails.lock().unwrap() = Some((0, false));
    let error = token(&tokens).unwrap_err();
    assert_eq!(error.code(), "token-misconfigured");
    assert!(error.to_string().contains("no space left"), "{error}");
    assert_eq!(world.asked(), 0);
    assert!(token(&tokens).is_ok());
}

#[test]
fn a_pair_that_could_not_be_written_is_written_before_anything_else_is_asked() {
    for is_kept in [false, true] {
        let world = World::new(rotating());
        let tokens = world.process();
        world.clock.advance(61);
        *world.store.fails.lock().unwrap() = Some((1, is_kept));
        assert_eq!(token(&tokens).unwrap_err().code(), "token-misconfigured");
        assert!(works(&world, &tokens), "{is_kept}");
        assert_eq!(world.asked(), 1, "{is_kept}");
        assert_eq!(kept(&world), world.books.good());
    }
}

#[test]
fn a_clock_ten_minutes_off_costs_a_request_and_no_token() {
    let hour = || {
        let mut options = rotating();
        options.oauth.access_token_seconds = Some(3600);
        options
    };
    for (off, back) in [(600, 0), (-600, 0), (0, 600), (0, -600), (86_400, -86_400), (-86_400, 86_400)] {
        let world = World::new(hour());
        world.clock.off.store(off, SeqCst);
        let tokens = world.process();
        for minute in 0..180 {
            world.clock.advance(60);
            world.clock.off.store(if minute % 7 < 4 { off } else { back }, SeqCst);
            assert!(works(&world, &tokens), "{off} {back} minute {minute}");
        }
        assert!(works(&world, &world.process()));
        assert_eq!(kept(&world), world.books.good(), "{off} {back}");
    }
}

#[test]
fn a_refusal_reads_the_store_once_more() {
    let world = World::new(rotating());
    let (tokens, other) = (world.process(), world.process());
    world.clock.advance(61);
    // Another process gets past the lock, as on a drive whose locks do not work, and is first.
    let (store, clock) = (world.store.clone(), Arc::clone(&world.clock));
    let raced = Arc::clone(&other);
    world.books.meanwhile.lock().unwrap().push_back(Box::new(move || {
        store.unlock();
        clock.advance(0);
        // It is asked from within a request of the first: the service is not locked yet.
        let result = finish(raced.access_token());
        assert!(result.is_ok());
    }));
    let result = token(&tokens);
    assert_eq!(result.unwrap(), token(&other).unwrap());
    assert_eq!(kept(&world), world.books.good());
}

#[test]
fn a_dead_connection_says_who_must_do_what_and_keeps_its_pair() {
    let world = World::new(lasting());
    let tokens = world.process();
    let before = kept(&world);
    finish(world.server().revoke(world.store.connection().tokens().unwrap().refresh())).unwrap();
    let asked = world.asked();
    let first = finish(tokens.access_token()).unwrap();
    assert!(!works(&world, &tokens), "revoked in mid-run");
    let error = token(&tokens).unwrap_err();
    assert_eq!(error.code(), "reauthorization-needed");
    let text = error.to_string();
    assert!(text.contains(world.realm.as_str()) && text.contains("runs `connect`"), "{text}");
    assert!(!text.contains(first.expose()));
    assert_eq!(kept(&world), before);
    // It is not asked again and again.
    let asked_once = world.asked();
    assert_eq!(asked_once, asked + 1);
    assert!(token(&tokens).is_err() && !works(&world, &tokens));
    assert_eq!(world.asked(), asked_once);
}

#[test]
fn a_user_who_left_and_a_consent_of_five_years_are_named() {
    let mut options = lasting();
    options.oauth.user_not_in_realm = true;
    let world = World::new(options);
    world.clock.advance(61);
    let error = token(&world.process()).unwrap_err().to_string();
    assert!(error.contains("not a user of it any more"), "{error}");

    let mut options = lasting();
    options.oauth.access_token_seconds = Some(3600);
    let world = World::new(options);
    let tokens = world.process();
    let day = 86_400;
    let mut announced = None;
    for since in 0..1830 {
        world.clock.advance(day);
        let result = token(&tokens);
        if announced.is_none() && finish(tokens.notice()).is_some() {
            announced = Some(since + 1);
        }
        if since + 1 >= 1825 {
            let error = result.unwrap_err().to_string();
            assert!(error.contains("five years"), "{error}");
            break;
        }
        result.unwrap();
    }
    assert_eq!(announced, Some(1795), "thirty days ahead");
}

#[test]
fn a_connection_that_lay_unused_for_100_days_is_named() {
    let world = World::new(CompanyOptions { oauth: lasting().oauth, ..CompanyOptions::default() });
    let tokens = world.process();
    world.clock.advance(61);
    token(&tokens).unwrap();
    world.clock.advance(102 * 86_400);
    let error = token(&tokens).unwrap_err().to_string();
    assert!(error.contains("not used for 100 days"), "{error}");
}

#[test]
fn a_store_takes_no_older_pair() {
    let world = World::new(rotating());
    let old = world.store.connection();
    world.clock.advance(61);
    token(&world.process()).unwrap();
    let kept_now = kept(&world);
    let mut lock: Box<dyn StoreLock> =
        finish(qb_connect::ConnectionStore::try_lock(&world.store)).unwrap().unwrap();
    for version in [old.clone(), old.again(), old.again().again().again().again()] {
        assert_eq!(finish(lock.write(&version)).unwrap_err().code(), "connection-overtaken");
    }
    assert_eq!(kept(&world), kept_now);
}

/// What a process does: uses the company, across a refresh that is due soon, one that is due now, and a 401.
async fn work(world: &World, tokens: &Arc<RefreshingTokens>) -> Result<(), TokenError> {
    let client = world.client(tokens);
    let used = |name: &'static str| {
        let client = client.clone();
        async move { client.company_info().await.map(drop).map_err(|error| (name, error)) }
    };
    tokens.access_token().await?;
    let _ = used("fresh").await;
    world.clock.advance(50);
    tokens.access_token().await?;
    let _ = used("soon").await;
    world.clock.advance(61);
    tokens.access_token().await?;
    let _ = used("now").await;
    let token = tokens.access_token().await?;
    tokens.token_refused(&token).await;
    tokens.access_token().await?;
    let _ = used("refused").await;
    Ok(())
}

/// Each point before and after a save, a request for tokens and a use; killed there, and started again. Only an answer
/// that was on its way when the process died can cost the connection, and only where the server then kills the old token.
#[test]
fn killed_at_any_point_the_next_process_goes_on() {
    for (name, options) in [("lasting", lasting as fn() -> CompanyOptions), ("rotating", rotating)] {
        let world = World::new(options());
        world.gate.stop_at(0);
        finish(work(&world, &world.process())).unwrap();
        let points = world.gate.passed();
        assert!(points >= 26, "{name}: only {points} points");
        let mut lost = 0;
        for point in 1..=points {
            for is_leaked in [false, true] {
                let world = World::new(options());
                let tokens = world.process();
                world.gate.stop_at(point);
                let mut run = Box::pin(work(&world, &tokens));
                assert!(poll(run.as_mut()).is_none(), "{name} {point} was not reached");
                if is_leaked {
                    std::mem::forget(run);
                    std::mem::forget(tokens);
                } else {
                    drop(run);
                    drop(tokens);
                }
                world.gate.stop_at(0);
                world.store.unlock();
                let good = world.books.good();
                let stored = world.store.connection();
                let has_good = stored.tokens().unwrap().refresh().expose() == good;
                let again = world.process();
                world.clock.advance(61);
                let result = token(&again);
                assert_eq!(result.is_ok(), has_good, "{name} {point}: {result:?}");
                if let Err(error) = result {
                    lost += 1;
                    assert_eq!(name, "rotating");
                    assert_eq!(error.code(), "reauthorization-needed");
                    assert!(error.to_string().contains("was lost at 2026-02-04"), "{error}");
                } else {
                    finish(work(&world, &again)).unwrap();
                }
            }
        }
        // Between the server's change and the save of the new pair lie two points a refresh: after it was asked, and before
        // it is written.
        assert_eq!(lost, if name == "rotating" { 3 * 2 * 2 } else { 0 }, "{name}");
    }
}

/// A caller that is dropped leaves the process alive: nothing at all may be lost.
#[test]
fn dropped_at_any_point_the_same_process_goes_on() {
    let world = World::new(rotating());
    world.gate.stop_at(0);
    finish(work(&world, &world.process())).unwrap();
    for point in 1..=world.gate.passed() {
        let world = World::new(rotating());
        let tokens = world.process();
        world.gate.stop_at(point);
        let mut run = Box::pin(work(&world, &tokens));
        assert!(poll(run.as_mut()).is_none(), "{point} was not reached");
        drop(run);
        world.gate.stop_at(0);
        let asked = world.asked();
        finish(work(&world, &tokens)).unwrap_or_else(|error| panic!("{point}: {error}"));
        assert!(world.asked() > asked);
        assert_eq!(kept(&world), world.books.good());
    }
}
