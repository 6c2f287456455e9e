--- @include note-work
-- Tells of the noted work, whose times are delays: {"w": [queue, name, count, delayMs, ...]}
local function publish_work(channel)
  local work = {}
  for _, entry in pairs(noted_work) do
    for i = 1, 4 do work[#work + 1] = entry[i] end
  end
  if #work > 0 then redis.call("PUBLISH", channel, cjson.encode({ w = work })) end
end
