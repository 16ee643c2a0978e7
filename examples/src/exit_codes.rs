//! How every program here ends, as `--help` shows it: one table, for the numbers of [`Exit`](exchange::Exit) mean the same in
//! each of them.

/// The table.
pub const EXIT_CODES: &str = "\
Exit codes, the same in every program; the first that applies in the order 2, 5, 4, 1, 3, 0:
  0  done; after posting: everything is posted, and the books tie out
  1  the books, a document or a certificate are not as they should be: look at the differences
  2  the configuration, the company, the connection or the command line must be put right
  3  incomplete: something is left for another run, also after a signal; or nobody answered
  4  an input was refused: put it right and run again
  5  another process has the posting log or the connection: run again when it has ended";

#[cfg(test)]
mod tests {
    use exchange::Exit;

    use super::*;

    #[test]
    fn the_table_has_every_exit_and_their_order() {
        let order: Vec<String> = Exit::ORDER.iter().map(|exit| exit.code().to_string()).collect();
        assert!(EXIT_CODES.contains(&format!("in the order {}:", order.join(", "))));
        let mut codes: Vec<u8> = Exit::ORDER.iter().map(|exit| exit.code()).collect();
        codes.sort_unstable();
        let table: Vec<u8> = EXIT_CODES
            .lines()
            .skip(1)
            .filter_map(|line| line.split_whitespace().next()?.parse().ok())
            .collect();
        assert_eq!(table, codes);
    }
}
