//! Customers both ways: folders of cases, and random histories that must come to rest.

mod cases;
mod histories;
mod world;
