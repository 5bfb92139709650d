//! What a program without a stack does.

use core::future::poll_fn;
use core::task::Poll;
use embassy_net_driver::{Driver, RxToken, TxToken};

/// Takes frames and forgets them.
pub async fn forget(mut driver: impl Driver) -> ! {
    let mut bytes = 0;
    poll_fn(|cx| {
        while let Some((token, _)) = driver.receive(cx) {
            bytes += token.consume(|frame| frame.len());
        }
        // So that sending is part of the program.
        if bytes > 1_000_000
            && let Some(token) = driver.transmit(cx)
        {
            token.consume(60, |frame| frame.fill(0xff));
            bytes = 0;
        }
        Poll::<()>::Pending
    })
    .await;
    unreachable!()
}
