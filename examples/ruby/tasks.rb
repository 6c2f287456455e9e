# frozen_string_literal: true

require "digest"
require "json"
require "securerandom"
require "acme/mail/v1/mail_services_pb"
require "qtasksapi/v1/worker_service_pb"

# What worker.rb runs: the tasks by name, each a definition and a function from LeasedTask to Payload.
module Tasks
  API = Qtasks::Api::V1
  Task = Struct.new(:definition, :work)
  Undecodable = Class.new(StandardError)

  # A task of JSON; no payload is null. The block gets the input and the LeasedTask.
  def self.json(name)
    work = lambda do |leased|
      input = decode { JSON.parse(leased.spec.payload&.text || "null") }
      API::Payload.new(text: JSON.generate(yield(input, leased)))
    end
    { name => Task.new(API::TaskDefinition.new(name: name), work) }
  end

  # A unary method of a service. Its request comes as bytes, or as JSON from callers that have no schema.
  def self.unary(name, request, response, options)
    schemas = { input_schema: request.descriptor.name, output_schema: response.descriptor.name }
    work = lambda do |leased|
      payload = leased.spec.payload
      input = decode { payload.body == :text ? request.decode_json(payload.text) : request.decode(payload.data) }
      bytes = response.encode(yield(input, leased))
      API::Payload.new(data: bytes, content_type: "application/protobuf", schema: schemas[:output_schema])
    end
    { name => Task.new(API::TaskDefinition.new(name: name, options: options, **schemas), work) }
  end

  def self.decode
    yield
  rescue JSON::ParserError, Google::Protobuf::ParseError => e
    raise Undecodable, e.message
  end

  ALL = {
    **json("ruby.digest") { |input| { sha256: Digest::SHA256.hexdigest(input.fetch("text")) } },
    **json("ruby.repeat") { |input| input.fetch("text") * input.fetch("times") },
    **json("ruby.sleep") { |input, leased| { slept: sleep(input.fetch("seconds")), attempt: leased.attempt } },
    **unary("acme.mail.v1.MailTasks/SendEmail", Acme::Mail::V1::SendEmailRequest,
            Acme::Mail::V1::SendEmailResponse, API::TaskOptions.new(queue: "mail")) do |email|
      raise GRPC::InvalidArgument, "no address: #{email.to}" unless email.to.include?("@")

      Acme::Mail::V1::SendEmailResponse.new(message_id: SecureRandom.uuid)
    end
  }.freeze
end
