# frozen_string_literal: true

# Durable calls by the generated stub of a service: `ruby -I gen call.rb ada@example.com bob@example.com`.
require "securerandom"
require "acme/mail/v1/mail_services_pb"
require_relative "channel"

V1 = Acme::Mail::V1

# Gives each call a task id, unless it has one: then a repeat, which the service config asks for, joins the task.
class TaskId < GRPC::ClientInterceptor
  def request_response(request:, call:, method:, metadata:)
    metadata["qtasks-task-id"] ||= SecureRandom.uuid
    yield
  end
  alias server_streamer request_response
end

mail = Channel.stub(V1::MailTasks, interceptors: [TaskId.new])
begin
  first, *more = ARGV
  email = V1::SendEmailRequest.new(to: first, subject: "Hello")
  # return_op is for the trailers; without it the call returns the response.
  call = mail.send_email(email, deadline: Time.now + 60, return_op: true)
  puts "#{first}: #{call.execute.message_id}"
  warn "task #{call.trailing_metadata["qtasks-task-id"]} #{call.trailing_metadata["qtasks-task-state"]}"
  unless more.empty?
    letter = V1::SendNewsletterRequest.new(to: more, subject: "News")
    mail.send_newsletter(letter, deadline: Time.now + 60).each { |sent| puts "#{sent.to}: #{sent.message_id}" }
  end
rescue GRPC::BadStatus => e
  abort "#{e.class.name} (#{e.metadata["qtasks-task-state"] || e.metadata["qtasks-reason"]}): #{e.details}"
end
