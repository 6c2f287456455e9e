//! Durable calls: the methods of your own services, called by stock stubs on the address of the task service.
mod channel;
mod deadline;
mod task_id;

pub use channel::DurableChannel;
pub(crate) use deadline::format as format_timeout;
pub use task_id::TaskId;

/// Metadata of a durable call and of its answer.
pub mod metadata {
    /// The task's id: in requests, response headers and trailers.
    pub const TASK_ID: &str = "qtasks-task-id";
    /// How the task ended: a trailer, such as `succeeded`.
    pub const TASK_STATE: &str = "qtasks-task-state";
    /// The queue of the task.
    pub const QUEUE: &str = "qtasks-queue";
    /// Its priority, -1000 to 1000.
    pub const PRIORITY: &str = "qtasks-priority";
    /// Due this long from now, such as `1.5s`.
    pub const DELAY: &str = "qtasks-delay";
    /// Its unique key.
    pub const UNIQUE_KEY: &str = "qtasks-unique-key";
    /// How long the ended task is kept, such as `3600s`.
    pub const RETENTION: &str = "qtasks-retention";
    /// Which attempt a handler runs, from 1.
    pub const ATTEMPT: &str = "qtasks-attempt";
    /// A number that grows with each attempt of the task.
    pub const FENCING_TOKEN: &str = "qtasks-fencing-token";
}
