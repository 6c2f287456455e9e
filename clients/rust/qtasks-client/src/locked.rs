//! Locks that are held for a few lines and never over an await.
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guarded value. What is guarded here is whole after every line, also where one of them panicked.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
