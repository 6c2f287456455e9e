-- Id and score of the next member of a ready set, or nil; `at` and `items` of the source are the place.
-- Members are fetched in pieces, and skipped by count: changes are not written before the end.
local function peek_ready(source)
  if source.at > #source.items and not source.done then
    local upto = source.fetched + source.chunk - 1
    source.items = redis.call("ZRANGE", source.key, source.fetched, upto, "WITHSCORES")
    source.at = 1
    source.fetched = source.fetched + source.chunk
    source.done = #source.items < 2 * source.chunk
  end
  local id = source.items[source.at]
  if not id then return nil end
  return id, tonumber(source.items[source.at + 1])
end
