//! The story that `customer-exchange` tells without arguments: two stores of a shop, its customers, and a simulated company.

mod people;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use exchange::customers::{CustomerOptions, PosCustomers};
use exchange::{Exchange, Exit, Fault, MemoryLog, Place, RunSummary};
use mapping::customers::{LimitPolicy, Profile, RecordId, Settings, Side, at_till};
use mapping::{Company, CompanyMapping, CustomerKey, Origin, StoreMapping};
use pos_model::{Batch, CustomerField, Money, PosFile};
use qb_simulator::{PersonAct, Simulator};
use serde_json::{Value, json};

use self::people::{charge, customer};
use crate::connect::{self, Connected};
use crate::faults::now;
use crate::output::{put, with_causes};
use crate::outputs::Output;
use crate::pos_customers::{SqliteCustomers, left, name};

/// Why the story ends early: something of this program's own does not work.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Connect(#[from] connect::ConnectError),
    #[error("somebody's act in QuickBooks failed: {0}")]
    Person(String),
    #[error("the story's own data are not valid: {0}")]
    Data(String),
    #[error(transparent)]
    Customers(#[from] crate::pos_customers::DatabaseError),
    #[error(transparent)]
    Pos(#[from] exchange::customers::PosCustomersError),
}

/// Tells the story, and writes what came of each exchange when it is asked for.
pub(crate) async fn tell(json: Option<&Path>) -> ExitCode {
    let output = match json.map(|path| Output::open(path, &[])).transpose() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("{}", with_causes(&error));
            return ExitCode::from(Exit::Configuration.code());
        }
    };
    let mut summary = RunSummary::new(now());
    if let Err(broken) = story(&mut summary).await {
        eprintln!("{}", with_causes(&broken));
        let place = Place::of_part("story");
        summary.add_error(Fault::new("story", with_causes(&broken), place, Exit::Configuration));
    }
    summary.end(now());
    for fault in summary.errors() {
        eprintln!("{}", fault.message);
    }
    if let Some(output) = output {
        let text = serde_json::to_string_pretty(&summary).unwrap_or_default();
        if let Err(error) = output.write(&(text + "\n")) {
            eprintln!("{}", with_causes(&error));
            return ExitCode::from(Exit::Incomplete.code());
        }
    }
    ExitCode::from(summary.exit().code())
}

const RETAILER: &str = "1651";

fn key(id: &str) -> CustomerKey {
    CustomerKey { retailer: RETAILER.to_owned(), id: id.to_owned() }
}

async fn story(summary: &mut RunSummary) -> Result<(), Broken> {
    let mut shop = Shop::open().await?;

    put(
        "1. The first exchange: Sara is known on both sides, Ken at the till alone, Ann in QuickBooks alone.\n",
    );
    for (id, first, last, email) in
        [("c-77", "Sara", "Edward", "sara@example.com"), ("c-78", "Ken", "Moore", "ken@example.com")]
    {
        shop.pos.put(&customer(&key(id), first, last, email, Some(200)))?;
    }
    shop.post(
        "customer",
        &json!({
            "DisplayName": "Edward, Sara", "GivenName": "Sara", "FamilyName": "Edward",
            "PrimaryEmailAddr": {"Address": "sara@example.com"}
        }),
    )?;
    let ann =
        shop.post("customer", &json!({"DisplayName": "Ann Bell", "GivenName": "Ann", "FamilyName": "Bell"}))?;
    shop.exchange(summary).await?;

    put(
        "\n2. Ken's telephone is typed at the till, Ann's e-mail in QuickBooks, and Sara's telephone on both sides.\n",
    );
    shop.write("c-78", CustomerField::Phone, "617 555 0178").await?;
    shop.change(&ann, &json!({"PrimaryEmailAddr": {"Address": "ann@example.com"}}))?;
    shop.write("c-77", CustomerField::Phone, "617 555 0101").await?;
    let sara = shop.record_of("c-77").await?;
    shop.change(&sara, &json!({"PrimaryPhone": {"FreeFormNumber": "617 555 0199"}}))?;
    shop.exchange(summary).await?;

    put("\n3. A person decides: the telephone that was typed at the till stands.\n");
    shop.options.decisions.winners.insert((key("c-77"), CustomerField::Phone), Side::Pos);
    shop.exchange(summary).await?;
    shop.options.decisions = Default::default();

    put(
        "\n4. Sara charges 160.00 in Boston and 50.00 in Salem, each till knowing its own; the limit is 200.00, and the company holds what exceeds it.\n",
    );
    shop.charge("boston", 4, 1, "c-77", "160.00")?;
    shop.charge("salem", 9, 2, "c-77", "50.00")?;
    shop.exchange(summary).await?;
    shop.ask("c-77", 1_000).await?;

    put(
        "\n5. The bookkeeper types a payment of 100.00 from Sara into QuickBooks: there is room for what was held.\n",
    );
    shop.post("payment", &json!({"CustomerRef": {"value": sara}, "TotalAmt": 100.00}))?;
    shop.exchange(summary).await?;

    put("\n6. QuickBooks charges Sara 5.00 for paying late.\n");
    let item = shop.first_item()?;
    let line = json!({"Amount": 5.00, "Description": "Finance charge", "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}}});
    shop.post("invoice", &json!({"CustomerRef": {"value": sara}, "Line": [line]}))?;
    shop.exchange(summary).await?;

    put(
        "\n7. The company now books what it sold (`limit_policy: post`), and Ken charges 150.00 in Boston and 80.00 in Salem.\n",
    );
    shop.options.settings.limit_policy = LimitPolicy::Post;
    shop.charge("boston", 5, 3, "c-78", "150.00")?;
    shop.charge("salem", 10, 4, "c-78", "80.00")?;
    shop.exchange(summary).await?;
    shop.ask("c-78", 1_000).await?;

    put("\n8. A cashier makes Sara once more, as Sarah.\n");
    shop.pos.put(&customer(&key("c-79"), "Sarah", "Edwards", "sarah@example.org", None))?;
    shop.exchange(summary).await?;

    put(
        "\n9. The two are merged at the till, and the company lets records that nothing hangs on become inactive.\n",
    );
    let mut double = shop.read("c-79").await?;
    double.merged_into = Some(key("c-77"));
    shop.pos.put(&double)?;
    shop.options.settings.retires = true;
    shop.exchange(summary).await?;

    put("\n10. Once more: nothing is left to do.\n");
    let is_quiet = shop.exchange(summary).await?;
    if !is_quiet {
        let words = "the last exchange still found something to do";
        summary.add_error(Fault::new("not-at-rest", words, Place::of_part("story"), Exit::Differences));
    }
    put(&format!("\n{}", shop.table().await?));
    shop.simulator.stop().await;
    Ok(())
}

/// The two sides, and what passes between them.
struct Shop {
    simulator: Simulator,
    pos: SqliteCustomers,
    exchange: Exchange,
    options: CustomerOptions,
    batches: Vec<Batch>,
}

impl Shop {
    async fn open() -> Result<Self, Broken> {
        let Connected { client, simulator, .. } = connect::embedded().await?;
        let simulator = simulator.ok_or_else(|| Broken::Data("no simulator".to_owned()))?;
        let stores = [("boston", "CL"), ("salem", "SL")].map(|(code, prefix)| {
            (code.to_owned(), StoreMapping { prefix: Some(prefix.to_owned()), ..StoreMapping::default() })
        });
        let mapping =
            CompanyMapping { profile: Profile::TwoWay, stores: stores.into(), ..CompanyMapping::default() };
        let company = Company::try_from(mapping).map_err(|faults| Broken::Data(format!("{faults:?}")))?;
        let mut options = CustomerOptions::new(Settings::of_company(&company, RETAILER));
        options.confirms_first_balances = true;
        let exchange = Exchange::new(client, Arc::new(MemoryLog::new()), company);
        let pos = SqliteCustomers::in_memory(RETAILER)?;
        Ok(Self { simulator, pos, exchange, options, batches: Vec::new() })
    }

    /// One exchange, told in sentences. Returns whether nothing was to be done.
    async fn exchange(&mut self, summary: &mut RunSummary) -> Result<bool, Broken> {
        let origins: Vec<Origin<'_>> = self.batches.iter().map(Origin::from).collect();
        let mut failed = None;
        let noted = |_: Origin<'_>, result: Result<_, _>| failed = failed.take().or(result.err());
        match self.exchange.run_both_ways(&origins, &self.pos, &self.options, noted).await {
            Ok(day) => {
                for sentence in day.sentences() {
                    put(&format!("   {sentence}\n"));
                }
                let is_quiet = !day.has_changed_something();
                summary.add_exchange(day);
                if let Some(error) = failed {
                    summary.add_errors(&error, &Place::of_part("documents"));
                }
                Ok(is_quiet)
            }
            Err(error) => {
                summary.add_exchange_error(&error);
                Ok(false)
            }
        }
    }

    async fn read(&self, id: &str) -> Result<mapping::customers::PosRecord, Broken> {
        let found = self.pos.read(&[key(id)]).await?;
        found.into_iter().next().ok_or_else(|| Broken::Data(format!("no customer {id}")))
    }

    /// A person types at the till.
    async fn write(&self, id: &str, field: CustomerField, text: &str) -> Result<(), Broken> {
        let mut ours = self.read(id).await?;
        ours.fields.set_text(field, Some(text));
        Ok(self.pos.put(&ours)?)
    }

    async fn record_of(&self, id: &str) -> Result<String, Broken> {
        let ours = self.read(id).await?;
        Ok(ours.quickbooks_ids.first().map(RecordId::to_string).unwrap_or_default())
    }

    /// A register is closed in which a customer has charged something; its till has moved the balance.
    fn charge(
        &mut self,
        store: &str,
        number: u64,
        transaction: u64,
        id: &str,
        amount: &str,
    ) -> Result<(), Broken> {
        let file = charge(store, number, transaction, id, amount);
        let file = PosFile::from_json(file.to_string().as_bytes());
        let (batches, _) = file.map_err(|error| Broken::Data(error.to_string()))?.into_parts();
        for charge in batches.iter().flat_map(mapping::customers::charges_of) {
            self.pos.charge(&charge.customer, charge.amount)?;
        }
        self.batches.extend(batches);
        Ok(())
    }

    /// The till asks before it charges something more.
    async fn ask(&self, id: &str, cents: i64) -> Result<(), Broken> {
        let customer = self.read(id).await?;
        let more = Money::from_cents(cents).map_err(|error| Broken::Data(error.to_string()))?;
        let answer = match at_till(left(&customer), more) {
            Ok(()) => format!("a charge of {more} passes"),
            Err(blocked) => blocked.to_string(),
        };
        put(&format!("   A till asks for {more} more on {}'s account: {answer}.\n", name(&customer)));
        Ok(())
    }

    /// A person enters something in QuickBooks; returns its id.
    fn post(&self, path: &str, body: &Value) -> Result<String, Broken> {
        let answer = self.act("POST", path, &body.to_string())?;
        let object =
            answer.as_object().and_then(|answer| answer.values().next()).cloned().unwrap_or_default();
        match object["Id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(Broken::Person(answer.to_string())),
        }
    }

    /// A person changes a record in QuickBooks.
    fn change(&self, id: &str, change: &Value) -> Result<(), Broken> {
        let now = self.act("GET", &format!("customer/{id}"), "")?;
        let mut body = change.clone();
        body["Id"] = json!(id);
        body["SyncToken"] = now["Customer"]["SyncToken"].clone();
        body["sparse"] = json!(true);
        self.post("customer", &body).map(drop)
    }

    /// Something that an invoice can be typed with.
    fn first_item(&self) -> Result<String, Broken> {
        let rows = self.act("POST", "query", "select * from Item maxresults 1")?;
        let id = rows.pointer("/QueryResponse/Item/0/Id").and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| Broken::Person(rows.to_string()))
    }

    fn act(&self, method: &str, path: &str, body: &str) -> Result<Value, Broken> {
        let (method, path, body) = (method.to_owned(), path.to_owned(), body.to_owned());
        let answer = self.simulator.act(&PersonAct::Request { method, path, body });
        let body = answer.map_err(Broken::Person)?.map(|answer| answer.body).unwrap_or_default();
        serde_json::from_slice(&body).map_err(|error| Broken::Person(error.to_string()))
    }

    /// Who is where, and what is owed: a line a record, so that a merged customer has two.
    async fn table(&self) -> Result<String, Broken> {
        let mut ours = self.pos.changed(None).await?.customers;
        ours.sort_by(|a, b| a.key.cmp(&b.key));
        let rows = self.act(
            "POST",
            "query",
            "select * from Customer where Active in (true, false) maxresults 1000",
        )?;
        let rows = rows["QueryResponse"]["Customer"].as_array().cloned().unwrap_or_default();
        let mut table = format!(
            "{:<8} {:<14} {:<14} {:>8} {:>8} {:>9}   {:<6} {:<16} {:<14} {:>8}\n",
            "Till",
            "Name",
            "Telephone",
            "Owes",
            "Limit",
            "Available",
            "Record",
            "QuickBooks",
            "Telephone",
            "Owes"
        );
        let amount = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
        for customer in ours {
            for (place, id) in customer.quickbooks_ids.iter().enumerate() {
                let row = rows.iter().find(|row| row["Id"] == id.as_str()).cloned().unwrap_or_default();
                let there = |pointer: &str| row.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
                let owed = row["BalanceWithJobs"].to_string().parse().ok().and_then(Money::exact);
                let owed = amount(owed);
                let inactive = if row["Active"] == false { " (inactive)" } else { "" };
                let here = if place == 0 {
                    let phone = customer.fields.text(&CustomerField::Phone).unwrap_or_default();
                    let (owes, merged) = match &customer.merged_into {
                        Some(keeper) => (String::new(), format!("now {}", keeper.id)),
                        None => (amount(customer.balance), name(&customer)),
                    };
                    format!(
                        "{:<8} {merged:<14} {phone:<14} {owes:>8} {:>8} {:>9}",
                        customer.key.id,
                        amount(customer.credit_limit),
                        amount(left(&customer)),
                    )
                } else {
                    format!("{:<65}", "")
                };
                table.push_str(&format!(
                    "{here}   {:<6} {:<16} {:<14} {owed:>8}{inactive}\n",
                    id.to_string(),
                    there("/DisplayName"),
                    there("/PrimaryPhone/FreeFormNumber"),
                ));
            }
        }
        Ok(table)
    }
}
