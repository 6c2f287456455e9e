# frozen_string_literal: true

require "grpc"

# How the programs here reach the server: over cleartext, at QTASKS_SERVER ("HOST:PORT").
module Channel
  ADDRESS = ENV.fetch("QTASKS_SERVER", "127.0.0.1:50051")

  # The service config says which calls gRPC repeats when the connection breaks. By default pauses between attempts
  # to connect grow up to two minutes, and no message above 4 MiB is received.
  ARGS = {
    "grpc.service_config" => File.read(File.join(__dir__, "service-config.json")),
    "grpc.max_reconnect_backoff_ms" => 5_000,
    "grpc.max_receive_message_length" => 5 << 20
  }.freeze

  # A generated stub on the server, such as `Channel.stub(Qtasks::Api::V1::TaskService)`.
  def self.stub(service, interceptors: [])
    service::Stub.new(ADDRESS, :this_channel_is_insecure, channel_args: ARGS, interceptors: interceptors)
  end
end
