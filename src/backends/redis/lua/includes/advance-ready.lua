-- Moves a source on to the next member of its ready set: its `id`, nil at the end, and `score`. Members
-- are fetched in pieces, and skipped by count: changes are not written before the end of the script.
local function advance_ready(source)
  if source.at > #source.items and not source.done then
    local upto = source.fetched + source.chunk - 1
    source.items = redis.call("ZRANGE", source.key, source.fetched, upto, "WITHSCORES")
    source.at = 1
    source.fetched = source.fetched + source.chunk
    source.done = #source.items < 2 * source.chunk
  end
  source.id = source.items[source.at]
  source.score = tonumber(source.items[source.at + 1] or 0)
  source.at = source.at + 2
end
