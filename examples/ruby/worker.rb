# frozen_string_literal: true

# Runs the tasks of tasks.rb by five calls of the generated stub, until SIGTERM: `ruby -I gen worker.rb`.
require "securerandom"
require "socket"
require "timeout"
require "google/protobuf/well_known_types"
require "qtasksapi/v1/worker_service_services_pb"
require_relative "attempt"
require_relative "channel"
require_relative "tasks"

# A session: polls for as many tasks as it has free slots, renews their leases, reports their outcomes.
class Worker
  API = Qtasks::Api::V1
  SLOTS = 8
  GRACE = 25 # Seconds that handlers have to finish once the worker is stopped.
  WAIT = Google::Protobuf::Duration.new(seconds: 20)

  def initialize(tasks)
    @tasks = tasks
    @calls = Channel.stub(API::WorkerService)
    @session = { session_id: SecureRandom.uuid }
    @worker_id = "#{Socket.gethostname}:#{Process.pid}:#{SecureRandom.hex(4)}"
    @draining = false
    @attempts = {} # By lease token, each until its outcome is recorded.
    @lock = Mutex.new
    @settled = ConditionVariable.new
    @stops = Thread::Queue.new # Unlike a mutex, it may be used in signal handlers.
  end

  # Returns once it was stopped and has drained.
  def run
    register
    @poller = Thread.new { poll until @draining }
    @heart = Thread.new { loop { heartbeat if sleep(@interval) } }
    @stops.pop
    drain
    unregister
  end

  def stop
    @stops << true
  end

  private

  # 1. Once, and again where the server does not know the session.
  def register
    runtime = API::RuntimeInfo.new(language: "ruby", language_version: RUBY_VERSION)
    definitions = @tasks.values.map(&:definition)
    answer = call(:register_worker, API::RegisterWorkerRequest.new(
      **@session, worker_id: @worker_id, runtime: runtime, slots: SLOTS, definitions: definitions
    ))
    @interval = answer.heartbeat_interval.to_f
    warn "registered #{@worker_id}"
  end

  # 2. The answer comes as soon as there is a task; the next poll asks for all slots that are free then.
  def poll
    free = @lock.synchronize do
      @settled.wait(@lock) while @attempts.size >= SLOTS
      SLOTS - @attempts.size
    end
    request = API::PollTasksRequest.new(**@session, max_tasks: free, wait: WAIT)
    answer = call(:poll_tasks, request, WAIT.seconds + 10)
    answer.tasks.each { |leased| start(leased) }
    obey(answer)
  end

  def start(leased)
    work = @tasks.fetch(leased.spec.name).work
    @lock.synchronize { @attempts[leased.lease_token] = Attempt.new(leased, work) { |outcome| report(outcome) } }
  end

  # 3. Renews the lease of each attempt whose outcome is not recorded, finished or not.
  def heartbeat
    renewals = @lock.synchronize { @attempts.keys }.map { |token| API::LeaseRenewal.new(lease_token: token) }
    slots = { free_slots: SLOTS - renewals.size, draining: @draining }
    obey(call(:heartbeat, API::HeartbeatRequest.new(**@session, **slots, renewals: renewals)))
  end

  # 4. Nothing, if the lease was lost meanwhile. A result that the server can't take becomes a failure.
  def report(outcome)
    return unless @lock.synchronize { @attempts.key?(outcome.lease_token) }

    refusal = refusal_of(outcome)
    return settle(outcome.lease_token) if refusal.nil? || outcome.failure

    failure = API::Failure.new(kind: :FAILURE_KIND_APPLICATION, type: refusal.reason, code: refusal.code,
                               message: refusal.message, non_retryable: true)
    report(API::Outcome.new(lease_token: outcome.lease_token, failure: failure))
  end

  def refusal_of(outcome)
    call(:report_outcomes, API::ReportOutcomesRequest.new(**@session, outcomes: [outcome])).results.first.error
  rescue GRPC::ResourceExhausted => e
    raise unless e.metadata["qtasks-reason"] == "PAYLOAD_TOO_LARGE"

    API::ItemError.new(code: e.code, reason: "PAYLOAD_TOO_LARGE", message: e.details)
  end

  def settle(token)
    @lock.synchronize do
      @settled.broadcast
      @attempts.delete(token)
    end
  end

  def obey(answer)
    answer.lease_statuses.each do |lease|
      case lease.verdict
      when :LEASE_VERDICT_LOST then settle(lease.lease_token)&.stop("the lease is lost")
      when :LEASE_VERDICT_CANCEL_REQUESTED then @attempts[lease.lease_token]&.stop(lease.cancel_reason)
      end
    end
    kinds = answer.directives.map(&:kind)
    register if kinds.include?(:DIRECTIVE_KIND_REGISTER)
    stop if kinds.include?(:DIRECTIVE_KIND_DRAIN)
  end

  # Once the server knows, the parked poll comes back, and the tasks that it brought are the last ones.
  def drain
    Timeout.timeout(GRACE) do
      @draining = true
      heartbeat
      @poller.join
      @lock.synchronize { @settled.wait(@lock) until @attempts.empty? }
    end
  rescue Timeout::Error
    warn "not finished in #{GRACE} s: #{@attempts.size}"
  end

  # 5. Gives back what is not finished, for other workers.
  def unregister
    [@poller, @heart].each(&:kill)
    @calls.unregister_worker(API::UnregisterWorkerRequest.new(**@session), deadline: Time.now + 5)
  rescue GRPC::BadStatus => e
    warn "not unregistered, so leases run out by themselves: #{e.message}"
  end

  # Each of the calls may be repeated. Tasks in an answer that is lost are offered again.
  def call(method, request, seconds = 10)
    @calls.public_send(method, request, deadline: Time.now + seconds)
  rescue GRPC::Unavailable, GRPC::DeadlineExceeded
    sleep(rand(0.1..2.0))
    retry
  rescue GRPC::NotFound => e
    raise unless e.metadata["qtasks-reason"] == "SESSION_NOT_FOUND"

    register
    retry
  end
end

Thread.abort_on_exception = true # A call that can't be repeated ends the worker; its leases run out then.
worker = Worker.new(Tasks::ALL)
trap("TERM") { worker.stop }
worker.run
