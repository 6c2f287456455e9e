-- A broker's message as bytes. hold: 16 bytes, all zero for none.
local function pack_message(message)
  local head = struct.pack(
    "<ddi4c16I4",
    message.generation,
    message.order_at,
    message.priority,
    message.hold,
    #message.queue
  )
  return head .. message.queue .. message.name
end
