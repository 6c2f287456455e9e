-- The reverse of pack_message.
local function unpack_message(packed)
  local generation, order_at, priority, hold, queue_length, queue_from = struct.unpack("<ddi4c16I4", packed)
  local queue = string.sub(packed, queue_from, queue_from + queue_length - 1)
  local name = string.sub(packed, queue_from + queue_length)
  return {
    generation = generation,
    order_at = order_at,
    priority = priority,
    hold = hold,
    queue = queue,
    name = name,
    pair = queue .. "\0" .. name,
  }
end
