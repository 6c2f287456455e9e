--- @include note-change
--- @include note-work
-- Sends what was noted as one numbered notice, and keeps it for readers that miss it.
-- {"s": sequence, "c": [id, state, revision, ...], "w": [queue, name, count, dueAt, ...]}
local function publish_changes(prefix, channel)
  if #noted_changes == 0 then return end
  local notice = { s = redis.call("INCR", prefix .. KEY.feedSequence), c = noted_changes }
  local work = {}
  for _, entry in pairs(noted_work) do
    for i = 1, 4 do work[#work + 1] = entry[i] end
  end
  if #work > 0 then notice.w = work end
  local text = cjson.encode(notice)
  local entry_id = string.format("%.0f-0", notice.s)
  redis.call("XADD", prefix .. KEY.feed, "MAXLEN", "~", CONST.feedEntries, entry_id, "n", text)
  redis.call("PUBLISH", channel, text)
end
