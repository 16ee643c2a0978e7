//! `connect` and `full-exchange --connection`, as an operator runs them, against a simulator: every step that one can stand
//! in for, and what each error says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use qb_simulator::{
    CompanyOptions, Effect, Faults, OAuthOptions, Operation, Rule, Simulator, SimulatorOptions, When,
};
use tokio::runtime::Runtime;

/// A simulator, and a folder with its line, the app's keys and a key file; removed in the end.
struct World {
    folder: PathBuf,
    simulator: Option<Simulator>,
    runtime: Runtime,
}

impl World {
    fn new(name: &str, oauth: OAuthOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("connect-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let company = CompanyOptions { oauth, ..CompanyOptions::default() };
        let options = SimulatorOptions { company, ..SimulatorOptions::default() };
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let world = Self { folder, simulator: Some(simulator), runtime };
        let line = world.simulator().connection().clone();
        let app = serde_json::json!({"client_id": line.client_id, "client_secret": line.client_secret});
        world.private("app.json", &app.to_string());
        std::fs::write(world.file("line.json"), serde_json::to_string(&line).unwrap()).unwrap();
        world
    }

    fn simulator(&self) -> &Simulator {
        self.simulator.as_ref().unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn private(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
        std::fs::set_permissions(self.file(name), PermissionsExt::from_mode(0o600)).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_clear();
        command
    }

    /// `connect` with the options that every call has.
    fn connect(&self, options: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_connect"));
        command.args(["--connection", "shop.connection", "--key-file", "shop.key", "--client", "app.json"]);
        command.args(options);
        command
    }

    fn new_key(&self) {
        let mut command = self.command(env!("CARGO_BIN_EXE_connect"));
        let made = command.args(["--new-key", "--key-file", "shop.key"]).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", text(&made));
    }

    /// Starts connecting, with a browser of the test's.
    fn start(&self, options: &[&str]) -> Waiting {
        let mut all = vec!["--simulator", "line.json", "--no-browser"];
        all.extend(options);
        Waiting::of(&mut self.connect(&all))
    }

    /// A connected company.
    fn connected(&self) {
        self.new_key();
        let waiting = self.start(&["--redirect", "http://localhost:0/callback"]);
        browse(&waiting.address);
        let (code, text) = waiting.end();
        assert_eq!(code, Some(0), "{text}");
    }

    fn full_exchange(&self) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_full-exchange"));
        command.args(["--connection", "shop.connection", "--key-file", "shop.key", "--client", "app.json"]);
        command.args(["--log", "log.sqlite", "--json", "report.json", "--certificate", "certificate"]);
        // What a test says of a request, it says of a document.
        command.arg("--one-by-one");
        command
    }

    fn faulty(&self, rules: Vec<Rule>) {
        self.simulator().with_service(|service| service.faults = Faults::new(11, rules));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(simulator) = self.simulator.take() {
            self.runtime.block_on(simulator.stop());
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A `connect` that waits for the person at the authorization page.
struct Waiting {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    said: String,
    address: String,
    input: Option<ChildStdin>,
}

impl Waiting {
    /// Starts a command that connects, up to the address that it prints.
    fn of(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut said, mut address) = (String::new(), String::new());
        while address.is_empty() {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                break;
            }
            said.push_str(&line);
            if line.starts_with("http://") {
                address = line.trim().to_owned();
            }
        }
        let input = child.stdin.take();
        Self { child, out, said, address, input }
    }

    fn end(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        self.out.read_to_string(&mut self.said).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut self.said).unwrap();
        (self.child.wait().unwrap().code(), self.said)
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn get(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Where the authorization page sends the browser.
fn location(address: &str) -> String {
    let answer = get(address);
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"));
    line.unwrap_or_else(|| panic!("{answer}")).split_once(':').unwrap().1.trim().to_owned()
}

fn browse(address: &str) -> String {
    get(&location(address))
}

fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), text(&output))
}

#[test]
fn a_company_is_connected_checked_given_a_new_key_and_disconnected() {
    let world = World::new("whole", OAuthOptions::default());
    world.new_key();
    let waiting = world.start(&["--redirect", "http://localhost:0/callback"]);
    assert!(browse(&waiting.address).contains("QuickBooks has answered"));
    let (code, said) = waiting.end();
    assert_eq!(code, Some(0), "{said}");
    let realm = &world.simulator().connection().realm_id;
    for word in ["Simulated Company", realm, "Reconnect:   before 20", "sealed with key"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    for secret in ["simulator-refresh-token", "simulator-access-token", "simulator-authorization-code"] {
        assert!(!said.contains(secret), "{said}");
        let bytes = std::fs::read(world.file("shop.connection")).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(secret));
    }
    let mode = std::fs::metadata(world.file("shop.connection")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Simulated Company") && said.contains("simulator http://127.0.0.1"), "{said}");

    let (code, said) = run(&mut world.connect(&["--new-key"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("shop.connection is sealed with it"), "{said}");
    // The old key may go.
    let keys = std::fs::read_to_string(world.file("shop.key")).unwrap();
    assert_eq!(keys.lines().count(), 2);
    world.private("shop.key", keys.lines().next().unwrap());
    assert_eq!(run(&mut world.connect(&["--check"])).0, Some(0));
    world.private("shop.key", keys.lines().nth(1).unwrap());
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("Give the key file that has"), "{said}");
    world.private("shop.key", &keys);

    let (code, said) = run(&mut world.connect(&["--revoke"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("is disconnected"), "{said}");
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("must be connected again") && said.contains("connect --revoke"), "{said}");
}

#[test]
fn keys_come_from_the_environment_too_and_never_from_the_command_line() {
    let world = World::new("environment", OAuthOptions::default());
    world.connected();
    let line = world.simulator().connection().clone();
    let key = std::fs::read_to_string(world.file("shop.key")).unwrap();
    let mut command = world.command(env!("CARGO_BIN_EXE_connect"));
    command.args(["--connection", "shop.connection", "--check"]);
    command.env("QUICKBOOKS_KEY", key).env("QUICKBOOKS_CLIENT_ID", line.client_id);
    let (code, said) = run(&mut command);
    assert_eq!(code, Some(2));
    assert!(said.contains("QUICKBOOKS_CLIENT_SECRET"), "{said}");
    let (code, said) = run(command.env("QUICKBOOKS_CLIENT_SECRET", line.client_secret));
    assert_eq!(code, Some(0), "{said}");
    let help = text(&world.command(env!("CARGO_BIN_EXE_connect")).arg("--help").output().unwrap());
    assert!(!help.contains("--secret") && !help.contains("--token") && !help.contains("--key "), "{help}");
}

/// Name, options, what the browser does, exit code, what is said.
#[test]
fn a_consent_that_comes_to_nothing_says_why_and_saves_nothing() {
    let world = World::new("consent", OAuthOptions::default());
    world.new_key();
    let loopback = ["--redirect", "http://localhost:0/callback"];

    // The answer of another attempt is refused, and the wait goes on until it is over.
    let waiting = world.start(&[&loopback[..], &["--wait", "2"]].concat());
    let back = location(&waiting.address).replace("state=", "state=x");
    assert!(get(&back).starts_with("HTTP/1.1 400"));
    let (code, said) = waiting.end();
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("within 2 seconds") && said.contains("1 answers belonged to other attempts"),
        "{said}"
    );

    // The person says no.
    let deny = |is_denied| {
        world.simulator().with_service(|service| {
            service.company_mut().options_mut().oauth.deny_consent = is_denied;
        });
    };
    deny(true);
    let waiting = world.start(&loopback);
    assert!(browse(&waiting.address).contains("not allowed"));
    let (code, said) = waiting.end();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("access_denied"), "{said}");
    deny(false);

    // The person takes longer than the code lives.
    let waiting = world.start(&loopback);
    let back = location(&waiting.address);
    world.simulator().advance(chrono::TimeDelta::minutes(11));
    get(&back);
    let (code, said) = waiting.end();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("invalid_grant"), "{said}");

    // The answer to the exchange is lost.
    world.faulty(vec![Rule::new("lost", Effect::AnswerLost, When::operation(Operation::Token).times(1))]);
    let waiting = world.start(&loopback);
    browse(&waiting.address);
    let (code, said) = waiting.end();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("answer was lost"), "{said}");
    assert!(!world.file("shop.connection").exists());

    // And then it works.
    let waiting = world.start(&loopback);
    browse(&waiting.address);
    assert_eq!(waiting.end().0, Some(0));
}

#[test]
fn where_no_browser_can_come_back_the_address_is_pasted() {
    let world = World::new("paste", OAuthOptions::default());
    world.new_key();
    let options = ["--redirect", "https://shop.example.org/quickbooks"];
    let mut waiting = world.start(&options);
    let back = location(&waiting.address);
    assert!(back.starts_with("https://shop.example.org/quickbooks?"));
    writeln!(waiting.input.as_mut().unwrap(), "{back}").unwrap();
    let (code, said) = waiting.end();
    assert_eq!(code, Some(0), "{said}");

    for (pasted, code, word) in [
        ("", 2, "no address was pasted"),
        (
            "https://shop.example.org/quickbooks?state=x&code=c&realmId=1",
            2,
            "does not belong to this attempt",
        ),
    ] {
        let mut waiting = world.start(&options);
        writeln!(waiting.input.as_mut().unwrap(), "{pasted}").unwrap();
        let (found, said) = waiting.end();
        assert_eq!(found, Some(code), "{said}");
        assert!(said.contains(word), "{said}");
    }
    // Another company than the one in the file.
    let realm = &world.simulator().connection().realm_id;
    let mut waiting = world.start(&options);
    let back = location(&waiting.address).replace(realm, "4620816365009999");
    writeln!(waiting.input.as_mut().unwrap(), "{back}").unwrap();
    let (code, said) = waiting.end();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("chose company 4620816365009999") && said.contains(realm), "{said}");
    assert_eq!(run(&mut world.connect(&["--check"])).0, Some(0), "the connection is what it was");
}

/// What is wrong, and what is said about it. Nobody is asked for anything before.
#[test]
fn what_is_set_up_wrongly_is_named_with_its_remedy() {
    let world = World::new("wrong", OAuthOptions::default());
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!((code, said.contains("shop.connection: there is no such file")), (Some(2), true), "{said}");
    let (code, said) = run(&mut world.connect(&["--simulator", "line.json"]));
    assert_eq!((code, said.contains("shop.key: there is no such file")), (Some(2), true), "{said}");
    world.connected();

    let mode = |name: &str, mode| {
        std::fs::set_permissions(world.file(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    for name in ["shop.connection", "shop.key", "app.json"] {
        mode(name, 0o644);
        let (code, said) = run(&mut world.connect(&["--check"]));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(name) && said.contains("chmod 600"), "{said}");
        mode(name, 0o600);
    }
    for (options, word) in [
        (&["--environment", "production"][..], "https addresses only when production keys are used"),
        (
            &["--environment", "production", "--redirect", "http://shop.example.org/"],
            "it is http and not on this machine",
        ),
        (&["--environment", "https://quickbooks.example.org"], "invalid value"),
        (&["--simulator", "app.json"], "no connection line of a simulator"),
        (&["--wait", "0"], "invalid value"),
    ] {
        let (code, said) = run(&mut world.connect(options));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(word), "{word}: {said}");
    }
    // A simulator that claims to be elsewhere.
    let line = std::fs::read_to_string(world.file("line.json")).unwrap();
    std::fs::write(world.file("far.json"), line.replace("127.0.0.1", "10.0.0.1")).unwrap();
    let (code, said) = run(&mut world.connect(&["--simulator", "far.json"]));
    assert_eq!((code, said.contains("not on this machine")), (Some(2), true), "{said}");
    // The wrong app keys, found at the next refresh: who has to look where.
    world.private("app.json", r#"{"client_id":"other","client_secret":"canary"}"#);
    world.faulty(vec![Rule::new("expired", Effect::TokenExpired, When::default().times(1))]);
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("keys page of the app") && !said.contains("canary"), "{said}");
    // A changed file.
    let sealed = std::fs::read_to_string(world.file("shop.connection")).unwrap();
    let realm = &world.simulator().connection().realm_id;
    world.private("shop.connection", &sealed.replace(realm, "4620816365009999"));
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!((code, said.contains("the file was changed after it was saved")), (Some(2), true), "{said}");
}

#[test]
fn processes_at_once_refresh_one_connection_and_none_loses_it() {
    let oauth =
        OAuthOptions { access_token_seconds: Some(1), rotation_seconds: Some(0), ..OAuthOptions::default() };
    let world = World::new("processes", oauth);
    world.connected();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let children: Vec<Child> = (0..6)
        .map(|_| world.connect(&["--check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        // A token of one second may be over before it is used, twice in a row on a slow machine: then QuickBooks was not
        // reached, and nothing is lost.
        assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "{}", text(&output));
        assert!(!text(&output).contains("must be connected again"), "{}", text(&output));
    }
    world.simulator().with_service(|service| {
        service.company_mut().options_mut().oauth.access_token_seconds = Some(60);
    });
    let (code, said) = run(&mut world.connect(&["--check"]));
    assert_eq!(code, Some(0), "{said}");
}

/// From the connection to a dry run that ends with 0: a mapping is drafted, refused while something is left to decide, and good
/// once a person has decided.
#[test]
fn a_mapping_is_drafted_from_files_and_company_and_posts_nothing_before_it_is_decided() {
    let world = World::new("draft", OAuthOptions::default());
    world.connected();
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let week = data.to_str().unwrap();
    let draft = ["--draft-mapping", week, "--mapping", "shop.json"];
    let (code, said) = run(&mut world.connect(&draft));
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "Drafted from 11 files",
        "stores.boston.prefix: BO begins every number of Boston Store",
        "tender_accounts.15237: Integrated Card goes to Cloud POS Till Takings Control Account unless",
        "tax_codes.LABOR: not taxable: the till never charged tax under it",
        "suppliers.SHIMANO: no vendor of the company is called so",
        "opening: what gift certificates and deposits stood at",
        "Mapped so, the company is ready for these files.",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (code, said) = run(&mut world.connect(&draft));
    assert_eq!((code, said.contains("there is such a file")), (Some(2), true), "{said}");

    let dry_run = || {
        let mut job = world.full_exchange();
        run(job.args(["--dry-run", "--mapping", "shop.json", "--pos", week]))
    };
    let (code, said) = dry_run();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("things are left to decide"), "{said}");
    let text = std::fs::read(world.file("shop.json")).unwrap();
    let mut mapping: serde_json::Value = serde_json::from_slice(&text).unwrap();
    mapping.as_object_mut().unwrap().remove("to_decide");
    std::fs::write(world.file("shop.json"), mapping.to_string()).unwrap();
    let (code, said) = dry_run();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("186 to create"), "{said}");
}

/// The operator's page, followed to the letter: its own lines, from the two files to a day that is posted once. What a simulator
/// cannot be is put in their place: its line for the environment, a port of this test's, a browser of this test's.
#[test]
fn the_page_s_own_lines_lead_from_the_keys_to_a_day_that_is_posted_once() {
    let world = World::new("page", OAuthOptions::default());
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../docs/connect.md")).unwrap();
    let blocks = |title: &str| -> Vec<String> {
        let section = page.split("\n## ").find(|section| section.starts_with(title)).unwrap();
        section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
    };
    let programs = std::path::Path::new(env!("CARGO_BIN_EXE_connect")).parent().unwrap();
    let shell = |lines: &str| {
        let mut shell = world.command("sh");
        shell.args(["-e", "-c", lines]).env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
        shell
    };
    let ends_well = |lines: &str| {
        let (code, said) = run(&mut shell(lines));
        assert_eq!(code, Some(0), "{lines}\n{said}");
        said
    };
    std::fs::remove_file(world.file("app.json")).unwrap();
    let line = world.simulator().connection().clone();
    let keys =
        blocks("2.")[0].replace(" ID SECRET ", &format!(" '{}' '{}' ", line.client_id, line.client_secret));
    ends_well(&keys);

    // A real company's line first, as far as it differs: what the browser shows is pasted.
    let [sandbox, real] = <[String; 2]>::try_from(blocks("3.")).unwrap();
    for (lines, is_pasted) in [
        (real.replace("--environment production", "--simulator line.json --no-browser"), true),
        (
            format!(
                "{} --simulator line.json --no-browser --redirect http://localhost:0/callback",
                sandbox.trim()
            ),
            false,
        ),
    ] {
        let mut command = shell(&lines);
        let mut waiting = Waiting::of(&mut command);
        if is_pasted {
            let back = location(&waiting.address);
            assert!(back.starts_with("https://www.example.com/quickbooks?"), "{back}");
            writeln!(waiting.input.as_mut().unwrap(), "{back}").unwrap();
        } else {
            browse(&waiting.address);
        }
        let (code, said) = waiting.end();
        assert_eq!((code, said.contains("Simulated Company")), (Some(0), true), "{lines}\n{said}");
    }

    std::fs::create_dir(world.file("exports")).unwrap();
    std::fs::copy(root.join("data/boston-2026-02-03.json"), world.file("exports/monday.json")).unwrap();
    let [draft, dry_run] = <[String; 2]>::try_from(blocks("4.")).unwrap();
    let said = ends_well(&draft);
    assert!(
        said.contains("Simulated Company") && said.contains("the company is ready for these files"),
        "{said}"
    );
    let mapping = std::fs::read(world.file("shop.json")).unwrap();
    let mut mapping: serde_json::Value = serde_json::from_slice(&mapping).unwrap();
    mapping.as_object_mut().unwrap().remove("to_decide");
    std::fs::write(world.file("shop.json"), mapping.to_string()).unwrap();
    assert!(ends_well(&dry_run).contains("17 to create"));
    assert!(!world.file("shop.sqlite").exists(), "a dry run makes no posting log");
    let real_run = dry_run.replace(" --dry-run", " --certificate certificate");
    assert!(ends_well(&real_run).contains("The books tie out."));
    assert!(ends_well(&real_run).contains("17 already posted, 0 created"));

    // Afterwards: a new key, the same connection; and the end.
    let afterwards = |words: &str| page.split('`').find(|code| code.starts_with(words)).unwrap().to_owned();
    ends_well(&afterwards("connect --new-key --key-file shop.key --connection"));
    assert!(ends_well(&real_run).contains("17 already posted, 0 created"));
    ends_well(&format!(
        "{} --connection shop.connection --key-file shop.key --client app.json",
        afterwards("connect --revoke")
    ));
}

/// What stands in the way of a draft, and how the program ends.
#[test]
fn a_draft_that_cannot_be_made_or_used_says_why() {
    let world = World::new("no-draft", OAuthOptions::default());
    world.connected();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let bad = root.join("tests/bad/one-cent-off.json");
    let (code, said) = run(&mut world.connect(&["--draft-mapping", bad.to_str().unwrap()]));
    assert_eq!((code, said.contains("tenders total 112.58")), (Some(4), true), "{said}");
    std::fs::create_dir(world.file("empty")).unwrap();
    let (code, said) = run(&mut world.connect(&["--draft-mapping", "empty"]));
    assert_eq!((code, said.contains("nothing to draft from")), (Some(2), true), "{said}");
    // The draft is printed, and the company lacks something.
    world.simulator().with_service(|service| {
        service.company_mut().options_mut().custom_txn_numbers = false;
    });
    let day = root.join("data/boston-2026-02-03.json");
    let (code, said) = run(&mut world.connect(&["--draft-mapping", day.to_str().unwrap()]));
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("\"to_decide\": [") && said.contains("turn on custom transaction numbers"),
        "{said}"
    );
    world.faulty(vec![Rule::new(
        "down",
        Effect::Status { status: 503, committed: false },
        When::operation(Operation::Query),
    )]);
    let (code, said) = run(&mut world.connect(&["--draft-mapping", day.to_str().unwrap()]));
    assert_eq!((code, said.contains("the company's lists cannot be read")), (Some(3), true), "{said}");
}

#[test]
fn a_connection_that_is_revoked_in_mid_run_ends_the_run_and_the_next_one_goes_on() {
    let world = World::new("revoked", OAuthOptions::default());
    world.connected();
    let hold = When { count: Some(1), nth: Some(60), ..When::operation(Operation::Create) };
    world.faulty(vec![Rule::new("held", Effect::Hold, hold)]);
    let child = world.full_exchange().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while world.simulator().with_service(|service| service.faults.hits("held")) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // Somebody disconnects the app in QuickBooks while a document is on its way.
    assert_eq!(run(&mut world.connect(&["--revoke"])).0, Some(0));
    world.simulator().with_service(qb_simulator::Service::release);
    let output = child.wait_with_output().unwrap();
    let said = text(&output);
    assert_ne!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("must be connected again"), "{said}");
    let documents = || {
        let kinds = ["Invoice", "CreditMemo", "Payment", "Purchase", "SalesReceipt", "PurchaseOrder", "Bill"];
        kinds.iter().map(|kind| world.simulator().with_company(|company| company.count(kind))).sum::<usize>()
    };
    let posted = documents();
    assert!(posted > 0 && posted < 186, "{posted}");

    let waiting = world.start(&["--redirect", "http://localhost:0/callback"]);
    browse(&waiting.address);
    assert_eq!(waiting.end().0, Some(0));
    // A document that met a 401 last is in doubt: without the option, the run waits until an absence is believed.
    let (code, said) = run(world.full_exchange().arg("--trust-request-id"));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(documents(), 186);
}

/// The operator's table names messages as the programs say them.
#[test]
fn every_message_in_the_operators_table_is_said_by_the_programs() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut said = String::new();
    for path in [
        "qb-connect/src/error.rs",
        "qb-connect/src/loopback.rs",
        "qb-client/src/token.rs",
        "examples/src/connect_company.rs",
    ] {
        // Long texts are broken over lines.
        let text = read(path);
        let mut lines = text.lines().map(str::trim_start);
        let mut broken = false;
        for line in &mut lines {
            let end = line.strip_suffix('\\');
            said.push_str(if broken || end.is_some() { end.unwrap_or(line) } else { line });
            broken = end.is_some();
            if !broken {
                said.push('\n');
            }
        }
    }
    let table = read("docs/connect.md");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() >= 15);
    for row in rows {
        let message = row.split('`').nth(1).unwrap();
        let found = said.contains(message) || said.contains(&message.replace("written", "{action}"));
        assert!(found, "nobody says {message:?}");
    }
}
