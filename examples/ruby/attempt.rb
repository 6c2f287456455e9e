# frozen_string_literal: true

require "timeout"
require "google/protobuf/well_known_types"
require_relative "tasks"

# One attempt of a task, in a thread of its own.
class Attempt
  API = Qtasks::Api::V1
  Stopped = Class.new(StandardError)
  TimedOut = Class.new(StandardError)

  # Runs `work` with a LeasedTask. The block gets the Outcome, in the attempt's thread.
  def initialize(leased, work, &done)
    @leased = leased
    @work = work
    # The thread inherits the mask: a stop that comes after the work's end must not hit the report of its outcome.
    Thread.handle_interrupt(Stopped => :never) { @thread = Thread.new { done.call(outcome) } }
  end

  # Interrupts the work.
  def stop(reason)
    @thread.raise(Stopped, reason)
  end

  private

  def outcome
    API::Outcome.new(lease_token: @leased.lease_token, **attempt)
  end

  def attempt
    result = Thread.handle_interrupt(Stopped => :immediate) do
      Timeout.timeout(@leased.attempt_ttl&.to_f, TimedOut) { @work.call(@leased) }
    end
    { success: API::Success.new(result: result) }
  rescue Stopped => e
    { canceled: API::Canceled.new(reason: e.message) }
  rescue StandardError, ScriptError => e
    { failure: failure(e) }
  end

  # With it the server decides, by code and retry policy, whether another attempt follows.
  def failure(error)
    code = error.is_a?(GRPC::BadStatus) ? error.code : GRPC::Core::StatusCodes::UNKNOWN
    API::Failure.new(kind: kind_of(error), code: code, type: type_of(error), source: "ruby/#{RUBY_VERSION}",
                     message: error.is_a?(GRPC::BadStatus) ? error.details : error.message,
                     stack_trace: error.backtrace.to_a.join("\n"))
  end

  def kind_of(error)
    case error
    when TimedOut then :FAILURE_KIND_ATTEMPT_TIMEOUT
    when Tasks::Undecodable then :FAILURE_KIND_REJECTED
    else :FAILURE_KIND_APPLICATION
    end
  end

  def type_of(error)
    return error.class.name unless error.is_a?(GRPC::BadStatus)

    codes = GRPC::Core::StatusCodes
    "grpc.#{codes.constants.find { |name| codes.const_get(name) == error.code }}"
  end
end
