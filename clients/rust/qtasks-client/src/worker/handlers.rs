//! The handlers of a worker by the names of their tasks, with the definitions that the server is told.
use std::collections::HashMap;
use std::sync::Arc;

use tonic::server::NamedService;

use super::descriptors::Descriptors;
use super::executor::Execute;
use super::method::Method;
use super::schema::Schema;
use super::servicer::{Servicer, ServicerMethod};
use crate::error::{Error, Result};
use crate::proto::v1::{TaskDefinition, TaskOptions};

/// Makes the handlers of a service's methods once all descriptors are known.
type AddService = Box<dyn FnOnce(&mut Handlers, &Descriptors) -> Result<()> + Send>;

#[derive(Default)]
pub(crate) struct Handlers {
    pub(crate) by_name: HashMap<String, Arc<dyn Execute>>,
    pub(crate) definitions: Vec<TaskDefinition>,
    doubled: Option<String>,
    services: Vec<(&'static str, AddService)>,
}

impl Handlers {
    pub(crate) fn add(&mut self, definition: TaskDefinition, handler: Arc<dyn Execute>) {
        let name = definition.name.clone();
        if self.by_name.insert(name.clone(), handler).is_some() {
            self.doubled.get_or_insert(name);
        }
        self.definitions.push(definition);
    }

    /// The methods of a servicer; they are added by [`complete`](Self::complete).
    pub(crate) fn add_service<S: Servicer + NamedService>(&mut self, servicer: S) {
        let add = move |handlers: &mut Self, descriptors: &Descriptors| {
            add_methods(handlers, descriptors, servicer)
        };
        self.services.push((S::NAME, Box::new(add)));
    }

    /// Adds the methods of all servicers; the schema of these.
    pub(crate) fn complete(&mut self, descriptors: &Descriptors) -> Result<Option<Schema>> {
        let mut names = Vec::new();
        for (name, add) in std::mem::take(&mut self.services) {
            add(self, descriptors)?;
            names.push(name);
        }
        match self.doubled.take() {
            Some(name) => Err(Error::invalid("handlers", format!("two handlers for the task {name}"))),
            None => Schema::of(descriptors, &names),
        }
    }
}

/// The definition of a handler on JSON.
pub(crate) fn definition(name: &str, options: TaskOptions, streaming: bool) -> TaskDefinition {
    let options = Some(options).filter(|options| *options != TaskOptions::default());
    TaskDefinition { name: name.to_owned(), streaming, options, ..TaskDefinition::default() }
}

fn add_methods<S: Servicer + NamedService>(
    handlers: &mut Handlers,
    descriptors: &Descriptors,
    servicer: S,
) -> Result<()> {
    for descriptor in descriptors.service(S::NAME)?.methods() {
        if descriptor.is_client_streaming() {
            tracing::info!(method = descriptor.full_name(), "left out: no task can stream requests");
            continue;
        }
        let method = Method::new(descriptor)?;
        let definition = method.definition()?;
        handlers.add(definition, Arc::new(ServicerMethod::new(servicer.clone(), method)));
    }
    Ok(())
}
