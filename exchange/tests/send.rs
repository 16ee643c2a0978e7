//! A host spawns its runs: every future of an exchange can move between threads. Compiled is proven.

use exchange::Exchange;
use mapping::Origin;
use pos_model::Store;

fn moves<F: Future + Send>(_: &F) {}

#[allow(dead_code, reason = "what is proven is that it compiles")]
fn every_future_can_be_spawned(exchange: &mut Exchange, origins: &[Origin<'_>], store: &Store) {
    moves(&exchange.run(origins[0]));
    moves(&exchange.run_opening_entry(store));
    moves(&exchange.run_all(origins.iter().copied(), |_, _| {}));
    moves(&exchange.readiness(origins.iter().copied()));
    moves(&exchange.tie_out(origins.iter().copied()));
}
