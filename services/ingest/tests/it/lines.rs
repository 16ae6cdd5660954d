//! NDJSON: item by item, whole or streamed.

use accordant_kit::config::Limits;
use axum::body::{Body, Bytes};
use futures::{SinkExt, channel::mpsc};
use http_body_util::BodyExt;

use crate::setup::{PATH, described, order, post, read, start};

const LINES: &str = "application/x-ndjson";

#[tokio::test]
async fn statuses_say_what_became_of_the_lines() {
    let setup = start(Limits::default()).await;
    let good = format!("{}\n\n{}\n", order(1), order(2));
    let answer = setup.post(LINES, good).await;
    assert_eq!(
        (answer.status.as_u16(), answer.items()),
        (202, vec!["0 accepted".to_owned(), "1 accepted".to_owned()])
    );
    let mixed = format!("{}\nnonsense\n{}", order(1), order(2));
    let answer = setup.post(LINES, mixed).await;
    assert_eq!(answer.status, 207, "{}", answer.text);
    assert_eq!(
        answer.items(),
        ["0 accepted", "1 rejected :json", "2 accepted"]
    );
    let answer = setup.post(LINES, "{}\n5\n").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (422, &"invalid_events".into())
    );
    let expected = [
        "0 rejected /order_id:required /buyer:required",
        "1 rejected :type",
    ];
    assert_eq!(answer.items(), expected);
    let answer = setup.post(LINES, "\n \n").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (400, &"empty_batch".into())
    );
}

#[tokio::test]
async fn beyond_the_batch_limits_the_answer_is_a_stream() {
    let limits = Limits {
        batch_events_max: 3,
        batch_bytes_max: 1_000,
        ..Limits::default()
    };
    let setup = start(limits).await;
    let lines = |count: usize| {
        (0..count)
            .map(|id| format!("{}\n", order(id)))
            .collect::<String>()
    };
    let answer = setup.post(LINES, lines(3)).await;
    assert_eq!((answer.status.as_u16(), answer.items().len()), (202, 3));
    let answer = setup.post(LINES, lines(4)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.content_type.as_str()),
        (200, LINES)
    );
    let expected = ["0 accepted", "1 accepted", "2 accepted", "3 accepted"];
    assert_eq!(described(&answer.lines()), expected);
    // More than was said to be whole, in far fewer lines.
    let padded = format!("{}{}\n{}\n", order(1), " ".repeat(900), order(2));
    let answer = setup
        .post(LINES, format!("{padded}{}", " \n".repeat(200)))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(described(&answer.lines()), ["0 accepted", "1 accepted"]);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_one_rejected_item() {
    let limits = Limits {
        batch_bytes_max: 100,
        ..Limits::default()
    };
    let setup = start(limits).await;
    let body = format!("{}\n{}\n{}\n", order(1), "x".repeat(5_000), order(2));
    let answer = setup.post(LINES, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected = ["0 accepted", "1 rejected :line_bytes_max", "2 accepted"];
    assert_eq!(described(&answer.lines()), expected);
}

#[tokio::test]
async fn a_stream_answers_while_the_body_still_comes() {
    let setup = start(Limits::default()).await;
    let (mut body, lines) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let headers = [("accept", LINES)];
    let request = post(PATH, LINES, &headers, Body::from_stream(lines));
    let mut answer = setup.open(request).await;
    assert_eq!(answer.status(), 200);
    for id in 0..3 {
        body.send(Ok(Bytes::from(format!("{}\n", order(id)))))
            .await
            .expect("it is read");
        let frame = answer
            .body_mut()
            .frame()
            .await
            .expect("a line")
            .expect("whole");
        let line = frame.into_data().expect("data");
        let item: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(described(&[item]), [format!("{id} accepted")]);
    }
    drop(body);
    assert_eq!(read(answer).await.text, "");
}

#[tokio::test]
async fn a_body_that_breaks_says_what_was_written() {
    let setup = start(Limits::default()).await;
    let broken = || {
        let frames = [
            Ok(Bytes::from(format!("{}\n{{\"order", order(1)))),
            Err(std::io::Error::other("cut off")),
        ];
        Body::from_stream(futures::stream::iter(frames))
    };
    let answer = setup.post(LINES, broken()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (400, &"body_broken".into())
    );
    assert_eq!(answer.items(), ["0 accepted"]);
    let answer = setup
        .send(post(PATH, LINES, &[("accept", LINES)], broken()))
        .await;
    let lines = answer.lines();
    assert_eq!(lines.len(), 2, "{}", answer.text);
    assert_eq!(
        (&lines[0]["status"], &lines[1]["code"]),
        (&"accepted".into(), &"body_broken".into())
    );
}

#[tokio::test]
async fn a_body_that_stops_is_not_waited_for() {
    let limits = Limits {
        request_timeout_ms: 20,
        ..Limits::default()
    };
    let setup = start(limits).await;
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(order(1) + "\n"))]);
    let stopped = futures::StreamExt::chain(first, futures::stream::pending());
    let answer = setup.post(LINES, Body::from_stream(stopped)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (408, &"body_timeout".into())
    );
    assert_eq!(answer.items(), ["0 accepted"]);
    let never = futures::stream::pending::<Result<Bytes, std::io::Error>>();
    let answer = setup
        .post("application/json", Body::from_stream(never))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (408, &"body_timeout".into())
    );
}
