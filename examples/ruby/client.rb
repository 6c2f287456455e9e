# frozen_string_literal: true

# Enqueues a task, awaits it and prints its result: `ruby -I gen client.rb ruby.digest '{"text": "hello"}'`.
# SIGINT cancels the task.
require "securerandom"
require "google/protobuf/well_known_types"
require "qtasksapi/v1/task_service_services_pb"
require_relative "channel"

API = Qtasks::Api::V1
TASKS = Channel.stub(API::TaskService)
WAIT = Google::Protobuf::Duration.new(seconds: 20)

# Each call has a deadline; that of a wait lies beyond the wait.
def call(method, request, seconds: 10)
  TASKS.public_send(method, request, deadline: Time.now + seconds)
end

def enqueue(id, name, json)
  spec = API::TaskSpec.new(name: name, payload: API::Payload.new(text: json))
  call(:enqueue_task, API::EnqueueTaskRequest.new(task_id: id, spec: spec))
end

def await(id)
  request = API::AwaitTaskRequest.new(task_id: id, wait: WAIT)
  loop do
    answer = call(:await_task, request, seconds: WAIT.seconds + 10)
    return answer.task if answer.done
  end
end

# Calls of gRPC are not interrupted by signals, but waiting for a thread is.
def await_or_cancel(id)
  waiter = Thread.new { await(id) }
  waiter.report_on_exception = false
  begin
    waiter.value
  rescue Interrupt
    call(:cancel_task, API::CancelTaskRequest.new(task_id: id, reason: "interrupted"))
    retry
  end
end

# An id of ours makes a repeated enqueue harmless. From Ruby 3.3 on, uuid_v7 gives ids that sort by time.
id = SecureRandom.uuid
begin
  name, json = ARGV
  enqueue(id, name, json)
  warn "enqueued #{id}"
  task = await_or_cancel(id)
rescue GRPC::BadStatus => e
  abort "#{e.metadata["qtasks-reason"] || e.class.name}: #{e.details}"
end
abort "#{task.state}: #{task.failure.type} #{task.failure.message}" if task.state != :TASK_STATE_SUCCEEDED
puts task.result ? task.result.text : "null"
