-- Sends a notice under the next number, and keeps it for readers that miss it. The body is that of change-feed.ts.
local function publish_notice(prefix, channel, body)
  local sequence = redis.call("INCR", prefix .. KEY.feedSequence)
  local number = string.format("%.0f", sequence)
  local text = number .. "\n" .. body
  redis.call("XADD", prefix .. KEY.feed, "MAXLEN", "~", CONST.feedEntries, number .. "-0", "n", text)
  redis.call("PUBLISH", channel, text)
end
