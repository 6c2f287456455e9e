//! A handler that panics fails its attempt, and nothing else.
use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::executor::Ending;
use super::failure;

thread_local! {
    /// Where the last panic of this thread came from, until it is caught.
    static STACK: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes the failures of handlers that panic carry a stack trace. Call it once, at the start of the program: it adds
/// to the panic hook of the process, which is why no worker does so by itself.
pub fn trace_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let stack = format!("at {place}\n{}", Backtrace::force_capture());
        STACK.with(|last| *last.borrow_mut() = Some(stack));
        before(info);
    }));
}

/// A handler whose panic is the ending of its attempt.
pub(crate) struct Caught(pub(crate) Pin<Box<dyn Future<Output = Ending> + Send>>);

impl Future for Caught {
    type Output = Ending;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ending> {
        // A handler that has panicked is never polled again: nothing sees what it left half done.
        catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(ending_of(panic.as_ref())))
    }
}

/// The ending of a handler that panicked before it gave its future.
pub(crate) fn ending_of(panic: &(dyn Any + Send)) -> Ending {
    let stack = STACK.with(|last| last.borrow_mut().take()).unwrap_or_default();
    Ending::Failure(failure::of_panic(message_of(panic), &stack))
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    if let Some(message) = panic.downcast_ref::<&'static str>() {
        return message;
    }
    panic.downcast_ref::<String>().map_or("the handler panicked", String::as_str)
}
