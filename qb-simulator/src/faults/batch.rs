//! What goes wrong inside a batch: items that do not run, and answers that do not tell.
//!
//! Runs what is left of the batch through the company itself, so that the books stay true. Neighbours: `service` runs,
//! `effect` names what can go wrong.

use chrono::{DateTime, FixedOffset};

use super::{BatchFault, Effect, made};
use crate::base::json::{Json, object, text};
use crate::base::message::{Request, Response};

/// Answers a batch with a fault at one of its items.
pub(crate) fn in_batch(
    request: &Request,
    fault: &BatchFault,
    at: usize,
    now: DateTime<FixedOffset>,
    run: &mut dyn FnMut(&Request) -> Response,
) -> Response {
    match fault {
        BatchFault::Partial => run(&only(request, |item| item < at)),
        BatchFault::FailedAfterPart => {
            drop(run(&only(request, |item| item < at)));
            let failed = Effect::Status { status: 500, committed: true };
            // A status always makes an answer.
            made(&failed, now).unwrap_or_default()
        }
        BatchFault::ItemRefused { code, detail, committed } => {
            let response = match committed {
                true => run(request),
                false => run(&only(request, |item| item != at)),
            };
            changed(response, |answers| {
                if *committed && at < answers.len() {
                    answers.remove(at);
                }
                answers.insert(at.min(answers.len()), refusal(code, detail, sent_id(request, at)));
            })
        }
        BatchFault::ItemLost => changed(run(request), |answers| {
            if at < answers.len() {
                answers.remove(at);
            }
        }),
        BatchFault::MissingId => with_answer(run(request), at, |answer| answer.remove("bId")),
        BatchFault::UnknownId => with_answer(run(request), at, |answer| {
            let other = format!("{}?", answer.text_of("bId").unwrap_or_default());
            answer.set("bId", text(other));
        }),
        BatchFault::DoubledItem => changed(run(request), |answers| {
            if let Some(answer) = answers.get(at).cloned() {
                answers.insert(at, answer);
            }
        }),
        BatchFault::Reordered => changed(run(request), |answers| answers.reverse()),
        BatchFault::NoItems => changed(run(request), Vec::clear),
    }
}

/// Returns the batch with only some of its items.
fn only(request: &Request, keep: impl Fn(usize) -> bool) -> Request {
    let mut request = request.clone();
    if let Ok(mut body) = Json::parse(&request.body) {
        if let Some(Json::List(items)) = body.get_mut("BatchItemRequest") {
            let mut at = 0;
            items.retain(|_| {
                at += 1;
                keep(at - 1)
            });
        }
        request.body = written(&body);
    }
    request
}

fn sent_id(request: &Request, at: usize) -> Option<String> {
    let body = Json::parse(&request.body).ok()?;
    Some(body.get("BatchItemRequest")?.items().get(at)?.text_of("bId")?.to_owned())
}

fn refusal(code: &str, detail: &str, id: Option<String>) -> Json {
    let error = object()
        .with("Message", text("Refused by a fault rule"))
        .with("Detail", text(detail.to_owned()))
        .with("code", text(code.to_owned()))
        .with("element", text(""));
    let fault = object().with("Error", Json::List(vec![error])).with("type", text("ValidationFault"));
    object().with("Fault", fault).with_some("bId", id.map(text))
}

fn changed(mut response: Response, change: impl FnOnce(&mut Vec<Json>)) -> Response {
    if let Ok(mut body) = Json::parse(&response.body) {
        if let Some(Json::List(answers)) = body.get_mut("BatchItemResponse") {
            change(answers);
        }
        response.body = written(&body);
    }
    response
}

fn with_answer(response: Response, at: usize, change: impl FnOnce(&mut Json)) -> Response {
    changed(response, |answers| {
        if let Some(answer) = answers.get_mut(at) {
            change(answer);
        }
    })
}

fn written(body: &Json) -> Vec<u8> {
    let mut out = String::new();
    body.write(&mut out);
    out.into_bytes()
}
